import type { Host } from '../../src/base/host.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';
import { Store } from '../../src/store/store.ts';

let random = 0;

/** A machine whose processes live and die as told. */
export class FakeMachine {
  private readonly dead = new Set<number>();
  private readonly timers = new Set<{ readonly pid: number; readonly ms: number; readonly action: () => void; due: number }>();
  private clock = 1_700_000_000_000;
  private readonly name: string;

  constructor(name = 'here') {
    this.name = name;
  }

  /** The machine as the process `pid` sees it. */
  host(pid: number): Host {
    return {
      now: () => (this.clock += 1000),
      randomHex: (bytes) => (random += 1).toString(16).padStart(bytes * 2, '0'),
      hostName: this.name,
      bootId: 'boot',
      pid,
      processStart: String(pid),
      isAlive: (other) => !this.dead.has(other),
      every: (ms, action) => {
        const timer = { pid, ms, action, due: this.clock + ms };
        this.timers.add(timer);
        return { [Symbol.dispose]: () => this.timers.delete(timer) };
      },
    };
  }

  /** Lets time pass: timers go off, except those of `sleeping` processes. */
  pass(ms: number, sleeping: readonly number[] = []): void {
    this.clock += ms;
    for (const timer of this.timers) {
      if (sleeping.includes(timer.pid) || this.dead.has(timer.pid)) continue;
      for (; timer.due <= this.clock; timer.due += timer.ms) timer.action();
    }
  }

  end(pid: number): void {
    this.dead.add(pid);
  }
}

/** An empty store in memory, as the process `pid` sees it. */
export function memoryStore(machine = new FakeMachine(), files: StoreFiles = new MemoryFiles(), pid = 1): Store {
  if (!Store.exists(files)) Store.create(files);
  return new Store(files, machine.host(pid));
}
