import assert from 'node:assert/strict';
import { UnsavedNotes } from '../../src/store/unsaved.ts';
import { FaultyFiles, MemoryFiles, systemError } from '../support/faultyFiles.ts';
import { FakeMachine } from './hosts.ts';

describe('what is unsaved in editors', () => {
  it('is seen by others until it is saved or the editor is closed', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const [one, two] = [new UnsavedNotes(files, machine.host(1)), new UnsavedNotes(files, machine.host(2))];
    one.note(['a.md', 'folder/b.md']);
    two.note(['a.md', 'c.md']);
    assert.deepEqual(
      [one.others(), two.others()],
      [
        ['a.md', 'c.md'],
        ['a.md', 'folder/b.md'],
      ],
    );
    one.note(['folder/b.md']);
    assert.deepEqual(two.others(), ['folder/b.md']);
    one[Symbol.dispose]();
    assert.deepEqual(two.others(), []);
    two.note([]);
    assert.deepEqual(files.list('unsaved'), []);
  });

  it('is nothing any more when the editor has died, here or on another machine', () => {
    const files = new MemoryFiles();
    const [here, elsewhere] = [new FakeMachine(), new FakeMachine('elsewhere')];
    new UnsavedNotes(files, here.host(1)).note(['a.md']);
    new UnsavedNotes(files, elsewhere.host(1)).note(['b.md']);
    const own = new UnsavedNotes(files, here.host(2));
    assert.deepEqual(own.others().toSorted(), ['a.md', 'b.md']);
    here.end(1);
    assert.deepEqual(own.others(), ['b.md']);
    for (let minutes = 0; minutes < 2; minutes++) [here, elsewhere].forEach((machine) => machine.pass(60_000));
    assert.deepEqual(own.others(), ['b.md'], 'it beats');
    here.pass(70_000);
    assert.deepEqual(own.others(), []);
    assert.deepEqual(files.list('unsaved'), []);
  });

  it('is not told where the store can’t be written, and a damaged note says nothing', () => {
    const machine = new FakeMachine();
    const files = new MemoryFiles();
    const full = new FaultyFiles(files, () => {
      throw systemError('ENOSPC', 'unsaved');
    });
    new UnsavedNotes(full, machine.host(1)).note(['a.md']);
    const one = new UnsavedNotes(files, machine.host(1));
    one.note(['a.md']);
    const [name] = files.list('unsaved');
    const other = new UnsavedNotes(files, machine.host(2));
    assert.deepEqual(other.others(), ['a.md']);
    for (const damaged of ['', 'x', '12345678\n', '00000000\n["a.md"]\n', '[]']) {
      files.write(`unsaved/${name}`, Buffer.from(damaged));
      assert.deepEqual(other.others(), [], damaged);
    }
  });
});
