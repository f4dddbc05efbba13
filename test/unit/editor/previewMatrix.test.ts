/** Which members and objects of a preview are shown, and what of the Stage each object is of. */
import assert from 'node:assert/strict';
import { exceptionsAt, shownOf, stagedWith, totalsOf, withException, type Shown } from '../../../src/editor/preview/matrix.ts';
import { noLook, type Look } from '../../../src/editor/preview/previewPage.ts';
import { largeScene, previewOf, smallScene, staged } from '../../support/previewScenes.ts';

const preview = previewOf(smallScene, 'overwrite');

function shown(look: Partial<Look>): { readonly members: readonly string[]; readonly objects: readonly string[] } {
  const { rows, columns }: Shown = shownOf(preview, { ...noLook, ...look });
  return { members: rows.map((row) => preview.targets[row]!.name ?? ''), objects: columns.map((column) => preview.objects[column]!.path) };
}

describe('the preview matrix', () => {
  it('is all of it at first, by name', () => {
    const { members, objects } = shown({});
    assert.deepEqual(members, ['Ada Lovelace', 'Bob', 'Carla', 'Dora (viewer)', 'Emil', 'Frida']);
    assert.deepEqual(
      objects,
      smallScene.objects.map(({ path }) => path),
    );
  });

  it('finds members by name and objects by path, whatever the case', () => {
    assert.deepEqual(shown({ find: ' BOB ' }).members, ['Bob']);
    assert.equal(shown({ find: 'bob' }).objects.length, 6);
    assert.deepEqual(shown({ find: 'ORDERS' }).objects, ['data/prices.db']);
    assert.equal(shown({ find: 'orders' }).members.length, 6);
    // In both: what fits of either.
    assert.deepEqual(shown({ find: 'la' }), { members: ['Ada Lovelace', 'Carla'], objects: ['syllabus.md'] });
    assert.deepEqual(shown({ find: 'nobody' }), { members: [], objects: [] });
  });

  it('leaves out what is the same, new or a safe update', () => {
    const { members, objects } = shown({ isInterestingOnly: true });
    assert.deepEqual(members, ['Ada Lovelace', 'Bob', 'Dora (viewer)', 'Emil', 'Frida']);
    // Those of whom nothing at all is known say nothing of the objects.
    assert.deepEqual(objects, ['data/prices.db', 'hw2/notes.md', 'hw2/plots/figure with a long name 03.png', 'hw2/raw']);
    assert.deepEqual(shown({ isInterestingOnly: true, find: 'syllabus' }), { members: ['Dora (viewer)', 'Emil', 'Frida'], objects: [] });
  });

  it('has most conflicts first where it is sorted by them, then what is least known', () => {
    const { members, objects } = shown({ sort: 'state' });
    assert.deepEqual(members, ['Ada Lovelace', 'Dora (viewer)', 'Emil', 'Frida', 'Bob', 'Carla']);
    assert.deepEqual(objects.slice(0, 4), ['hw2/notes.md', 'hw2/plots/figure with a long name 03.png', 'hw2/raw', 'data/prices.db']);
  });

  it('adds up to all pairs', () => {
    const large = previewOf(largeScene(40, 90), 'overwrite');
    const states = ['new', 'same', 'safe', 'edited', 'deleted-there', 'kind-clash', 'unknown'] as const;
    assert.equal(
      states.reduce((sum, state) => sum + totalsOf(large, state), 0),
      40 * 90,
    );
  });

  it('knows which cells have a strategy of their own, and changes one at a time', () => {
    const [ada, bob] = preview.targets.map(({ id }) => id);
    const [tasks, orders] = preview.objects;
    let all = withException([], ada!, orders!, 'skip');
    all = withException(all, ada!, tasks!, 'ask');
    all = withException(all, bob!, orders!, 'rename');
    assert.deepEqual(all[0], { target: ada, path: 'data/prices.db', table: 'orders', strategy: 'skip' });
    const at = (exceptions: typeof all): unknown =>
      previewOf(smallScene, 'overwrite', exceptions)
        .targets.slice(0, 2)
        .map((target) => [...exceptionsAt(target, preview.objects)]);
    assert.deepEqual(at(all), [
      [
        [0, 'ask'],
        [1, 'skip'],
      ],
      [[1, 'rename']],
    ]);
    all = withException(all, ada!, orders!, 'overwrite');
    all = withException(all, bob!, orders!, '');
    assert.deepEqual(at(all), [
      [
        [0, 'ask'],
        [1, 'overwrite'],
      ],
      [],
    ]);
    assert.deepEqual(withException(withException(all, ada!, tasks!, ''), ada!, orders!, ''), []);
  });

  it('knows what on the Stage an object is of: itself, or the innermost that holds it', () => {
    const onStage = [
      staged('', 'snapshot', { state: 'b' }),
      staged('hw', 'folder'),
      staged('hw/deep', 'folder'),
      staged('hwx', 'file'),
      staged('a.db', 'table', { table: 'orders' }),
      staged('a.db', 'table', { table: 'people' }),
      staged('', 'application', { application: 'python' }),
    ];
    const of = (path: string, type: 'file' | 'table' | 'application' = 'file', part: string | null = null): string | undefined => {
      const found = stagedWith(onStage, { ...preview.objects[0]!, path, type, part });
      return found && `${found.type} ${found.path}${found.table ?? ''}`;
    };
    assert.deepEqual(
      [
        of('hw/deep/a'),
        of('hw/deeper'),
        of('hwx'),
        of('hwy'),
        of('a.db', 'table', 'people'),
        of('pyproject.toml', 'application', 'python:.'),
      ],
      ['folder hw/deep', 'folder hw', 'file hwx', 'snapshot ', 'table a.dbpeople', 'application '],
    );
    assert.equal(stagedWith([], preview.objects[0]!), undefined);
  });
});
