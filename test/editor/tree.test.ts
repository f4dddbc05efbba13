/** What the tree shows in states that a real engine gets into only by accident or by size. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SnapstageError } from '../../src/base/errors.ts';
import type { Change, ChangeKind, EngineApi } from '../../src/engine/api.ts';
import type { Instance } from '../../src/editor/instance.ts';
import { RowDecorations } from '../../src/editor/snapshots/rowDecorations.ts';
import { changesAtOnce } from '../../src/editor/compare/changes.ts';
import { pageSize } from '../../src/editor/paging.ts';
import { SnapshotsTree } from '../../src/editor/snapshots/snapshotsTree.ts';
import type { SnapshotsNode } from '../../src/editor/snapshots/nodes.ts';
import type { Application } from '../../src/engine/applicationsApi.ts';
import { Applications } from '../../src/editor/applications/applications.ts';
import { Databases } from '../../src/editor/tables/databases.ts';
import { Work } from '../../src/editor/work.ts';
import { Unfinished } from '../../src/editor/restore/unfinished.ts';
import { fakeChanges, fakeInstance, fakeSnapshot, fakeStatus } from './fakeEngine.ts';

const file = (path: string): Pick<Change, 'path' | 'kind' | 'size'> => ({ path, kind: 'file', size: 10 });
const changed = (change: ChangeKind, path: string): Change => ({ change, ...file(path) });
const unfinished = new Unfinished(undefined);
const log = vscode.window.createOutputChannel('Snapstage tree test', { log: true });
const work = new Work(log);
const services = {
  unfinished,
  reporter: { logError: () => undefined },
  databases: new Databases(work),
  applications: new Applications(work),
};
const strange: Application = {
  kind: 'node',
  name: 'node',
  path: 'web\u202e',
  runtime: { name: 'Node.js', asked: '>=20\u0007', found: null },
  environment: { path: 'node_modules', found: false },
  files: [{ path: 'web\u202e/package.json', sha256: null }],
  dependencies: [],
  recreate: [],
  replaces: null,
  remarks: [{ path: 'web\u202e/package.json', reason: "can't be parsed: at 0\u0007" }],
};
const never = new vscode.EventEmitter<never>().event;

describe('the tree', () => {
  const endings: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all(endings.splice(0).map((end) => end()));
  });

  async function treeOf(...engines: Partial<EngineApi>[]): Promise<{ tree: SnapshotsTree; instances: readonly Instance[] }> {
    const fakes = await Promise.all(engines.map((told) => fakeInstance(told)));
    const instances = fakes.map(({ instance }) => instance);
    const tree = new SnapshotsTree({ workspace: { instances, onDidChange: never }, ...services });
    endings.push(...fakes.map(({ forget }) => forget), async () => tree.dispose());
    return { tree, instances };
  }

  it('says every row in words, with its state', async () => {
    const { tree, instances } = await treeOf({
      list: async () => [fakeSnapshot({ name: 'before', kind: 'described', pinned: true, partial: true, consistency: 'crash-consistent' })],
      changes: fakeChanges(
        { ...changed('moved', 'b'), from: 'a' },
        changed('changed', 'data/prices.db'),
        changed('added', 'later.txt'),
        changed('removed', 'old.txt'),
      ),
      ls: async () => [{ ...file('data'), kind: 'folder', mode: 0, modified: new Date().toISOString(), id: '' }],
    });
    await instances[0]?.refreshChanges();
    const said = (nodes: Awaited<ReturnType<typeof tree.getChildren>>): (string | undefined)[] =>
      nodes.map((node) => tree.getTreeItem(node).accessibilityInformation?.label);
    const [current, today] = await tree.getChildren();
    assert.match(said([current!])[0] ?? '', /^Current state, 1 changed, 1 new, 1 deleted, 1 moved since \d/);
    assert.deepEqual(said(await tree.getChildren(current)), [
      'b, moved, file, from a',
      'prices.db, changed, file, data',
      'later.txt, added, file',
      'old.txt, deleted, file',
      'Tables, in Current State',
      'Applications, in Current State',
    ]);
    assert.deepEqual(said([today!]), ['Today, 1 snapshot']);
    const [snapshot] = await tree.getChildren(today);
    assert.match(said([snapshot!])[0] ?? '', /^before, .+, described, crash-consistent, partial, pinned, \+1 kB$/);
    assert.deepEqual(said(await tree.getChildren(snapshot)), ['data, folder, in before', 'Tables, in before', 'Applications, in before']);
  });

  it('asks for tables when their row is opened, and says when there is none', async () => {
    const asked: unknown[] = [];
    const { tree } = await treeOf({
      ls: async () => [],
      tables: async (request) => {
        asked.push(request);
        return [];
      },
    });
    const [current, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const [ofSnapshot] = await tree.getChildren(snapshot);
    const [ofCurrent] = await tree.getChildren(current);
    assert.deepEqual(asked, []);
    const labels = async (node = ofSnapshot): Promise<unknown[]> =>
      (await tree.getChildren(node)).map((one) => tree.getTreeItem(one).label);
    assert.deepEqual(await labels(), ['There is no SQLite database.']);
    assert.deepEqual(await labels(ofCurrent), ['There is no SQLite database.']);
    assert.deepEqual(asked, [
      { state: 'a'.repeat(32), counts: false },
      { state: 'current', counts: false },
    ]);
  });

  it('asks for applications when their row is opened, and says when there is none, or too many', async () => {
    const asked: unknown[] = [];
    let more = 0;
    const { tree } = await treeOf({
      ls: async () => [],
      applications: async ({ state }) => {
        asked.push(state);
        return { applications: more === 0 ? [] : [strange], more };
      },
    });
    const [current, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const last = async (node = snapshot): Promise<SnapshotsNode> => (await tree.getChildren(node)).at(-1) ?? assert.fail('no rows');
    const [ofSnapshot, ofCurrent] = [await last(), await last(current)];
    assert.deepEqual(asked, []);
    const labels = async (node: SnapshotsNode): Promise<unknown[]> =>
      (await tree.getChildren(node)).map((one) => tree.getTreeItem(one).label);
    assert.deepEqual(await labels(ofSnapshot), ['No application was found.']);
    more = 1200;
    assert.deepEqual(await labels(ofCurrent), ['Node.js', '1,200 more applications were not read']);
    assert.deepEqual(asked, ['a'.repeat(32), 'current']);
  });

  it('shows an application with strange names as what they are, what is strange in it below, and no command that there is none of', async () => {
    const { tree } = await treeOf({ ls: async () => [], applications: async () => ({ applications: [strange], more: 0 }) });
    const [current] = await tree.getChildren();
    const all = (await tree.getChildren(current)).at(-1) ?? assert.fail('no rows');
    const [row = assert.fail('no row')] = await tree.getChildren(all);
    const { description, contextValue, tooltip } = tree.getTreeItem(row);
    assert.deepEqual([description, contextValue], ['asks for >=20\ufffd · web\ufffd', 'application']);
    assert.equal(tooltip, 'Node.js in web\ufffd · asks for >=20\ufffd\nEnvironment: node_modules, where nothing is installed');
    const below = (await tree.getChildren(row)).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      below.map(({ label }) => label),
      ['package.json', "web\ufffd/package.json: can't be parsed: at 0\ufffd"],
    );
    assert.equal(new Set(below.map(({ id }) => id)).size, 2);
  });

  it('counts the rows of a database in a snapshot once', async () => {
    let counted = 0;
    const database = { path: 'data/prices.db', size: 4096, tables: [], problem: null };
    const { tree } = await treeOf({
      ls: async () => [],
      tables: async (request) => {
        if (request.database !== undefined) counted++;
        return [database];
      },
    });
    const [current, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const open = async (state = snapshot): Promise<unknown[]> => {
      const [tables] = await tree.getChildren(state);
      const [found] = await tree.getChildren(tables);
      return (await tree.getChildren(found)).map((one) => tree.getTreeItem(one).label);
    };
    assert.deepEqual(await open(), ['There are no tables in it.']);
    assert.deepEqual(await open(), ['There are no tables in it.']);
    assert.equal(counted, 1);
    await open(current);
    await open(current);
    assert.equal(counted, 3, 'those of the current state each time');
  });

  it('gives a change its letter, not a colour alone', async () => {
    const changes = fakeChanges(changed('added', 'a'), changed('changed', 'b'), changed('removed', 'c'), {
      ...changed('moved', 'd'),
      from: 'e',
    });
    const { tree, instances } = await treeOf({ changes });
    await instances[0]?.refreshChanges();
    const [current] = await tree.getChildren();
    const decorations = new RowDecorations();
    const marks = (await tree.getChildren(current)).map((node) => {
      const { resourceUri } = tree.getTreeItem(node);
      return resourceUri && decorations.provideFileDecoration(resourceUri)?.badge;
    });
    assert.deepEqual(marks, ['A', 'M', 'D', 'R', undefined, undefined]);
    assert.equal(decorations.provideFileDecoration(vscode.Uri.file('/a')), undefined);
  });

  it('shows many rows page by page', async () => {
    const added = Array.from({ length: 2 * pageSize + 234 }, (_, index) => changed('added', `f${index}`));
    const { tree, instances } = await treeOf({ changes: fakeChanges(...added) });
    await instances[0]?.refreshChanges();
    const [current] = await tree.getChildren();
    const first = await tree.getChildren(current);
    assert.equal(first.length, pageSize + 3);
    assert.deepEqual(
      first.slice(-3).map((node) => tree.getTreeItem(node).label),
      [`${pageSize + 234} more`, 'Tables', 'Applications'],
    );
    const second = await tree.getChildren(first.at(-3));
    assert.equal(second.length, pageSize + 1);
    const third = await tree.getChildren(second.at(-1));
    assert.equal(third.length, 234);
    assert.equal(new Set([...first, ...second, ...third].map((node) => tree.getTreeItem(node).id)).size, 2 * pageSize + 238);
  });

  it('reads many changes a part at a time', async () => {
    const added = Array.from({ length: 2 * changesAtOnce + 7 }, (_, index) => changed('added', `f${index}`));
    const { tree, instances } = await treeOf({ changes: fakeChanges(...added) });
    await instances[0]?.refreshChanges();
    const paths: string[] = [];
    const labels: unknown[] = [];
    const visit = async (node?: Parameters<typeof tree.getChildren>[0]): Promise<void> => {
      for (const child of await tree.getChildren(node)) {
        if (child.type === 'change') paths.push(child.change.path);
        if (child.type === 'unread') labels.push(tree.getTreeItem(child).label);
        if (child.type === 'more' || child.type === 'unread') await visit(child);
      }
    };
    const [current] = await tree.getChildren();
    await visit(current);
    assert.deepEqual(labels, ['1,007 more', '7 more']);
    assert.deepEqual(paths.toSorted(), added.map(({ path }) => path).sort());
  });

  it('has the same id for the same row, and different ones for all others', async () => {
    const told: Partial<EngineApi> = {
      list: async () => [fakeSnapshot(), fakeSnapshot({ id: 'b'.repeat(32), created: '2020-01-01T00:00:00Z' })],
      changes: fakeChanges(changed('added', 'a'), changed('added', 'a/b')),
      ls: async () => [{ ...file('a'), mode: 0, modified: '2020-01-01T00:00:00Z', id: '' }],
    };
    const { tree, instances } = await treeOf(told, told);
    await Promise.all(instances.map((instance) => instance.refreshChanges()));
    const ids = async (): Promise<(string | undefined)[]> => {
      const found: (string | undefined)[] = [];
      const visit = async (node?: Parameters<typeof tree.getChildren>[0]): Promise<void> => {
        for (const child of await tree.getChildren(node)) {
          const item = tree.getTreeItem(child);
          found.push(item.id);
          if (item.collapsibleState !== vscode.TreeItemCollapsibleState.None) await visit(child);
        }
      };
      await visit();
      return found;
    };
    const first = await ids();
    assert.ok(first.length >= 18, String(first.length));
    assert.equal(new Set(first).size, first.length);
    await Promise.all(instances.map((instance) => instance.refresh()));
    await Promise.all(instances.map((instance) => instance.refreshChanges()));
    assert.deepEqual(await ids(), first);
  });

  it('offers an interrupted restore on top', async () => {
    const interrupted = { state: 'a'.repeat(32), paths: [], safety: null, at: '2026-11-20T10:00:00Z' };
    const { tree } = await treeOf({ status: async () => fakeStatus({ interrupted }) });
    const [row] = await tree.getChildren();
    assert.equal(tree.getTreeItem(row!).label, 'Interrupted restore');
    assert.equal(tree.getTreeItem(row!).command?.command, 'snapstage.recover');
  });

  it('has a row for each of several folders, also for one that can’t be read', async () => {
    const failing = async (): Promise<never> => {
      throw new SnapstageError('newer-format', 'The store has format 9.');
    };
    const { tree } = await treeOf({}, { list: failing });
    const rows = (await tree.getChildren()).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      rows.map(({ description }) => description),
      ['1 snapshot', "can't be read"],
    );
    assert.equal(rows[1]?.tooltip, 'The store has format 9. Update Snapstage to open it.');
    const [, failed] = await tree.getChildren();
    const [why] = (await tree.getChildren(failed)).map((node) => tree.getTreeItem(node));
    assert.deepEqual([why?.label, why?.description], ['The store has format 9.', 'Update Snapstage to open it.']);
    assert.equal(why?.command?.command, 'snapstage.showLog');
  });

  it('says in a row below a snapshot that its content can’t be read', async () => {
    const { tree } = await treeOf({
      ls: async () => {
        throw new SnapstageError('damaged', `Object ${'d'.repeat(64)} is missing from the store.`);
      },
    });
    const [, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const rows = (await tree.getChildren(snapshot)).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['Object dddddddd is missing from the store.'],
    );
    assert.match(rows[0]?.accessibilityInformation?.label ?? '', /store\., The undamaged snapshots can still be restored\. Verify /);
  });

  it('says so when the changes can’t be read, and shows the snapshots all the same', async () => {
    const { tree, instances } = await treeOf({
      changes: async () => {
        throw new SnapstageError('io', 'Permission denied: data.');
      },
    });
    await instances[0]?.refreshChanges();
    const [current, today] = await tree.getChildren();
    assert.match(String(tree.getTreeItem(current!).description), /^can't be compared: Permission denied: data\. /);
    assert.equal((await tree.getChildren(today)).length, 1);
  });

  it('shows names that are not valid UTF-8, or would turn the text around, as what they are', async () => {
    const { tree } = await treeOf({
      ls: async () => ['a\udc80b', 'x\u202etxt.exe'].map((path) => ({ ...file(path), mode: 0, modified: '2020-01-01T00:00:00Z', id: '' })),
    });
    const [, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const rows = (await tree.getChildren(snapshot)).map((node) => tree.getTreeItem(node));
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['a\ufffdb', 'x\ufffdtxt.exe', 'Tables', 'Applications'],
    );
  });

  it('tells in the tooltip what was left out and what could not be read', async () => {
    const { tree } = await treeOf({
      show: async () => ({
        ...fakeSnapshot({ partial: true }),
        excluded: [{ path: 'cache', reason: 'named in .snapstageignore' }],
        unreadable: Array.from({ length: 7 }, (_, index) => ({ path: `secret${index}`, reason: 'permission denied' })),
        evidence: [{ path: 'prices.db', reason: 'was being written' }],
      }),
    });
    const [, today] = await tree.getChildren();
    const [snapshot] = await tree.getChildren(today);
    const { tooltip } = await tree.resolveTreeItem(tree.getTreeItem(snapshot!), snapshot!);
    const text = (tooltip as vscode.MarkdownString).value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
    assert.match(text, /Could not be read: secret0: permission denied;.*; 2 more/);
    assert.match(text, /Left out: cache: named in .snapstageignore/);
    assert.match(text, /Consistency: prices.db: was being written/);
  });
});
