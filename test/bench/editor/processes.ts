/** What Linux says of the processor time of processes and threads. */
import { readdirSync, readFileSync } from 'node:fs';

/** Seconds. */
export interface ThreadTimes {
  readonly busy: number;
  /** Ready to run, while others had the processors. */
  readonly waited: number;
}

const ticksPerSecond = 100;

/** Of a process's main thread, since its start. */
export function threadTimes(pid: number): ThreadTimes {
  const [busy = 0, waited = 0] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return { busy: busy / 1e9, waited: waited / 1e9 };
}

/** Processor seconds since their start of an editor's processes by what they are: `extensionHost`, `fileWatcher`, …, `server`. */
export function processorSeconds(extensionHost: number): ReadonlyMap<string, number> {
  const group = statFields(extensionHost)[2];
  const seconds = new Map<string, number>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fields = statFields(Number(pid));
      if (fields[2] !== group) continue;
      const type = /--type=(\w+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? 'server';
      seconds.set(type, (seconds.get(type) ?? 0) + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
    } catch {
      // It ended meanwhile.
    }
  }
  return seconds;
}

/** The fields after the name, which stands in brackets and may hold anything: state, parent, group, … */
function statFields(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
