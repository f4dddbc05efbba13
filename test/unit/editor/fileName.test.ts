import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fileNameFor } from '../../../src/editor/transfer/fileName.ts';

const created = new Date(2026, 10, 21, 9, 5).toISOString();

describe('the name of an exported file', () => {
  it('has the folder and the name, or the time', () => {
    assert.equal(fileNameFor('thesis', { name: 'before the refactor', created }), 'thesis before the refactor');
    assert.equal(fileNameFor('thesis', { name: null, created }), 'thesis 2026-11-21 09.05');
  });

  it('is one on every system, whatever the names', () => {
    assert.equal(fileNameFor('a/b', { name: '../../etc: "x"?', created }), 'a-b ..-..-etc- -x--');
    assert.equal(fileNameFor('..', { name: '…\u202egpj\n. ', created }), '… gpj');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.option(fc.string({ unit: 'binary' })), (folder, name) => {
        const file = fileNameFor(folder, { name, created });
        assert.doesNotMatch(file, /[<>:"/\\|?*\p{Cc}]|^[ .]|[ .]$/u);
        assert.ok(file.isWellFormed() && file.length <= 100);
      }),
    );
  });
});
