import assert from 'node:assert/strict';
import { baseName, parentPath } from '../../../src/base/paths.ts';
import { diffLists, differences, sameAttributes, sameContent } from '../../../src/instance/diff.ts';
import { foldersToSet } from '../../../src/instance/folderTimes.ts';
import { platformTraits } from '../../../src/instance/names.ts';
import { linkGroups, planSteps, type PlanRequest, type Step } from '../../../src/instance/restorePlan.ts';
import { withoutNested } from '../../../src/instance/scopes.ts';
import { Trees, type State } from '../../../src/instance/states.ts';
import { idKey, idOf, NO_ID } from '../../../src/store/ids.ts';
import { encodeTree, Kind, type TreeEntry } from '../../../src/store/tree.ts';

type Shape = {
  readonly [name: string]:
    | string
    | Shape
    | { readonly file: string; readonly mode?: number; readonly mtime?: bigint; readonly group?: bigint };
};

/** A state in memory: a string is a file's content, `-> x` a link, an object a folder or a file with attributes. */
function state(shape: Shape): State {
  const memory = new Map<string, Buffer>();
  const entryOf = (name: string, node: Shape[string]): TreeEntry => {
    const plain = { name, mode: 0o644, flags: 0, mtime: 1n, group: 0n };
    if (typeof node === 'string' && node.startsWith('-> '))
      return { ...plain, kind: Kind.link, size: node.length - 3, id: idOf(Buffer.from(node.slice(3))) };
    const file =
      typeof node === 'string'
        ? { file: node }
        : typeof node['file'] === 'string'
          ? (node as { file: string; mode?: number; mtime?: bigint; group?: bigint })
          : undefined;
    if (file === undefined) return { ...plain, kind: Kind.folder, mode: 0o755, size: 0, id: tree(node as Shape) };
    const { file: content, ...rest } = file;
    return { ...plain, kind: Kind.file, size: content.length, id: content === '' ? NO_ID : idOf(Buffer.from(content)), ...rest };
  };
  const tree = (folder: Shape): Buffer => {
    const bytes = encodeTree(
      Object.keys(folder)
        .sort()
        .map((name) => entryOf(name, folder[name]!)),
    );
    const id = idOf(bytes);
    memory.set(idKey(id), bytes);
    return id;
  };
  const root = tree(shape);
  const noStore = (): never => assert.fail('no store is asked for what is in memory');
  return { id: 'x', root, trees: new Trees(noStore, memory), at: '' };
}

const request: PlanRequest = {
  paths: [],
  keepBoth: false,
  deleteAbsent: false,
  label: 'then',
  unreadable: [],
  traits: platformTraits('linux'),
  linked: false,
};
const told = (steps: readonly Step[]): string[] =>
  steps.map((step) => `${step.action} ${step.path}${step.original === undefined ? '' : ` for ${step.original}`}`);
const plan = (now: Shape | undefined, then: Shape, options: Partial<PlanRequest> = {}): string[] =>
  told(planSteps(now && state(now), state(then), { ...request, ...options }));

/** The current state after a restore that did exactly these steps. */
function carriedOut(current: State | undefined, steps: readonly Step[]): State {
  const entries = new Map<string, TreeEntry>();
  for (const { path, entry } of current?.trees.walk(current.root) ?? []) entries.set(path, entry);
  for (const { path, action, to } of steps) {
    if (action === 'delete') entries.delete(path);
    else if (action !== 'keep') entries.set(path, to!);
  }
  const memory = new Map<string, Buffer>();
  const tree = (folder: string): Buffer => {
    const inside = [...entries].filter(([path]) => path !== '' && parentPath(path) === folder);
    const bytes = encodeTree(
      inside
        .map(([path, entry]) => ({ ...entry, name: baseName(path), id: entry.kind === Kind.folder ? tree(path) : entry.id }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
    const id = idOf(bytes);
    memory.set(idKey(id), bytes);
    return id;
  };
  const root = tree('');
  return { id: 'current', root, trees: new Trees(() => assert.fail('everything is in memory'), memory), at: '' };
}

describe('plan of a restore', () => {
  it('is nothing for equal states', () => assert.deepEqual(plan({ a: '1', b: { c: '2' } }, { a: '1', b: { c: '2' } }), []));

  it('adds, replaces, deletes, and sets attributes', () => {
    const now = { a: '1', b: { c: '2', gone: 'x' }, m: { file: 'm', mode: 0o600 }, t: { file: 't', mtime: 5n } };
    const then = { a: 'changed', b: { c: '2', d: 'new' }, m: { file: 'm' }, t: { file: 't' }, n: { e: '' } };
    assert.deepEqual(plan(now, then), ['replace a', 'add b/d', 'delete b/gone', 'attributes m', 'add n', 'add n/e', 'attributes t']);
  });

  it('turns one kind into another as one replacement', () => {
    assert.deepEqual(plan({ x: { y: '1' } }, { x: 'file' }), ['delete x/y', 'replace x']);
    assert.deepEqual(plan({ x: 'file' }, { x: { y: '1' } }), ['replace x', 'add x/y']);
    assert.deepEqual(plan({ x: '-> a' }, { x: 'file' }), ['replace x']);
  });

  it('stays inside the paths, and makes what is missing above them', () => {
    const then = { a: { b: { c: '1', d: '1' } }, e: '1' };
    assert.deepEqual(plan({ e: '2' }, then, { paths: ['a/b/c'] }), ['add a', 'add a/b', 'add a/b/c']);
    assert.deepEqual(plan({ e: '2', a: { b: { c: '2', x: '2' } } }, then, { paths: ['a', 'a/b/c'] }), [
      'replace a/b/c',
      'add a/b/d',
      'delete a/b/x',
    ]);
    assert.throws(() => plan({ e: '2' }, then, { paths: ['nothing'] }), /does not have/);
    assert.deepEqual(plan({ e: '2', new: '1' }, then, { paths: ['new'], deleteAbsent: true }), ['delete new']);
    assert.throws(() => plan({ a: 'file' }, then, { paths: ['a/b/c'] }), /is not a folder now/);
  });

  it('can be held to exactly some paths', () => {
    const steps = plan({ a: { x: '1', y: '1' } }, { a: { x: '2', y: '2' }, b: '2' }, { only: new Set(['a', 'a/x', 'c']) });
    assert.deepEqual(steps, ['replace a/x']);
  });

  it('keeps both, a folder with all below it', () => {
    const steps = plan(
      { 'f.txt': 'mine', 'f (from then).txt': 'taken', d: 'mine', k: { z: '1' }, more: '1' },
      { 'f.txt': 'theirs', d: { e: { f: '1' } }, k: 'file', n: '1' },
      { keepBoth: true },
    );
    assert.deepEqual(steps.sort(), [
      'add d (from then) for d',
      'add d (from then)/e for d/e',
      'add d (from then)/e/f for d/e/f',
      'add f (from then 2).txt for f.txt',
      'add k (from then) for k',
      'add n',
      'keep f (from then).txt',
      'keep k/z',
      'keep more',
    ]);
  });

  it('leaves what could not be read when the snapshot was taken', () => {
    const unreadable = [
      { path: 'secret', reason: 'x' },
      { path: 'dir/f', reason: 'x' },
    ];
    assert.deepEqual(plan({ secret: { a: '1' }, dir: { f: '1', other: '1' }, x: '1' }, {}, { unreadable }), [
      'keep dir',
      'keep dir/f',
      'delete dir/other',
      'keep secret',
      'keep secret/a',
      'delete x',
    ]);
  });

  it('joins and parts names of one file, also where a time differs as well', () => {
    const linked = { a: { file: '1', group: 7n }, b: { file: '1', group: 7n }, c: { file: '1' } };
    const apart = { a: { file: '1', mtime: 9n }, b: { file: '1', mtime: 9n }, c: { file: '1' } };
    assert.deepEqual(plan(apart, linked, { linked: true }), ['replace a', 'replace b']);
    assert.deepEqual(plan(linked, apart, { linked: true }), ['replace a', 'replace b']);
    assert.deepEqual(plan(linked, linked, { linked: true }), []);
    assert.deepEqual([...linkGroups(state(linked)).keys()], ['a', 'b']);
  });

  it('writes names that the system can’t hold under others, folders too', () => {
    const steps = planSteps(undefined, state({ A: { con: '1' }, a: { 'x:y': '1', x: '2' } }), {
      ...request,
      traits: platformTraits('win32'),
    });
    assert.equal(new Set(steps.map((step) => step.path.toUpperCase())).size, steps.length);
    for (const step of steps) assert.doesNotMatch(step.path, /[:]|\/con$/);
    const moved = steps.find((step) => step.original === 'a')!;
    assert.ok(
      steps.filter((step) => (step.original ?? step.path).startsWith('a/')).every((step) => step.path.startsWith(`${moved.path}/`)),
    );
  });

  describe('with names that the system can’t hold', () => {
    const then = { A: { con: '1', f: '1' }, a: { 'x:y': '1', x: { 'end.': '2', plain: '3' } }, con: '-> a', 'q?': { z: 'z' } };
    for (const platform of ['win32', 'darwin'] as const) {
      const traits = platformTraits(platform);
      const again = (current: State, target: Shape, options: Partial<PlanRequest> = {}): Step[] =>
        planSteps(current, state(target), { ...request, traits, ...options });
      const restored = carriedOut(undefined, planSteps(undefined, state(then), { ...request, traits }));

      it(`sees that they hold the content already (${platform})`, () => {
        assert.deepEqual(told(again(restored, then)), []);
        for (const path of ['A', 'A/con', 'a', 'a/x:y', 'a/x/end.', 'a/x/plain', 'con', 'q?', 'q?/z'])
          assert.deepEqual(told(again(restored, then, { paths: [path] })), [], path);
      });

      it(`changes only what differs, all of it, and once (${platform})`, () => {
        const changed = {
          A: { con: { file: '1', mode: 0o600 }, f: '1' },
          a: { 'x:y': 'other', x: { 'end.': '2', new: 'n' } },
          con: 'a file',
          'q?': { z: 'z' },
        };
        const steps = again(restored, changed);
        assert.deepEqual(
          steps.map(({ path, original, action }) => `${action} ${action === 'delete' ? path.slice(-5) : (original ?? path)}`).sort(),
          ['add a/x/new', 'attributes A/con', 'delete plain', 'replace a/x:y', 'replace con'],
        );
        for (const step of steps) if (step.action !== 'add') assert.ok(step.from !== undefined);
        const after = carriedOut(restored, steps);
        assert.deepEqual(told(again(after, changed)), []);
        const partly = again(restored, changed, { paths: ['a'] });
        assert.deepEqual(partly.map(({ action }) => action).sort(), ['add', 'delete', 'replace']);
        assert.deepEqual(told(again(carriedOut(restored, partly), changed, { paths: ['a'] })), []);
      });
    }

    it('sets the times of folders among them, also where the folder itself is as it should be', () => {
      const windows = { ...request, traits: platformTraits('win32') };
      const restored = carriedOut(undefined, planSteps(undefined, state({ 'a.': { 'b?': { c: '1', d: '1' } } }), windows));
      const target = state({ 'a.': { 'b?': { c: '2', d: '1' } } });
      const steps = planSteps(restored, target, windows);
      assert.deepEqual(
        steps.map(({ original }) => original),
        ['a./b?/c'],
      );
      const record = { root: target.root.toString('hex'), rootMode: 0o755, rootMtime: '1' };
      const set = foldersToSet(steps, target, { target: { record }, paths: [] });
      const above = parentPath(steps[0]!.path);
      assert.deepEqual(
        set.map(({ path, entry }) => [path, entry.name]),
        [
          [above, 'b?'],
          [parentPath(above), 'a.'],
          ['', ''],
        ],
      );
    });

    it('leaves those alone that it holds nevertheless', () => {
      const both = { A: '1', a: '1', x: '1' };
      assert.deepEqual(plan(both, { ...both, x: '2' }, { traits: platformTraits('darwin') }), ['replace x']);
      const [step, ...others] = planSteps(state({ a: '1' }), state({ A: '1', a: '1' }), { ...request, traits: platformTraits('darwin') });
      assert.deepEqual([others.length, step!.action, step!.original], [0, 'add', 'A']);
      assert.notEqual(step!.path.toLowerCase(), 'a');
    });

    it('knows joined names of one file among them', () => {
      const linked = { a: { file: '1', group: 7n }, b: { file: '1', group: 7n }, 'c:': { file: '1', group: 7n } };
      const windows = { ...request, traits: platformTraits('win32'), linked: true };
      const restored = carriedOut(undefined, planSteps(undefined, state(linked), windows));
      assert.deepEqual(told(planSteps(restored, state(linked), windows).filter(({ path }) => path.startsWith('c'))), []);
    });
  });

  it('of fifty thousand paths holds each once, those in others not at all', () => {
    const names = Array.from({ length: 25_000 }, (_, i) => `f${i}`);
    const shape: Shape = Object.fromEntries(names.map((name, i) => [name, { in: `${i}` }]));
    const then = state({ ...shape, f: { in: 'x' }, 'f-': '1' });
    const paths = [...names.flatMap((name) => [`${name}/in`, name]), 'f-', 'f/in', 'f'].toReversed();
    const steps = planSteps(undefined, then, { ...request, paths });
    const wanted = ['f', 'f/in', 'f-', ...names.flatMap((name) => [name, `${name}/in`])];
    assert.deepEqual(steps.map((step) => `${step.action} ${step.path}`).sort(), wanted.map((path) => `add ${path}`).sort());
    assert.deepEqual(withoutNested(['b/c', 'a-b', 'a/b', 'a', 'b/c', 'b/c/d', 'ab']), ['a', 'a-b', 'ab', 'b/c']);
    assert.deepEqual(withoutNested(['x/y', '', 'x']), ['']);
  });
});

describe('differences', () => {
  const lists = (a: Shape, b: Shape) => {
    const [from, to] = [state(a), state(b)];
    const found = diffLists(differences({ trees: from.trees, folder: from.root }, { trees: to.trees, folder: to.root }));
    return Object.fromEntries(
      Object.entries(found).map(([key, list]) => [
        key,
        list.map((one: { path: string; from?: string }) => ('from' in one ? `${one.from} → ${one.path}` : one.path)),
      ]),
    );
  };

  it('are content, kind, permissions and presence, not times', () => {
    assert.deepEqual(
      lists(
        { a: '1', b: { file: '1', mtime: 2n }, c: { file: '1', mode: 0o600 }, d: '1', e: '-> x' },
        { a: '2', b: '1', c: '1', d: {}, e: '-> y' },
      ),
      {
        added: ['d'],
        changed: ['a', 'c', 'e'],
        removed: ['d'],
        moved: [],
      },
    );
  });

  it('pair what moved, but no empty files', () => {
    assert.deepEqual(lists({ a: 'content', e: '' }, { b: { c: 'content' }, f: '' }), {
      added: ['b', 'f'],
      changed: [],
      removed: ['e'],
      moved: ['a → b/c'],
    });
  });

  it('know what is the same', () => {
    const [entry] = state({ a: { file: 'x', mode: 0o644, mtime: 4n } }).trees.get(state({ a: { file: 'x', mode: 0o644, mtime: 4n } }).root);
    assert.ok(sameContent(entry!, { ...entry!, mode: 0 }) && sameAttributes(entry!, { ...entry!, id: NO_ID }));
    assert.ok(!sameContent(entry!, { ...entry!, kind: Kind.link }) && !sameAttributes(entry!, { ...entry!, mtime: 5n }));
  });
});
