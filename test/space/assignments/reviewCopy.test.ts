/** Review copies for systems that take other names than the author’s did. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeName, isDeviceName } from '../../../src/base/paths.ts';
import { foldedName, platformTraits, type NameTraits } from '../../../src/instance/names.ts';
import { reviewCopy, type ReviewCopy } from '../../../src/space/assignments/reviewCopy.ts';
import { guardOf } from '../../../src/space/merge/guardedNames.ts';
import { bytesOf, filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';

const systems = { linux: platformTraits('linux'), mac: platformTraits('darwin'), windows: platformTraits('win32') };

function copyOf(files: Files, traits: NameTraits): ReviewCopy & { readonly files: Readonly<Record<string, string>> } {
  const copy = reviewCopy({ trees, root: treeOf(files) }, (link) => bytesOf(link).toString(), sink, traits);
  return { ...copy, files: filesOf(copy.root) };
}

/** Each path of the copy is one that its system can hold beside the others, and runs nothing. */
function isSafe(paths: readonly string[], traits: NameTraits): void {
  const all = new Set(paths.flatMap((path) => path.split('/').map((_, depth, names) => names.slice(0, depth + 1).join('/'))));
  all.delete('');
  const folded = new Set([...all].map((path) => foldedName(path, traits)));
  assert.equal(folded.size, all.size, `two are one: ${[...all].join(', ')}`);
  for (const name of paths.flatMap((path) => path.split('/')).filter((one) => one !== '')) {
    assert.equal(guardOf(name), undefined, name);
    assert.ok(encodeName(name).length <= 255, name);
    if (traits.windows) assert.ok(!isDeviceName(name) && !/[<>:"|?*\\\x00-\x1f]|[. ]$/.test(name), name);
  }
}

describe('space: review copies', () => {
  it('hold files that are one to their system, each under a name that is told', () => {
    const files = { 'A.md': 'one', 'a.md': 'two', 'Folder/x': 'three', 'folder/x': 'four', 'caf\u00e9': 'five', 'cafe\u0301': 'six' };
    assert.deepEqual([copyOf(files, systems.linux).files, copyOf(files, systems.linux).renamed], [files, []]);
    for (const [traits, count] of [
      [systems.mac, 3],
      [systems.windows, 2],
    ] as const) {
      const copy = copyOf(files, traits);
      isSafe(Object.keys(copy.files), traits);
      assert.deepEqual(Object.values(copy.files).toSorted(), Object.values(files).toSorted());
      assert.equal(copy.renamed.length, count);
      for (const { from, to, why } of copy.renamed) {
        const [before, after] = [files, copy.files].map((all, at) =>
          Object.entries(all).find(([path]) => path.startsWith([from, to][at]!)),
        );
        assert.deepEqual([before![1], why], [after![1], 'name']);
      }
    }
  });

  it('have names that Windows reserves, that run code, and that are too long', () => {
    const long = `${'あ'.repeat(100)}.ipynb`;
    const files = {
      con: 'a',
      'NUL.txt': 'b',
      'what?': 'c',
      'end.': 'd',
      '.git:x': 'e',
      '.GIT/hooks/run': 'f',
      '_.git': 'g',
      '.envrc ': 'h',
      [`.vscode/${long}`]: 'i',
      [`.git${' '.repeat(251)}`]: 'j',
    };
    for (const traits of Object.values(systems)) {
      const copy = copyOf(files, traits);
      isSafe(Object.keys(copy.files), traits);
      assert.deepEqual(Object.values(copy.files).toSorted(), Object.values(files).toSorted());
      const told = new Map(copy.renamed.map(({ from, to, why }) => [from, { to, why }]));
      assert.deepEqual(told.get('.GIT'), { to: '_.GIT', why: 'code' });
      assert.equal(told.get('_.git')?.why, 'code');
      assert.match(told.get(`.vscode/${long}`)!.to, /^_\.vscode\/あ+~[0-9a-f]{8}\.ipynb$/);
      assert.equal(told.has('NUL.txt'), traits.windows);
      assert.equal(told.get('what?')?.why, traits.windows ? 'name' : undefined);
    }
  });

  it('lose nothing and say all, whatever the names are', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'a',
        'A',
        'a.',
        'con',
        'CON',
        '.git',
        '_.git',
        '.Git ',
        '.git:a',
        'é',
        'e\u0301',
        'É',
        'git~1',
        'x\udc80',
        'x'.repeat(256),
      ),
      fc
        .string({ minLength: 1, maxLength: 6 })
        .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..' && text.isWellFormed()),
      fc.constantFrom('x', 'X').map((one) => one.repeat(260)),
    );
    const tree = fc.uniqueArray(fc.tuple(name, fc.option(name, { nil: undefined })), { maxLength: 10, selector: ([top]) => top });
    fc.assert(
      fc.property(tree, fc.constantFrom(...Object.values(systems)), (paths, traits) => {
        const files = Object.fromEntries(paths.map(([top, below], at) => [below === undefined ? top : `${top}/${below}`, `c${at}`]));
        const copy = copyOf(files, traits);
        isSafe(Object.keys(copy.files), traits);
        assert.deepEqual(Object.values(copy.files).toSorted(), Object.values(files).toSorted());
        const told = new Map(copy.renamed.map(({ from, to }) => [from, to]));
        for (const [path, content] of Object.entries(files)) {
          const [top] = path.split('/') as [string];
          const place = told.get(path) ?? (told.has(top) && path !== top ? `${told.get(top)}${path.slice(top.length)}` : path);
          assert.equal(copy.files[place], content, path);
        }
      }),
      { numRuns: 400 },
    );
  });
});
