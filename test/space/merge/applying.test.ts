/** A merged tree in a real store, restored into a real folder. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { platformTraits } from '../../../src/instance/names.ts';
import { stateOf } from '../../../src/instance/restore.ts';
import { Claims } from '../../../src/store/claims.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { ObjectWriter } from '../../../src/store/objectWriter.ts';
import { NO_LABELS } from '../../../src/store/snapshots.ts';
import { Store } from '../../../src/store/store.ts';
import { mergedTree } from '../../../src/space/merge/mergedTree.ts';
import { nextBase } from '../../../src/space/merge/nextBase.ts';
import { planMerge, type MergePlan, type MergeRequest } from '../../../src/space/merge/plan.ts';
import { sentenceOf } from '../../../src/space/merge/sentence.ts';
import { Staged, type Strategy } from '../../../src/space/merge/staged.ts';
import { readFiles, Workbench, writeFiles } from '../../support/folders.ts';

const bench = new Workbench();

/** Empties the folder but for its store, and fills it. */
function refill(folder: string, files: Readonly<Record<string, string>>): void {
  for (const name of fs.readdirSync(folder)) if (name !== '.snapstage') fs.rmSync(path.join(folder, name), { recursive: true });
  writeFiles(folder, files);
}

/** Merges snapshots of one store, and publishes the result as one of its snapshots. */
function mergeSnapshots(folder: string, names: { base: string; incoming: string; mine: string }, strategy: Strategy) {
  const files = new DiskFiles(path.join(folder, '.snapstage'));
  const store = new Store(files, nodeHost());
  const session = store.begin('write');
  try {
    const snapshot = (id: string) => store.snapshots.list().snapshots.find((one) => one.id === id)!;
    const side = (id: string) => {
      const { trees, root } = stateOf(store, snapshot(id));
      return { trees, folder: root };
    };
    const request: MergeRequest = {
      sides: { base: side(names.base), incoming: side(names.incoming), mine: side(names.mine) },
      staged: new Staged([{ type: 'snapshot', path: '' }], { overall: strategy }),
      target: { traits: platformTraits(), unread: [], unsaved: [] },
      label: 'Master',
      decisions: new Map(),
      remembered: new Map(),
      files: snapshot(names.mine).record.files,
    };
    const plan = planMerge(request, () => undefined);
    const newName = (): string => store.host.randomHex(16);
    const sink = new ObjectWriter({ files, index: store.index, claims: Claims.forObjects(100), reader: store.reader, newName, level: 3 });
    const root = mergedTree(request, plan, sink);
    const base = nextBase(request, plan, sink);
    sink.finish();
    const publish = (tree: Buffer): string =>
      store.publish({ ...snapshot(names.mine).record, nonce: store.host.randomHex(8), root: tree.toString('hex') }, NO_LABELS);
    return { plan, merged: publish(root), base: publish(base) };
  } finally {
    store.close();
    session[Symbol.dispose]();
  }
}

describe('space: applying a merged tree', () => {
  afterEach(() => bench.clear());

  async function play(
    strategy: Strategy,
  ): Promise<{ files: Record<string, string>; base: Record<string, string>; plan: MergePlan; again: MergePlan }> {
    const { folder, engine } = await bench.instance({ 'hw/a.txt': '1', 'hw/b.txt': '1', 'hw/gone.txt': '1', 'hw/run.sh': 'run' });
    const base = (await engine.take({})).id;
    refill(folder, { 'hw/a.txt': '2', 'hw/b.txt': '2', 'hw/run.sh': 'run', 'hw/deep/new.txt': '2', data: '2', '.vscode/tasks.json': '{}' });
    fs.chmodSync(path.join(folder, 'hw/run.sh'), 0o755);
    const incoming = (await engine.take({})).id;
    refill(folder, {
      'hw/a.txt': '1',
      'hw/b.txt': 'my work',
      'hw/gone.txt': '1',
      'hw/run.sh': 'run',
      'notes/own.md': 'mine',
      'data/own': 'mine',
    });
    const mine = (await engine.take({})).id;
    const first = mergeSnapshots(folder, { base, incoming, mine }, strategy);
    await engine.restore({ state: first.merged });
    const files = readFiles(folder);
    const now = (await engine.take({})).id;
    const again = mergeSnapshots(folder, { base: first.base, incoming, mine: now }, strategy).plan;
    const to = bench.place();
    await engine.restore({ state: first.base, to });
    if (process.platform !== 'win32') assert.equal(fs.statSync(path.join(folder, 'hw/run.sh')).mode & 0o777, 0o755);
    await engine.undo();
    assert.deepEqual(readFiles(folder)['hw/b.txt'], 'my work', 'nothing is lost');
    return { files, base: readFiles(to), plan: first.plan, again };
  }

  const received = { 'hw/': '', 'hw/a.txt': '2', 'hw/b.txt': '2', 'hw/run.sh': 'run', 'hw/deep/': '', 'hw/deep/new.txt': '2', data: '2' };
  const kept = {
    'hw/': '',
    'hw/gone.txt': '1',
    'hw/run.sh': 'run',
    'hw/deep/': '',
    'hw/deep/new.txt': '2',
    'notes/': '',
    'notes/own.md': 'mine',
  };

  it('overwrite', async () => {
    const { files, base, plan, again } = await play('overwrite');
    assert.deepEqual(files, { ...kept, 'hw/a.txt': '2', 'hw/b.txt': '2', data: '2' });
    assert.deepEqual(base, { ...received, 'hw/gone.txt': '1' });
    // Permissions of Windows are no others.
    const updated = process.platform === 'win32' ? 1 : 2;
    assert.equal(sentenceOf(plan), `1 created, ${updated} updated, 2 replaced, 0 kept, 1 deleted, 1 waits for a decision`);
    assert.deepEqual(
      again.objects.map(({ place, outcome }) => `${place} ${outcome}`),
      ['.vscode/tasks.json waiting'],
    );
  });

  it('skip', async () => {
    const { files, base } = await play('skip');
    assert.deepEqual(files, { ...kept, 'hw/a.txt': '2', 'hw/b.txt': 'my work', 'data/': '', 'data/own': 'mine' });
    assert.deepEqual(base, { ...received, 'hw/gone.txt': '1' });
  });

  it('rename', async () => {
    const { files, plan, again } = await play('rename');
    const beside = { 'hw/b (from Master).txt': '2', 'data (from Master)': '2' };
    assert.deepEqual(files, { ...kept, ...beside, 'hw/a.txt': '2', 'hw/b.txt': 'my work', 'data/': '', 'data/own': 'mine' });
    assert.match(sentenceOf(plan), /0 replaced, 0 kept, 2 saved beside, 0 deleted/);
    assert.equal(again.counts['saved-beside'], 0);
  });

  it('mirror', async () => {
    const { files, base, plan } = await play('mirror');
    assert.deepEqual([files, base], [received, received]);
    assert.deepEqual([plan.deletedFiles, plan.isMostOfAll], [3, false]);
  });

  it('ask', async () => {
    const { files, base, plan } = await play('ask');
    assert.deepEqual(files, { ...kept, 'hw/a.txt': '2', 'hw/b.txt': 'my work', 'data/': '', 'data/own': 'mine' });
    const waiting = Object.fromEntries(Object.entries(received).filter(([at]) => at !== 'data'));
    assert.deepEqual(base, { ...waiting, 'hw/b.txt': '1', 'hw/gone.txt': '1' });
    assert.equal(plan.counts.waiting, 3);
  });
});
