import assert from 'node:assert/strict';
import type { Host } from '../../src/base/host.ts';
import type { StoreFiles } from '../../src/store/files.ts';
import { ExclusiveLock, Sessions, type Session } from '../../src/store/sessions.ts';
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

  it('of another machine, in another container, or of an ended thread last as long as their heartbeat', () => {
    const files = new MemoryFiles();
    const [here, elsewhere] = [new FakeMachine(), new FakeMachine('elsewhere')];
    const own = new Sessions(files, here.host(1));
    const alive = new Sessions(files, elsewhere.host(1)).begin();
    const cutOff = new Sessions(files, elsewhere.host(2)).begin();
    const thread = new Sessions(files, here.host(1)).begin();
    thread[Symbol.dispose]();
    files.create(`sessions/${thread.name}`); // its thread ended before it could remove it
    const { name } = own.begin();
    const pass = (ms: number): void => [here, elsewhere].forEach((machine) => machine.pass(ms, machine === elsewhere ? [2] : []));
    for (let seconds = 0; seconds < 58; seconds += 10) {
      assert.deepEqual(own.others(name).toSorted(), [alive.name, cutOff.name, thread.name].toSorted(), `after ${seconds} s`);
      pass(8_000);
    }
    pass(20_000);
    assert.deepEqual(own.others(name), [alive.name]);
    assert.deepEqual(files.list('sessions').toSorted(), [alive.name, name].toSorted());
    alive.check();
    assert.throws(() => cutOff.check(), busy);
  });

  it('are watched across commands that end at once, each machine by its own clock', () => {
    const files = new MemoryFiles();
    const [here, there, elsewhere] = [new FakeMachine(), new FakeMachine('there'), new FakeMachine('elsewhere')];
    const far = new Sessions(files, elsewhere.host(1)).begin();
    const look = (machine: FakeMachine, pid: number): string[] => new Sessions(files, machine.host(pid)).others('');
    assert.deepEqual(look(here, 1), [far.name]);
    here.pass(3_600_000);
    elsewhere.pass(30_000);
    assert.deepEqual(look(here, 2), [far.name], 'it has grown since');
    assert.deepEqual(look(there, 3), [far.name], 'seen for the first time here');
    here.pass(-3_600_000);
    assert.deepEqual(look(here, 4), [far.name], 'the clock was set back');
    there.pass(61_000);
    assert.deepEqual(look(there, 5), []);
    assert.deepEqual(look(here, 6), []);
  });

  it('are not taken for ended by an estimate, where the system tells neither when it nor when a process started', () => {
    const files = new MemoryFiles();
    const machine = new FakeMachine();
    const host = (pid: number, bootId: string): Host => ({ ...machine.host(pid), bootId, processStart: '' });
    const [alive, ended, reused] = [1, 2, 3].map((pid) => new Sessions(files, host(pid, 'boot-7')).begin()) as [Session, Session, Session];
    machine.end(2);
    const own = new Sessions(files, host(9, 'boot-8'));
    const { name } = own.begin();
    assert.deepEqual(own.others(name).toSorted(), [alive.name, reused.name].toSorted());
    assert.throws(() => ended.check(), busy);
    for (let seconds = 0; seconds < 80; seconds += 10) {
      machine.pass(10_000, [3]); // its number is another's by now, and nobody lets it grow
      own.others(name);
    }
    assert.deepEqual(own.others(name), [alive.name]);
  });

  it('whose watch can not be written down count as alive', () => {
    const files = new MemoryFiles();
    const far = new Sessions(files, new FakeMachine('elsewhere').host(1)).begin();
    const machine = new FakeMachine();
    const full = new FaultyFiles(files, ({ kind, name }) => {
      if (kind === 'write') throw systemError('ENOSPC', name);
    });
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(new Sessions(full, machine.host(1)).others(''), [far.name]);
      machine.pass(100_000);
    }
  });

  it('grow also in work that lets no timer go off', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const session = new Sessions(files, machine.host(1)).begin();
    const size = (): number => files.size(`sessions/${session.name}`)!;
    session.beat();
    assert.equal(size(), 0, 'too early');
    for (let beats = 1; beats < 4; beats++) {
      machine.pass(10_000, [1]);
      session.beat();
      session.beat();
      assert.equal(size(), beats);
    }
  });

  for (const kind of ['create', 'append', 'write'] as const) {
    it(`of a process killed while it began one (${kind}) do not last for ever`, () => {
      const machine = new FakeMachine();
      const files = new MemoryFiles();
      try {
        new Sessions(
          dying(files, (operation) => operation.kind === kind),
          machine.host(1),
        ).begin();
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
  const sessions = new Map<number, Session>();

  /** Takes the lock for the process `pid`, in the session that this has. */
  function acquire(pid: number, on: StoreFiles = files): ReturnType<ExclusiveLock['acquire']> {
    const session = sessions.get(pid) ?? new Sessions(files, machine.host(pid)).begin();
    sessions.set(pid, session);
    return new ExclusiveLock(on, new Sessions(on, machine.host(pid))).acquire(session);
  }

  beforeEach(() => {
    machine = new FakeMachine();
    files = new MemoryFiles();
    sessions.clear();
  });

  it('is held by one, and free again afterwards', () => {
    const lock = acquire(1);
    assert.throws(() => acquire(2), busy);
    assert.throws(() => acquire(1), busy);
    lock.check();
    lock[Symbol.dispose]();
    const next = acquire(2);
    next.check();
    assert.throws(() => lock.check(), busy);
    next[Symbol.dispose]();
    assert.equal(files.list('locks').length, 1);
  });

  it('of a dead owner is taken over, and its late work is stopped', () => {
    const late = acquire(1);
    machine.end(1);
    const lock = acquire(2);
    assert.throws(() => late.check(), busy);
    late[Symbol.dispose]();
    lock.check();
    assert.throws(() => acquire(3), busy);
  });

  it('of another machine is taken over only once its owner is silent, whose late work is stopped then', () => {
    const elsewhere = new Sessions(files, new FakeMachine('elsewhere').host(1));
    const late = new ExclusiveLock(files, elsewhere).acquire(elsewhere.begin());
    assert.throws(() => acquire(2), busy);
    machine.pass(50_000);
    assert.throws(() => acquire(2), busy);
    late.check();
    machine.pass(11_000);
    acquire(2).check();
    assert.throws(() => late.check(), busy);
  });

  it('does not outlast its session, although nobody has taken it over yet', () => {
    const elsewhere = new Sessions(files, new FakeMachine('elsewhere').host(1));
    const late = new ExclusiveLock(files, elsewhere).acquire(elsewhere.begin());
    for (let i = 0; i < 2; i++) {
      new Sessions(files, machine.host(2)).others('');
      machine.pass(61_000);
    }
    assert.throws(() => late.check(), busy);
  });

  it('is given to one of two who take it over at the same time, whenever the other comes in between', () => {
    for (let at = 1; at < 12; at++) {
      machine = new FakeMachine();
      files = new MemoryFiles();
      sessions.clear();
      acquire(1);
      machine.end(1);
      let count = 0;
      let other: ReturnType<ExclusiveLock['acquire']> | undefined;
      const interrupted = new FaultyFiles(files, () => {
        count += 1;
        if (count === at) other = orBusy(() => acquire(3));
      });
      const own = orBusy(() => acquire(2, interrupted));
      assert.equal([own, other].filter((lock) => lock !== undefined && holds(lock)).length, 1, `at operation ${at}`);
      assert.ok(own === undefined || holds(own) || other !== undefined);
    }
  });

  it('is not given to a late one when two others came and went, or stayed, in between', () => {
    for (let at = 1; at < 12; at++) {
      machine = new FakeMachine();
      files = new MemoryFiles();
      sessions.clear();
      let count = 0;
      let stays: ReturnType<ExclusiveLock['acquire']> | undefined;
      const interrupted = new FaultyFiles(files, () => {
        count += 1;
        if (count !== at) return;
        orBusy(() => acquire(3))?.[Symbol.dispose]();
        stays = orBusy(() => acquire(4));
      });
      const late = orBusy(() => acquire(2, interrupted));
      assert.ok(late === undefined || stays === undefined, `both hold it, at operation ${at}`);
    }
  });

  for (const kind of ['create', 'append', 'write'] as const) {
    it(`of a process killed while it took it (${kind}) does not last for ever`, () => {
      try {
        acquire(
          1,
          dying(files, (operation) => operation.kind === kind),
        );
      } catch (error) {
        assert.ok(error instanceof Killed);
      }
      machine.end(1);
      acquire(2).check();
    });
  }

  it('is given back at the latest with its session, which ends although the disk is full', () => {
    const full = new FaultyFiles(files, ({ kind, name }) => {
      if (isFull && (kind === 'write' || kind === 'append')) throw systemError('ENOSPC', name);
    });
    let isFull = false;
    const lock = acquire(1, full);
    isFull = true;
    lock[Symbol.dispose]();
    sessions.get(1)![Symbol.dispose]();
    acquire(2).check();
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
