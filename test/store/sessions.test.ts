import assert from 'node:assert/strict';
import { ExclusiveLock, Sessions } from '../../src/store/sessions.ts';
import { FaultyFiles, Killed, MemoryFiles, systemError, type Operation } from '../support/faultyFiles.ts';
import { FakeMachine } from './hosts.ts';

const busy = { code: 'busy' };

/** Dies at the operation for which `when` is true, doing half of it. */
function dying(files: MemoryFiles, when: (operation: Operation) => boolean): FaultyFiles {
  let dead = false;
  return new FaultyFiles(files, (operation) => {
    if (!dead && when(operation)) {
      dead = true;
      operation.tear();
    }
    if (dead) throw new Killed(0);
  });
}

describe('sessions', () => {
  it('are seen by others while they last', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const [one, two] = [1, 2].map((pid) => new Sessions(files, machine.host(pid))) as [Sessions, Sessions];
    const first = one.begin();
    const second = two.begin();
    assert.deepEqual(two.others(second.name), [first.name]);
    first[Symbol.dispose]();
    assert.deepEqual(two.others(second.name), []);
    second[Symbol.dispose]();
    assert.deepEqual(files.list('sessions'), []);
  });

  it('of an ended process are cleared away, those of another machine are not', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    new Sessions(files, machine.host(1)).begin();
    const far = new Sessions(files, new FakeMachine('elsewhere').host(1)).begin();
    const own = new Sessions(files, machine.host(2));
    machine.end(1);
    assert.deepEqual(own.others(own.begin().name), [far.name]);
  });

  for (const kind of ['create', 'append', 'write'] as const) {
    it(`of a process killed while it began one (${kind}) do not last for ever`, () => {
      const machine = new FakeMachine();
      const files = new MemoryFiles();
      try {
        new Sessions(dying(files, (operation) => operation.kind === kind), machine.host(1)).begin();
      } catch (error) {
        assert.ok(error instanceof Killed);
      }
      machine.end(1);
      const own = new Sessions(files, machine.host(2));
      assert.deepEqual(own.others(own.begin().name), []);
    });
  }
});

describe('exclusive lock', () => {
  let machine: FakeMachine;
  let files: MemoryFiles;
  const lockOf = (pid: number, on = files as FaultyFiles | MemoryFiles): ExclusiveLock => new ExclusiveLock(on, machine.host(pid));

  beforeEach(() => {
    machine = new FakeMachine();
    files = new MemoryFiles();
  });

  it('is held by one, and free again afterwards', () => {
    const lock = lockOf(1).acquire();
    assert.throws(() => lockOf(2).acquire(), busy);
    assert.throws(() => lockOf(1).acquire(), busy);
    lock.check();
    lock[Symbol.dispose]();
    const next = lockOf(2).acquire();
    next.check();
    assert.throws(() => lock.check(), busy);
    next[Symbol.dispose]();
    assert.equal(files.list('locks').length, 1);
  });

  it('of a dead owner is taken over, and its late work is stopped', () => {
    const late = lockOf(1).acquire();
    machine.end(1);
    const lock = lockOf(2).acquire();
    assert.throws(() => late.check(), busy);
    late[Symbol.dispose]();
    lock.check();
    assert.throws(() => lockOf(3).acquire(), busy);
  });

  it('of another machine is not taken over', () => {
    new ExclusiveLock(files, new FakeMachine('elsewhere').host(1)).acquire();
    assert.throws(() => lockOf(2).acquire(), busy);
  });

  it('is given to one of two who take it over at the same time, whenever the other comes in between', () => {
    for (let at = 1; at < 12; at++) {
      machine = new FakeMachine();
      files = new MemoryFiles();
      lockOf(1).acquire();
      machine.end(1);
      let count = 0;
      let other: ReturnType<ExclusiveLock['acquire']> | undefined;
      const interrupted = new FaultyFiles(files, () => {
        count += 1;
        if (count === at) other = orBusy(() => lockOf(3).acquire());
      });
      const own = orBusy(() => lockOf(2, interrupted).acquire());
      assert.equal([own, other].filter((lock) => lock !== undefined && holds(lock)).length, 1, `at operation ${at}`);
      assert.ok(own === undefined || holds(own) || other !== undefined);
    }
  });

  it('is not given to a late one when two others came and went, or stayed, in between', () => {
    for (let at = 1; at < 12; at++) {
      machine = new FakeMachine();
      files = new MemoryFiles();
      let count = 0;
      let stays: ReturnType<ExclusiveLock['acquire']> | undefined;
      const interrupted = new FaultyFiles(files, () => {
        count += 1;
        if (count !== at) return;
        orBusy(() => lockOf(3).acquire())?.[Symbol.dispose]();
        stays = orBusy(() => lockOf(4).acquire());
      });
      const late = orBusy(() => lockOf(2, interrupted).acquire());
      assert.ok(late === undefined || stays === undefined, `both hold it, at operation ${at}`);
    }
  });

  for (const kind of ['create', 'append', 'write'] as const) {
    it(`of a process killed while it took it (${kind}) does not last for ever`, () => {
      try {
        lockOf(1, dying(files, (operation) => operation.kind === kind)).acquire();
      } catch (error) {
        assert.ok(error instanceof Killed);
      }
      machine.end(1);
      lockOf(2).acquire().check();
    });
  }

  it('is given back although the disk is full', () => {
    const full = new FaultyFiles(files, ({ kind, name }) => {
      if (isFull && (kind === 'write' || kind === 'append')) throw systemError('ENOSPC', name);
    });
    let isFull = false;
    const lock = lockOf(1, full).acquire();
    isFull = true;
    try {
      lock[Symbol.dispose]();
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
    lockOf(2).acquire().check();
  });

  function holds(lock: ReturnType<ExclusiveLock['acquire']>): boolean {
    try {
      lock.check();
      return true;
    } catch (error) {
      assert.equal((error as { code: string }).code, 'busy');
      return false;
    }
  }
});

function orBusy<T>(acquire: () => T): T | undefined {
  try {
    return acquire();
  } catch (error) {
    assert.equal((error as { code: string }).code, 'busy');
    return undefined;
  }
}
