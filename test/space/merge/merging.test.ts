/** What a delivery does beyond the matrix: folders, names, code, attributes, mirrors, decisions. */
import assert from 'node:assert/strict';
import { idOf } from '../../../src/store/ids.ts';
import { encodeTree, Kind } from '../../../src/store/tree.ts';
import { entryOf, filesOf, sink, treeOf, trees, type Files } from '../../support/memoryTrees.ts';
import { guardOf } from '../../../src/space/merge/guardedNames.ts';
import { deliver, LINUX, MAC, requestOf, WINDOWS } from './delivering.ts';

describe('space: merging a delivery', () => {
  describe('of folders', () => {
    it('decides file by file: others in the folder stay', () => {
      const base = { 'hw/a': '1', 'hw/b': '1', 'hw/c': '1' };
      const incoming = { 'hw/a': '2', 'hw/b': '2', 'hw/c': '2', 'hw/new': '2' };
      const mine = { 'hw/a': '1', 'hw/b': 'my edit', 'hw/notes': 'mine' };
      const { told, files } = deliver({ base, incoming, mine, items: [{ type: 'folder', path: 'hw' }], strategy: 'skip' });
      assert.deepEqual(told, { 'hw/a': 'safe: updated', 'hw/b': 'edited: kept', 'hw/c': 'deleted-there: kept', 'hw/new': 'new: created' });
      assert.deepEqual(files, { 'hw/a': '2', 'hw/b': 'my edit', 'hw/new': '2', 'hw/notes': 'mine' });
    });

    it('that the member renamed and works in: the renamed one stays, what is new comes under the old name', () => {
      const base = { 'hw/a': '1', 'hw/deep/b': '1' };
      const incoming = { 'hw/a': '2', 'hw/deep/b': '1', 'hw/new': '2' };
      const mine = { 'my work/a': 'edited', 'my work/deep/b': '1' };
      const results = { overwrite: { ...mine, ...incoming }, skip: { ...mine, 'hw/new': '2' } } as const;
      for (const strategy of ['overwrite', 'skip'] as const) {
        const { files } = deliver({ base, incoming, mine, items: [{ type: 'folder', path: 'hw' }], strategy });
        assert.deepEqual(files, sorted(results[strategy]), strategy);
      }
    });

    it('makes missing parents as they were sent, and leaves parents that are there alone', () => {
      const incoming = { 'a/': { content: '', mode: 0o700, mtime: 77n }, 'a/b/x': '1' };
      const items = [{ type: 'file', path: 'a/b/x' }] as const;
      const made = deliver({ incoming, mine: {}, items });
      assert.deepEqual(partsOf(made.root, 'a'), { mode: 0o700, mtime: 77n });
      const there = deliver({ incoming, mine: { 'a/': { content: '', mode: 0o755, mtime: 1n }, 'a/own': '' }, items });
      assert.deepEqual(partsOf(there.root, 'a'), { mode: 0o755, mtime: 1n });
      assert.deepEqual(there.files, { 'a/b/x': '1', 'a/own': '' });
    });

    it('never goes through a link or a file in the place of a parent', () => {
      const items = [{ type: 'file', path: 'data/x' }] as const;
      for (const there of ['@/etc', 'a file']) {
        const delivered = { incoming: { 'data/x': '1' }, mine: { data: there }, items };
        assert.deepEqual(deliver({ ...delivered, strategy: 'ask' }).told, { data: 'kind-clash: waiting' });
        assert.deepEqual(deliver({ ...delivered, strategy: 'skip' }).files, { data: there });
        assert.deepEqual(deliver({ ...delivered, strategy: 'rename' }).files, { data: there, 'data (from Master)/x': '1' });
        assert.deepEqual(deliver({ ...delivered, strategy: 'overwrite' }).files, { 'data/x': '1' });
      }
    });

    it('a folder in the way of a file goes with all that is in it, which is listed', () => {
      const mine = { 'x/own': '1', 'x/deep/own': '2', 'x/empty/': '' };
      const { told, plan, files } = deliver({ incoming: { x: 'file' }, mine, items: [{ type: 'file', path: 'x' }] });
      assert.deepEqual(told, {
        x: 'kind-clash: replaced',
        'x/deep/own': 'extra: deleted',
        'x/empty': 'extra: deleted',
        'x/own': 'extra: deleted',
      });
      assert.equal(plan.deletedFiles, 2);
      assert.deepEqual(files, { x: 'file' });
    });

    it('a folder saved beside is updated there by the next delivery, file by file', () => {
      const delivered = { items: [{ type: 'folder', path: 'x' }], strategy: 'rename' } as const;
      const first = deliver({ ...delivered, incoming: { 'x/a': '1', 'x/b': '1' }, mine: { x: 'mine' } });
      assert.deepEqual(first.files, { x: 'mine', 'x (from Master)/a': '1', 'x (from Master)/b': '1' });
      const mine = { ...first.files, 'x (from Master)/b': 'edited' };
      const second = deliver({ ...delivered, base: first.base, incoming: { 'x/a': '2', 'x/b': '2', 'x/c': '2' }, mine });
      assert.deepEqual(
        second.files,
        sorted({
          x: 'mine',
          'x (from Master)/a': '2',
          'x (from Master)/b': 'edited',
          'x (from Master)/b (from Master)': '2',
          'x (from Master)/c': '2',
        }),
      );
      assert.equal(second.told['x'], 'kind-clash: kept');
    });
  });

  describe('saved beside', () => {
    const items = [{ type: 'file', path: 'x.txt' }] as const;
    const delivered = { incoming: { 'x.txt': 'new' }, items, strategy: 'rename' } as const;

    it('takes the first free name', () => {
      const mine = { 'x.txt': 'mine', 'x (from Master).txt': 'my own', 'x (from Master 2).txt': '@link' };
      assert.deepEqual(deliver({ ...delivered, mine }).files, sorted({ ...mine, 'x (from Master 3).txt': 'new' }));
    });

    it('takes no name that the delivery itself uses', () => {
      const incoming = { 'x.txt': 'new', 'x (from Master).txt': 'sent too' };
      const whole = deliver({ incoming, mine: { 'x.txt': 'mine' }, strategy: 'rename' });
      assert.deepEqual(whole.files, sorted({ 'x.txt': 'mine', 'x (from Master).txt': 'sent too', 'x (from Master 2).txt': 'new' }));
    });

    it('replaces a copy that nobody has edited, and leaves one that was', () => {
      const first = deliver({ ...delivered, mine: { 'x.txt': 'mine' } });
      const next = { ...delivered, base: first.base, incoming: { 'x.txt': 'newer' } };
      assert.deepEqual(deliver({ ...next, mine: first.root }).files, { 'x (from Master).txt': 'newer', 'x.txt': 'mine' });
      const edited = { ...first.files, 'x (from Master).txt': 'worked on' };
      assert.deepEqual(deliver({ ...next, mine: edited }).files, sorted({ ...edited, 'x (from Master 2).txt': 'newer' }));
    });

    it('does not bring back a copy that was thrown away, but a newer one', () => {
      const first = deliver({ ...delivered, mine: { 'x.txt': 'mine' } });
      const again = deliver({ ...delivered, base: first.base, mine: { 'x.txt': 'mine' } });
      assert.deepEqual([again.files, again.told], [{ 'x.txt': 'mine' }, { 'x.txt': 'edited: kept' }]);
      const newer = deliver({ ...delivered, base: first.base, incoming: { 'x.txt': 'newer' }, mine: { 'x.txt': 'mine' } });
      assert.deepEqual(newer.files, { 'x (from Master).txt': 'newer', 'x.txt': 'mine' });
    });

    it('finds a name where case does not count, and where something unread is', () => {
      const mine = { 'x.txt': 'mine', 'X (FROM MASTER).TXT': 'own' };
      const folded = deliver({ ...delivered, mine, target: { traits: MAC } });
      assert.deepEqual(folded.files, sorted({ ...mine, 'x (from Master 2).txt': 'new' }));
      const hidden = deliver({ ...delivered, mine: { 'x.txt': 'mine' }, target: { unread: ['x (from Master).txt'] } });
      assert.deepEqual(hidden.files, sorted({ 'x.txt': 'mine', 'x (from Master 2).txt': 'new' }));
    });

    it('is cut where the name would be too long', () => {
      const name = `${'ü'.repeat(125)}.txt`;
      const { files } = deliver({ incoming: { [name]: '2' }, mine: { [name]: '3' }, strategy: 'rename' });
      const copy = Object.keys(files).find((each) => each !== name)!;
      assert.ok(copy.endsWith(' (from Master).txt') && Buffer.byteLength(copy) <= 255, copy);
    });
  });

  describe('on a file system that folds names', () => {
    const target = { traits: MAC };

    it('content that is the same under another spelling is the same', () => {
      const { told, files } = deliver({ incoming: { 'README.md': '1' }, mine: { 'Readme.md': '1' }, target });
      assert.deepEqual([told, files], [{}, { 'Readme.md': '1' }]);
      assert.deepEqual(deliver({ incoming: { é: '1' }, mine: { 'e\u0301': '1' }, target }).told, {});
    });

    it('one edited, or not delivered, under another spelling is a case clash', () => {
      const delivered = { incoming: { 'README.md': '2' }, mine: { 'Readme.md': '3' }, target };
      assert.deepEqual(deliver({ ...delivered, strategy: 'ask' }).told, { 'Readme.md': 'case-clash: waiting' });
      assert.deepEqual(deliver(delivered).files, { 'Readme.md': '2' });
      assert.deepEqual(deliver({ ...delivered, strategy: 'skip' }).files, { 'Readme.md': '3' });
      assert.deepEqual(deliver({ ...delivered, strategy: 'rename' }).files, { 'Readme (from Master).md': '2', 'Readme.md': '3' });
      assert.deepEqual(deliver({ ...delivered, target: { traits: LINUX } }).files, { 'README.md': '2', 'Readme.md': '3' });
    });

    it('one delivered under the other spelling before, and not edited, is updated', () => {
      const delivered = { base: { 'Readme.md': '1' }, incoming: { 'README.md': '2' }, mine: { 'Readme.md': '1' }, target };
      const { told, files } = deliver({ ...delivered, strategy: 'ask' });
      assert.deepEqual([told, files], [{ 'Readme.md': 'safe: updated' }, { 'Readme.md': '2' }]);
    });

    it('what waits keeps the base that it had under the other spelling', () => {
      const delivered = { incoming: { 'A/a': '2', 'A/b': '2' }, mine: {}, strategy: 'ask', target } as const;
      const first = deliver({ ...delivered, base: { 'a/a': '1' } });
      assert.deepEqual(first.files, { 'A/b': '2' });
      assert.deepEqual(deliver({ ...delivered, base: first.base, mine: first.root }).told, { 'A/a': 'deleted-there: waiting' });
    });

    it('folders of both spellings are one, and a mirror leaves it', () => {
      const { files } = deliver({ incoming: { 'Data/a': '2' }, mine: { 'data/A': '2', 'data/own': '3' }, target, strategy: 'mirror' });
      assert.deepEqual(files, { 'data/A': '2' });
    });

    it('two delivered that it can’t tell apart both come, and stay what they are', () => {
      const incoming = { a: 'small', A: 'large', 'aux.txt': 'reserved' };
      const first = deliver({ incoming, mine: {}, target: { traits: WINDOWS } });
      assert.deepEqual(Object.values(first.files).sort(), ['large', 'reserved', 'small']);
      assert.ok(!Object.keys(first.files).includes('aux.txt'));
      const again = deliver({ base: first.base, incoming, mine: first.root, target: { traits: WINDOWS }, strategy: 'mirror' });
      assert.deepEqual([again.told, again.root.equals(first.root)], [{}, true]);
      const newer = { ...incoming, 'aux.txt': 'newer' };
      const next = deliver({ base: first.base, incoming: newer, mine: first.root, target: { traits: WINDOWS }, strategy: 'ask' });
      assert.deepEqual(Object.values(next.told), ['safe: updated']);
    });
  });

  describe('with what can run code', () => {
    const NAMES = [
      '.git',
      '.vscode',
      '.devcontainer',
      '.envrc',
      '.GIT',
      '.g\u200cit',
      '.git ',
      'GIT~1',
      '.vscode.',
      '.git::$INDEX_ALLOCATION',
    ];

    it('knows its names in every spelling, and no others', () => {
      for (const name of NAMES) assert.equal(guardOf(name), 'code', name);
      for (const name of ['.snapstage', '.SnapStage', '.snap\u200dstage', '.\u017fnapstage', 'SNAPST~1', '.snapstage.'])
        assert.equal(guardOf(name), 'store', name);
      for (const name of ['.gitignore', 'git', '.github', 'vscode', '.snapstageignore', '.env', 'a~1', '~', 'é', '.']) {
        assert.equal(guardOf(name), undefined, name);
      }
    });

    it('waits for a decision at any depth under every strategy, new, unedited or edited', () => {
      for (const strategy of ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const) {
        const base = { '.vscode/tasks.json': '1' };
        const incoming = {
          '.vscode/tasks.json': '2',
          'deep/.git/hooks/post-commit': '2',
          '.envrc': '2',
          'x/.devcontainer/': '',
          plain: '2',
        };
        const mine = { '.vscode/tasks.json': '1', '.envrc': '3' };
        const { plan, files, received } = deliver({ base, incoming, mine, strategy });
        assert.deepEqual(files, { ...mine, plain: '2' });
        assert.equal(plan.counts.waiting, 4);
        assert.equal(received['.vscode/tasks.json'], '1', 'the base stays');
      }
    });

    it('comes when that was decided, and is no question when it is there already', () => {
      const incoming = { '.vscode/a': '2', '.vscode/b': '2', '.vscode/c': '2' };
      const mine = { '.vscode/a': '3', '.vscode/c': '2' };
      const { files, plan } = deliver({ incoming, mine, decisions: { '.vscode/a': 'mine', '.vscode/b': 'incoming' } });
      assert.deepEqual(files, { '.vscode/a': '3', '.vscode/b': '2', '.vscode/c': '2' });
      assert.equal(plan.counts.waiting, 0);
    });

    it('can’t come inside a folder that takes the place of something, or is saved beside', () => {
      const incoming = { 'x/.git/config': '2', 'x/a': '2' };
      for (const [strategy, at] of [
        ['overwrite', 'x'],
        ['rename', 'x (from Master)'],
      ] as const) {
        const { files, plan } = deliver({ incoming, mine: { x: 'mine' }, strategy });
        assert.deepEqual(files, { ...(strategy === 'rename' ? { x: 'mine' } : {}), [`${at}/a`]: '2' });
        assert.equal(plan.counts.waiting, 1);
      }
    });

    it('is not deleted without a decision either', () => {
      const mine = { 'hw/.git/HEAD': '1', 'hw/own': '1' };
      const delivered = { incoming: { 'hw/a': '2' }, mine, items: [{ type: 'folder', path: 'hw' }], strategy: 'mirror' } as const;
      assert.deepEqual(deliver(delivered).files, { 'hw/.git/HEAD': '1', 'hw/a': '2' });
      assert.deepEqual(deliver({ ...delivered, decisions: { 'hw/.git/HEAD': 'incoming' } }).files, { 'hw/a': '2' });
      const inTheWay = { incoming: { hw: 'file' }, mine, items: [{ type: 'file', path: 'hw' }], strategy: 'overwrite' } as const;
      assert.deepEqual(deliver(inTheWay).told, { hw: 'kind-clash: waiting' });
      assert.deepEqual(deliver({ ...inTheWay, decisions: { hw: 'incoming' } }).files, { hw: 'file' });
    });
  });

  describe('that is hostile', () => {
    it('is refused with a store in it, at any depth and in any spelling', () => {
      for (const path of ['.snapstage/x', 'deep/.snapstage/x', '.Snapstage', 'SNAPST~1/x', 'a/.snapstage.']) {
        assert.throws(() => deliver({ incoming: { [path]: '1' }, mine: {} }), { code: 'refused' }, path);
      }
    });

    it('is refused with a name that leads elsewhere', () => {
      for (const name of ['..', '.', '', 'a/b', '/etc', 'a\0b']) {
        const root = sink.put(encodeTree([entryOf(name, '1')]), 'meta');
        assert.throws(() => deliver({ incoming: root, mine: {} }), { code: 'damaged' }, name);
      }
    });

    it('is refused with more in it than its items, and with items that are no paths', () => {
      const items = [{ type: 'file', path: 'a/x' }] as const;
      for (const incoming of [{ 'a/x': '1', 'a/y': '2' }, { 'a/x': '1', b: '2' }, { a: 'file' }] as Files[]) {
        assert.throws(() => deliver({ incoming, mine: {}, items }), { code: 'damaged' });
      }
      for (const path of ['', '/x', 'x/', '../x', 'a/../x', 'a//x', './x', 'a\0']) {
        assert.throws(() => deliver({ incoming: { x: '1' }, mine: {}, items: [{ type: 'file', path }] }), { code: 'damaged' }, path);
      }
    });

    it('a member’s own store further down is never touched', () => {
      const mine = { 'sub/.snapstage/packs/1': 'theirs', 'sub/own': '1' };
      const { files } = deliver({ incoming: { a: '1' }, mine, strategy: 'mirror' });
      assert.deepEqual(files, { a: '1', 'sub/.snapstage/packs/1': 'theirs' });
      const over = deliver({ incoming: { sub: 'file' }, mine, decisions: { sub: 'incoming' } });
      assert.deepEqual([over.files, over.plan.counts.waiting], [mine, 1]);
    });

    it('gives nobody rights of the owner', () => {
      const { root } = deliver({ incoming: { tool: { content: '#!', mode: 0o6755 } }, mine: {} });
      assert.equal(trees.entry(root, 'tool')!.mode, 0o755);
    });
  });

  describe('that mirrors', () => {
    it('deletes what is not sent within the staged folders alone, and lists it', () => {
      const mine = { 'hw/a': '1', 'hw/own': '3', 'hw/deep/own': '3', 'hw/empty/': '', 'other/own': '3', own: '3' };
      const items = [
        { type: 'folder', path: 'hw' },
        { type: 'file', path: 'other/x' },
      ] as const;
      const { files, told, received } = deliver({
        base: { 'hw/own': '2', 'other/gone': '2' },
        incoming: { 'hw/a': '1', 'other/x': '1' },
        mine,
        items,
        strategy: 'mirror',
      });
      assert.deepEqual(files, { 'hw/a': '1', 'other/own': '3', 'other/x': '1', own: '3' });
      assert.deepEqual(told, {
        'hw/deep/own': 'extra: deleted',
        'hw/empty': 'extra: deleted',
        'hw/own': 'extra: deleted',
        'other/x': 'new: created',
      });
      assert.deepEqual(received, { 'hw/a': '1', 'other/gone': '2', 'other/x': '1' }, 'what is deleted has no base any more');
    });

    it('asks before more than half of the files go', () => {
      const mine = (count: number): Files => Object.fromEntries(Array.from({ length: count }, (_, i) => [`own ${i}`, `${i}`]));
      const half = deliver({ incoming: { a: '1' }, mine: { ...mine(3), a: '0', b: '0', c: '0' }, strategy: 'mirror' });
      assert.deepEqual([half.plan.deletedFiles, half.plan.isMostOfAll], [5, true]);
      const less = deliver({ incoming: { a: '1', b: '1', c: '1' }, mine: { ...mine(3), a: '0', b: '0', c: '0' }, strategy: 'mirror' });
      assert.deepEqual([less.plan.deletedFiles, less.plan.isMostOfAll], [3, false]);
      const most = deliver({ incoming: { a: '1' }, mine: { ...mine(2), a: '0' }, strategy: 'mirror' });
      assert.deepEqual([most.plan.deletedFiles, most.plan.isMostOfAll], [2, true]);
    });

    it('keeps folders in which something is that nobody sees', () => {
      const delivered = { incoming: { a: '1' }, mine: { 'logs/': '', 'cache/own': '1', gone: '1' }, strategy: 'mirror' } as const;
      const { files, told } = deliver({ ...delivered, target: { unread: ['logs/today.log', 'cache/deep/x'] } });
      assert.deepEqual(files, { a: '1', 'cache/': '', 'logs/': '' });
      assert.deepEqual(told, { a: 'new: created', 'cache/own': 'extra: deleted', gone: 'extra: deleted' });
    });

    it('leaves the copy that it brings up to date itself', () => {
      const items = [
        { type: 'folder', path: 'a', strategy: 'mirror' },
        { type: 'file', path: 'a/x', strategy: 'rename' },
      ] as const;
      const first = deliver({ incoming: { 'a/x': '1' }, mine: { 'a/x': 'mine' }, items });
      const second = deliver({ base: first.base, incoming: { 'a/x': '2' }, mine: first.root, items });
      assert.deepEqual(second.files, { 'a/x': 'mine', 'a/x (from Master)': '2' });
    });

    it('counts for the innermost folder', () => {
      const mine = { 'a/own': '1', 'a/free/own': '1' };
      const items = [
        { type: 'folder', path: 'a', strategy: 'mirror' },
        { type: 'folder', path: 'a/free', strategy: 'skip' },
      ] as const;
      assert.deepEqual(deliver({ incoming: { 'a/free/x': '1' }, mine, items }).files, { 'a/free/own': '1', 'a/free/x': '1' });
    });
  });

  describe('by its strategies', () => {
    it('takes that of the object before that of the type before that of all', () => {
      const items = [
        { type: 'file', path: 'one', strategy: 'skip' },
        { type: 'file', path: 'two' },
        { type: 'folder', path: 'three' },
        { type: 'folder', path: 'three/deep', strategy: 'skip' },
        { type: 'file', path: 'three/inner', strategy: 'overwrite' },
      ] as const;
      const incoming = { one: '2', two: '2', 'three/a': '2', 'three/deep/b': '2', 'three/inner': '2' };
      const mine = { one: '3', two: '3', 'three/a': '3', 'three/deep/b': '3', 'three/inner': '3' };
      const { told } = deliver({ incoming, mine, items, strategy: 'ask', byType: { folder: 'rename', application: 'mirror' } });
      assert.deepEqual(told, {
        one: 'edited: kept',
        'three/a': 'edited: saved-beside',
        'three/deep/b': 'edited: kept',
        'three/inner': 'edited: replaced',
        two: 'edited: waiting',
      });
    });

    it('an application is its files: nothing else in its folder is touched, whatever the strategy', () => {
      const items = [{ type: 'application', path: '' }] as const;
      const mine = { 'package.json': '1', 'index.js': 'mine' };
      const { files } = deliver({ incoming: { 'package.json': '2', 'package-lock.json': '2' }, mine, items, strategy: 'mirror' });
      assert.deepEqual(files, { 'index.js': 'mine', 'package-lock.json': '2', 'package.json': '2' });
    });

    it('a parent in the way waits where those below it do not agree', () => {
      const items = [
        { type: 'file', path: 'p/a', strategy: 'skip' },
        { type: 'file', path: 'p/b' },
      ] as const;
      assert.deepEqual(deliver({ incoming: { 'p/a': '1', 'p/b': '1' }, mine: { p: 'file' }, items }).told, { p: 'kind-clash: waiting' });
    });
  });

  describe('with decisions', () => {
    const delivered = { base: { x: '1' }, incoming: { x: '2', y: '2' }, mine: { x: '3' }, strategy: 'ask' } as const;

    it('does what was chosen, whatever the strategy', () => {
      for (const strategy of ['ask', 'overwrite', 'skip'] as const) {
        const files = (take: 'incoming' | 'mine' | 'both'): unknown => deliver({ ...delivered, strategy, decisions: { x: take } }).files;
        assert.deepEqual(files('incoming'), { x: '2', y: '2' });
        assert.deepEqual(files('mine'), { x: '3', y: '2' });
        assert.deepEqual(files('both'), { x: '3', 'x (from Master)': '2', y: '2' });
      }
      assert.deepEqual(deliver({ ...delivered, decisions: { x: 'mine' } }).received, { x: '2', y: '2' });
    });

    it('writes merged content with the permissions of the target', () => {
      const { id, size, flags } = entryOf('x', '2 and 3');
      const triple = deliver(delivered).plan.objects.find(({ place }) => place === 'x')!.triple;
      const decided = { triple, decision: { take: 'merge', content: { id, size, flags, mtime: 9n } } } as const;
      const mine = { x: { content: '3', mode: 0o600, group: 4n } };
      const { files, root, received, told } = deliver({ ...delivered, mine, decisions: { x: decided } });
      assert.deepEqual(
        [files, received],
        [
          { x: '2 and 3', y: '2' },
          { x: '2', y: '2' },
        ],
      );
      assert.deepEqual(partsOf(root, 'x'), { mode: 0o600, mtime: 9n });
      assert.equal(trees.entry(root, 'x')!.group, 0n);
      assert.equal(told['x'], 'edited: merged');
    });

    it('forgets a choice that was made for something else', () => {
      const stale = { triple: 'file-1 file-2 file-3', decision: { take: 'incoming' } } as const;
      assert.deepEqual(deliver({ ...delivered, decisions: { x: stale } }).files, { x: '3', y: '2' });
    });

    it('offers what was chosen elsewhere for the same three, without doing it', () => {
      const { triple } = deliver(delivered).plan.objects.find(({ place }) => place === 'x')!;
      const remembered = new Map([[triple, { take: 'mine' } as const]]);
      const elsewhere = { base: { 'deep/z': '1' }, incoming: { 'deep/z': '2' }, mine: { 'deep/z': '3' }, strategy: 'ask' } as const;
      const [object] = deliver({ ...elsewhere, remembered }).plan.objects;
      assert.deepEqual([object!.triple, object!.outcome, object!.offered], [triple, 'waiting', { take: 'mine' }]);
    });

    it('takes a folder whole that was in the way of something, whoever had edited what is in it', () => {
      const clash = { base: { 'x/a': '1', 'x/b': '1' }, incoming: { 'x/a': '2', 'x/b': '1' }, mine: { x: '3' }, strategy: 'ask' } as const;
      assert.deepEqual(deliver({ ...clash, decisions: { x: 'incoming' } }).files, { 'x/a': '2', 'x/b': '1' });
      const code = { incoming: { '.vscode/tasks.json': '2' }, mine: { '.vscode': '3' } };
      assert.deepEqual(deliver({ ...code, decisions: { '.vscode': 'incoming' } }).files, { '.vscode/tasks.json': '2' });
      const both = deliver({ ...code, decisions: { '.vscode': 'both' } });
      assert.deepEqual(both.files, { '.vscode': '3', '.vscode (from Master)/tasks.json': '2' });
    });

    it('leaves what a member put into a folder that was saved beside, also where the original is a mirror', () => {
      const first = deliver({ incoming: { 'x/old': '1' }, mine: { x: 'mine' }, decisions: { x: 'both' }, strategy: 'mirror' });
      const mine = { ...first.files, 'x (from Master)/own': '3' };
      const next = {
        base: first.base,
        incoming: { 'x/new': '2' },
        mine,
        strategy: 'mirror',
        items: [{ type: 'folder', path: 'x' }],
      } as const;
      const second = deliver({ ...next, decisions: { x: 'both' } });
      assert.deepEqual(second.files, sorted({ ...mine, 'x (from Master)/new': '2' }));
      assert.deepEqual(second.received, { 'x/new': '2', 'x (from Master)/old': '1', 'x (from Master)/new': '2' });
    });

    it('does not ask about what is in no conflict: a choice for it does nothing', () => {
      const safe = { base: { x: '1' }, incoming: { x: '2' }, mine: { x: '1' }, decisions: { x: 'mine' } } as const;
      assert.deepEqual(deliver(safe).files, { x: '2' });
    });

    it('merged without a base keeps the permissions of the target', () => {
      const sides = { incoming: { x: { content: '2', mode: 0o755 } }, mine: { x: { content: '3', mode: 0o600 } } };
      const { id, size, flags } = entryOf('x', '2 and 3');
      const { triple } = deliver(sides).plan.objects[0]!;
      const { root } = deliver({
        ...sides,
        decisions: { x: { triple, decision: { take: 'merge', content: { id, size, flags, mtime: 0n } } } },
      });
      assert.equal(partsOf(root, 'x').mode, 0o600);
    });

    it('does not merge what has no content to be merged', () => {
      const content = { id: entryOf('x', '2').id, size: 1, flags: 0, mtime: 0n };
      for (const [mine, state] of [
        ['3', 'kind-clash'],
        ['@3', 'edited'],
      ] as const) {
        const clash = { incoming: { x: '@2' }, mine: { x: mine }, strategy: 'ask' } as const;
        const { triple } = deliver(clash).plan.objects[0]!;
        const { told } = deliver({ ...clash, decisions: { x: { triple, decision: { take: 'merge', content } } } });
        assert.deepEqual(told, { x: `${state}: waiting` });
      }
    });
  });

  describe('by attributes', () => {
    const file = (content: string, mode: number, mtime = 1n): Files => ({ run: { content, mode, mtime } });

    it('a time alone is no difference', () => {
      const { told, root } = deliver({ base: file('1', 0o644, 1n), incoming: file('1', 0o644, 2n), mine: file('1', 0o644, 3n) });
      assert.deepEqual([told, partsOf(root, 'run')], [{}, { mode: 0o644, mtime: 3n }]);
    });

    it('permissions that came and were not changed here are taken, without a new time', () => {
      const { told, root } = deliver({ base: file('1', 0o644), incoming: file('1', 0o755, 2n), mine: file('1', 0o644, 3n) });
      assert.deepEqual([told, partsOf(root, 'run')], [{ run: 'safe: updated' }, { mode: 0o755, mtime: 3n }]);
    });

    it('permissions changed here stay, and are no edit', () => {
      const same = deliver({ base: file('1', 0o644), incoming: file('1', 0o755), mine: file('1', 0o600), strategy: 'ask' });
      assert.deepEqual([same.told, partsOf(same.root, 'run').mode], [{}, 0o600]);
      const newer = deliver({ base: file('1', 0o644), incoming: file('2', 0o755), mine: file('1', 0o600), strategy: 'ask' });
      assert.deepEqual([newer.told, partsOf(newer.root, 'run').mode], [{ run: 'safe: updated' }, 0o600]);
      const unknown = deliver({ incoming: file('1', 0o755), mine: file('1', 0o600) });
      assert.deepEqual(unknown.told, {});
    });

    it('those of staged folders too, but not of the way there', () => {
      const at = (mode: number): Files => ({ 'a/': { content: '', mode }, 'a/b/': { content: '', mode }, 'a/b/x': '1' });
      const { root, told } = deliver({ base: at(0o755), incoming: at(0o700), mine: at(0o755), items: [{ type: 'folder', path: 'a/b' }] });
      assert.deepEqual([partsOf(root, 'a').mode, partsOf(root, 'a/b').mode], [0o755, 0o700]);
      assert.deepEqual(told, { 'a/b': 'safe: updated' });
    });

    it('files with several names stay one file among those that come, and are no others’', () => {
      const incoming = { a: { content: '2', group: 7n }, b: { content: '2', group: 7n }, c: { content: '3', group: 9n } };
      const mine = { a: { content: '1', group: 9n }, z: { content: '1', group: 9n }, y: { content: '4', group: 7n } };
      const { root } = deliver({ incoming, mine });
      const group = (path: string): bigint => trees.entry(root, path)!.group;
      assert.equal(group('a'), group('b'));
      assert.equal(new Set([group('a'), group('z'), group('y'), group('c')]).size, 4);
      assert.deepEqual([group('c'), group('z'), group('y')], [0n, 9n, 7n]);
    });

    it('a number made here is no number of a group that was here', () => {
      const group = idOf(Buffer.from('a')).readBigUInt64LE() | 1n;
      const incoming = { a: { content: '2', group: 7n }, b: { content: '2', group: 7n } };
      const { root } = deliver({ incoming, mine: { a: { content: '1', group }, z: { content: '1', group } } });
      assert.notEqual(trees.entry(root, 'a')!.group, trees.entry(root, 'z')!.group);
    });

    it('content comes as it is stored', () => {
      const incoming = { hole: { content: '1', flags: 2, size: 5_000_000 } };
      const { root } = deliver({ incoming, mine: { hole: 'x' } });
      assert.deepEqual([trees.entry(root, 'hole')!.flags, trees.entry(root, 'hole')!.size], [2, 5_000_000]);
    });
  });

  it('counts a file with unsaved changes as edited', () => {
    const delivered = { base: { x: '1', y: '1' }, incoming: { x: '2', y: '1' }, mine: { x: '1', y: '1' }, target: { unsaved: ['x', 'y'] } };
    assert.deepEqual(deliver({ ...delivered, strategy: 'skip' }).told, { x: 'edited: kept' });
    const folder = { base: { 'f/x': '1' }, incoming: { f: 'file' }, mine: { 'f/x': '1' }, strategy: 'skip' } as const;
    assert.deepEqual(deliver({ ...folder, target: { unsaved: ['f/x'] } }).told, { f: 'kind-clash: kept' });
    assert.deepEqual(deliver(folder).files, { f: 'file' });
  });

  it('leaves alone what the state does not hold', () => {
    const incoming = { 'locked/a': '1', secret: '1', fine: '1', folder: 'file' };
    const target = { unread: ['locked', 'secret', 'folder/inner'] };
    const { told, files } = deliver({ incoming, mine: { 'folder/own': '1' }, target });
    assert.deepEqual(told, { 'locked/a': 'new: waiting', secret: 'new: waiting', fine: 'new: created', folder: 'kind-clash: waiting' });
    assert.deepEqual(files, { fine: '1', 'folder/own': '1' });
  });

  it('shares the trees that do not change', () => {
    const mine = { 'same/a': '1', 'same/deep/b': '1', 'other/c': '1' };
    const { root } = deliver({ incoming: { 'other/c': '2' }, mine });
    assert.ok(trees.folder(root, 'same')!.equals(trees.folder(treeOf(mine), 'same')!));
    const { sides } = requestOf({ incoming: { 'hw/a': '1', 'hw/b/c': '1' }, mine: {} });
    const whole = deliver({ incoming: sides.incoming.folder, mine: {} });
    assert.ok(trees.folder(whole.root, 'hw')!.equals(trees.folder(sides.incoming.folder, 'hw')!), 'what is new is as it was sent');
  });
});

function partsOf(root: Buffer, path: string): { mode: number; mtime: bigint } {
  const { mode, mtime, kind } = trees.entry(root, path)!;
  assert.notEqual(kind, Kind.link);
  return { mode, mtime };
}

function sorted(files: Files): Record<string, string> {
  return filesOf(treeOf(files));
}
