import type { Host } from '../../src/base/host.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';
import { Store } from '../../src/store/store.ts';

let random = 0;

/** A machine whose processes live and die as told. */
export class FakeMachine {
  private readonly dead = new Set<number>();
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
    };
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
