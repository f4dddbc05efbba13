import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { clearUnfinished, NewFolder } from '../../src/instance/newFolder.ts';
import type { Store } from '../../src/store/store.ts';
import { FakeMachine, memoryStore } from '../store/hosts.ts';
import { FaultyFiles, MemoryFiles, systemError } from '../support/faultyFiles.ts';
import { readFiles, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

describe('instance: a new folder outside', () => {
  let machine: FakeMachine;
  let files: MemoryFiles;
  let base: string;
  let to: string;

  beforeEach(() => {
    machine = new FakeMachine();
    files = new MemoryFiles();
    base = bench.folder();
    to = path.join(base, 'disk', 'to');
  });
  afterEach(() => bench.clear());

  const storeOf = (pid: number, on = machine): Store => memoryStore(on, files, pid);
  const records = (): string[] => files.list('journal');

  /** A process that makes one, writes into it, and neither finishes nor removes it. */
  function begun(where: 'beside' | 'in', pid: number): string {
    const store = storeOf(pid);
    const { folder } = new NewFolder(store, store.begin('read'), where, to);
    writeFiles(folder, { 'sub/half': 'half of a fi' });
    return folder;
  }

  it('takes its place once it is whole, with nothing left', () => {
    const store = storeOf(1);
    for (const before of ['nothing', 'an empty folder']) {
      if (before === 'an empty folder') fs.mkdirSync(to, { recursive: true });
      using made = new NewFolder(store, store.begin('read'), 'beside', to);
      assert.equal(records().length, 1);
      writeFiles(made.folder, { a: '1' });
      made.finish();
      made[Symbol.dispose]();
      assert.deepEqual([readFiles(base), records()], [{ 'disk/': '', 'disk/to/': '', 'disk/to/a': '1' }, []]);
      fs.rmSync(to, { recursive: true });
    }
  });

  for (const where of ['beside', 'in'] as const) {
    it(`goes with the next work when its maker has ended, not before (${where})`, () => {
      if (where === 'in') writeFiles(base, { 'disk/to/mine': 'mine' });
      const folder = begun(where, 1);
      clearUnfinished(storeOf(2));
      assert.ok(fs.existsSync(path.join(folder, 'sub/half')));
      machine.end(1);
      clearUnfinished(storeOf(2));
      const left = where === 'in' ? { 'disk/to/': '', 'disk/to/mine': 'mine' } : {};
      assert.deepEqual([readFiles(base), records()], [{ 'disk/': '', ...left }, []]);
    });
  }

  it('on a disk that was taken out goes when that is there again', () => {
    begun('beside', 1);
    machine.end(1);
    fs.renameSync(path.join(base, 'disk'), path.join(base, 'out'));
    clearUnfinished(storeOf(2));
    assert.equal(records().length, 1);
    fs.renameSync(path.join(base, 'out'), path.join(base, 'disk'));
    clearUnfinished(storeOf(2));
    assert.deepEqual([readFiles(base), records()], [{ 'disk/': '' }, []]);
  });

  it('that is not to be seen from another machine is left to its own', () => {
    const folder = begun('beside', 1);
    machine.end(1);
    const elsewhere = new FakeMachine('elsewhere');
    const hidden = path.join(base, 'hidden');
    fs.renameSync(folder, hidden);
    for (let i = 0; i < 10; i++) {
      elsewhere.pass(20_000);
      clearUnfinished(storeOf(7, elsewhere));
    }
    assert.equal(records().length, 1);
    fs.renameSync(hidden, folder);
    clearUnfinished(storeOf(2));
    assert.deepEqual([readFiles(base), records()], [{ 'disk/': '' }, []]);
  });

  it('leaves no record when it can not be made', () => {
    const store = storeOf(1);
    const session = store.begin('read');
    writeFiles(base, { file: '' });
    assert.throws(() => new NewFolder(store, session, 'beside', path.join(base, 'file', 'to')), { code: /^E(EXIST|NOTDIR)$/ });
    const full = new FaultyFiles(files, ({ kind, name }) => {
      if (kind === 'write') throw systemError('ENOSPC', name);
    });
    assert.throws(() => new NewFolder(memoryStore(machine, full), session, 'beside', to), { code: 'ENOSPC' });
    assert.deepEqual([readFiles(base), records()], [{ file: '', 'disk/': '' }, []]);
  });
});
