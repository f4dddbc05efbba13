import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import type { Host } from '../base/host.ts';

/** The machine this process runs on. */
export function nodeHost(): Host {
  return {
    now: () => Date.now(),
    randomHex: (bytes) => randomBytes(bytes).toString('hex'),
    hostName: `${os.hostname()} ${processNamespace()}`,
    bootId: bootId(),
    pid: process.pid,
    processStart: processStart(process.pid) ?? '',
    isAlive(pid, start) {
      try {
        process.kill(pid, 0);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
      const now = processStart(pid);
      return now === undefined || start === '' || now === start; // a number used again is another process
    },
    every(ms, action) {
      const timer = setInterval(action, ms).unref();
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
  };
}

/** On Linux, containers may have the host's name and yet other process numbers. */
function processNamespace(): string {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere an estimate: the minute of the last start, which changes when the clock is set.
    return `boot-${Math.round((Date.now() / 1000 - os.uptime()) / 60)}`;
  }
}

/** Start time of a process in clock ticks since boot: field 22 of proc(5) `stat`; unknown outside Linux. */
function processStart(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
