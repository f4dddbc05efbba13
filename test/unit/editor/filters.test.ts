import assert from 'node:assert/strict';
import { changeTree, type ChangeFolder } from '../../../src/editor/compare/changeTree.ts';
import { byFolderAndName } from '../../../src/editor/entryOrder.ts';
import { pagesOf, versionNode, type HistoryNode } from '../../../src/editor/history/historyNodes.ts';
import type { Instance } from '../../../src/editor/instance.ts';
import { firstPage } from '../../../src/editor/paging.ts';
import { isPreviewable } from '../../../src/editor/files/previews.ts';
import { filterSnapshots, isFiltering, noFilter } from '../../../src/editor/snapshots/snapshotFilter.ts';
import type { EntryInfo, SnapshotInfo } from '../../../src/engine/api.ts';

describe('the filter of snapshots', () => {
  const one = (id: string, kind: SnapshotInfo['kind'], pinned = false): SnapshotInfo =>
    ({ id, kind, pinned, partial: false }) as Partial<SnapshotInfo> as SnapshotInfo;
  const all = [one('aa1', 'quick'), one('bbb2', 'described', true), one('cc3', 'automatic')];
  const ids = (filter: Partial<typeof noFilter>): string =>
    filterSnapshots(all, { ...noFilter, ...filter }, ({ kind }) => `The ${kind} ONE`)
      .map(({ id }) => id)
      .join();

  it('shows what has all the words, of one of the kinds, with all the marks', () => {
    assert.equal(ids({}), 'aa1,bbb2,cc3');
    assert.equal(ids({ text: ' quick one ' }), 'aa1');
    assert.equal(ids({ text: 'BBB2' }), 'bbb2');
    assert.equal(ids({ kinds: ['quick', 'automatic'] }), 'aa1,cc3');
    assert.equal(ids({ marks: ['pinned'] }), 'bbb2');
    assert.equal(ids({ marks: ['pinned', 'partial'] }), '');
  });

  it('knows when it shows all', () => {
    assert.equal(isFiltering({ ...noFilter, text: '  ' }), false);
    assert.equal(isFiltering({ ...noFilter, marks: ['partial'] }), true);
  });
});

describe('a tree of changes', () => {
  const change = (path: string) => ({ change: 'added', path, kind: 'file', size: 1 }) as const;
  const drawn = (folder: ChangeFolder): unknown => [
    ...folder.folders.map((below) => [below.label, below.count, drawn(below)]),
    ...folder.changes.map(({ path }) => path),
  ];

  it('has a row for each folder, one for several without changes of their own', () => {
    const tree = changeTree(['a', 'src/deep/er/b', 'src/deep/er/c', 'src/d', 'x/y/z'].map(change));
    assert.deepEqual(drawn(tree), [['src', 3, [['deep/er', 2, ['src/deep/er/b', 'src/deep/er/c']], 'src/d']], ['x/y', 1, ['x/y/z']], 'a']);
    assert.equal(tree.count, 5);
    assert.ok(!tree.cut);
    assert.deepEqual(
      tree.folders.map(({ path, folders }) => [path, folders.map((below) => below.path)]),
      [
        ['src', ['src/deep/er']],
        ['x/y', []],
      ],
    );
  });

  it('says which folders can hold more where the list was cut off', () => {
    const tree = changeTree(['a/b', 'c/d/e', 'c/d/f'].map(change), true);
    assert.ok(tree.cut);
    assert.deepEqual(
      tree.folders.map(({ path, cut }) => [path, cut]),
      [
        ['a', false],
        ['c/d', true],
      ],
    );
  });
});

describe('long lists', () => {
  const entry = (path: string, kind: EntryInfo['kind']): EntryInfo => ({ path, kind, size: 0, mode: 0, modified: '', id: '' });

  it('come page by page', () => {
    const page = (count: number): unknown =>
      firstPage<number | string>(
        Array.from({ length: count }, (_, index) => index),
        (rest) => `${rest.length} more`,
        3,
      );
    assert.deepEqual(page(4), [0, 1, 2, 3]);
    assert.deepEqual(page(5), [0, 1, 2, '2 more']);
  });

  it('have folders first, and names as people count while there are not too many', () => {
    const names = (entries: readonly EntryInfo[]): string => entries.map(({ path }) => path).join();
    assert.equal(names(byFolderAndName(['a10', 'a2'].map((path) => entry(path, 'file')).concat(entry('b', 'folder')), 'en')), 'b,a2,a10');
    const many = Array.from({ length: 2001 }, (_, index) => entry(`a${index}`, 'file'));
    assert.equal(names(byFolderAndName([...many, entry('z', 'folder')], 'en')), `z,${names(many)}`);
  });
});

it('what has a preview is known by its name', () => {
  assert.deepEqual(['a.PNG', 'b/c.ipynb', 'a.png/b', 'png', 'x.db'].map(isPreviewable), [true, true, false, false, false]);

  it('of versions come page by page too', () => {
    const instance = {} as Instance;
    const version = { entry: null, snapshots: [], isCurrent: false, since: '', previous: undefined };
    const rows = Array.from({ length: 600 }, (_, at) => versionNode(instance, `${at}`, version));
    const shown: HistoryNode[] = [];
    let page = pagesOf(instance, rows);
    for (;;) {
      shown.push(...page.filter(({ type }) => type !== 'older'));
      const older = page.at(-1);
      if (older?.type !== 'older') break;
      assert.equal(page.length, 251);
      page = pagesOf(instance, older.rest);
    }
    assert.deepEqual(shown, rows);
  });
});
