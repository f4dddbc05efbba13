import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expectedFiles, type Part } from '../../../src/space/assignments/expectedFiles.ts';

const part = (path: string, ...patterns: string[]): Part => ({ path, patterns });

describe('assignments: expected files', () => {
  const paths = ['hw1/main.py', 'hw1/report.pdf', 'hw1/data/a.csv', 'hw1/data/notes.txt', 'hw1/build/out.py', 'hw10/x.py', 'notes.md'];

  it('sends all in a folder without patterns', () => {
    const { sent, missing, extra } = expectedFiles([part('hw1')], paths);
    assert.deepEqual(sent, ['hw1/build/out.py', 'hw1/data/a.csv', 'hw1/data/notes.txt', 'hw1/main.py', 'hw1/report.pdf']);
    assert.deepEqual([missing, extra], [[], []]);
  });

  it('sends what patterns name, as in a file of rules: anywhere, from the folder on, whole folders, with exceptions', () => {
    const { sent, extra } = expectedFiles([part('hw1', '*.py', '!build/*.py', '/report.*', 'data/')], paths);
    assert.deepEqual(sent, ['hw1/data/a.csv', 'hw1/data/notes.txt', 'hw1/main.py', 'hw1/report.pdf']);
    assert.deepEqual(extra, ['hw1/build/out.py']);
    assert.deepEqual(expectedFiles([part('', 'hw1/data/*.csv')], paths).sent, ['hw1/data/a.csv']);
  });

  it('misses files and folders that are not there, and folders with nothing that is wanted', () => {
    const parts = [part('notes.md'), part('hw1/main.py'), part('hw1/main.c'), part('hw2'), part('hw10', '*.c')];
    const { sent, missing, extra } = expectedFiles(parts, paths);
    assert.deepEqual(sent, ['hw1/main.py', 'notes.md']);
    assert.deepEqual(missing, ['hw1/main.c', 'hw10', 'hw2']);
    assert.deepEqual(extra, ['hw10/x.py']);
  });

  it('sends a file whatever patterns come with it, and once where two parts name it', () => {
    const { sent, missing, extra } = expectedFiles([part('hw1', '*.pdf'), part('hw1/main.py', '*.c')], paths);
    assert.deepEqual(sent, ['hw1/main.py', 'hw1/report.pdf']);
    assert.deepEqual(missing, []);
    assert.deepEqual(extra, ['hw1/build/out.py', 'hw1/data/a.csv', 'hw1/data/notes.txt']);
  });

  it('knows nothing of stores', () => {
    const all = ['.snapstage/format', 'hw1/.snapstage/packs/1', 'hw1/.snapstage.txt'];
    assert.deepEqual(expectedFiles([part('')], all), { sent: ['hw1/.snapstage.txt'], missing: [], extra: [] });
    assert.deepEqual(expectedFiles([part('.snapstage')], all).missing, ['.snapstage']);
  });

  it('takes names as the store has them', () => {
    const odd = ['hw1/ spaced ', 'hw1/back\\slash', 'hw1/\udcff.py', 'hw1/#a', 'hw1/Ü.py'];
    assert.deepEqual(expectedFiles([part('hw1')], odd).sent, odd.toSorted());
    assert.deepEqual(expectedFiles([part('hw1', '*.py')], odd).sent, ['hw1/Ü.py', 'hw1/\udcff.py']);
  });

  describe('of any parts and paths', () => {
    const name = fc.constantFrom('a', 'b', 'c.py', 'd.txt', '.snapstage', '.hidden');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const pattern = fc.constantFrom('*.py', '*', '!*.txt', '/a', 'b/', 'a/**/c.py', '!a', '# nothing', '');
    const somePart = fc.record({ path: fc.oneof(fc.constant(''), path), patterns: fc.array(pattern, { maxLength: 3 }) });
    const some = fc.tuple(fc.array(somePart, { maxLength: 4 }), fc.uniqueArray(path, { maxLength: 20 }));

    const isBelow = (at: string, folder: string): boolean => folder === '' || at === folder || at.startsWith(`${folder}/`);

    it('everything in the parts is either sent or extra, and nothing else is', () => {
      fc.assert(
        fc.property(some, ([parts, all]) => {
          const { sent, extra } = expectedFiles(parts, all);
          const inParts = all.filter((at) => !at.split('/').includes('.snapstage') && parts.some((one) => isBelow(at, one.path)));
          assert.deepEqual([...sent, ...extra].sort(), inParts.sort());
        }),
      );
    });

    it('a part is missing exactly when it alone sends nothing, and all parts send what each sends', () => {
      fc.assert(
        fc.property(some, ([parts, all]) => {
          const { sent, missing } = expectedFiles(parts, all);
          const alone = parts.map((one) => ({ path: one.path, ...expectedFiles([one], all) }));
          assert.deepEqual(sent, [...new Set(alone.flatMap((one) => one.sent))].sort());
          const without = alone.filter((one) => one.sent.length === 0).map((one) => one.path);
          assert.deepEqual(missing, [...new Set(without)].sort());
        }),
      );
    });

    it('no order matters', () => {
      fc.assert(
        fc.property(some, ([parts, all]) => {
          assert.deepEqual(expectedFiles(parts.toReversed(), all.toReversed()), expectedFiles(parts, all));
        }),
      );
    });
  });
});
