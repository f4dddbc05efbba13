/** Thinning automatic snapshots: those that no rule keeps go, all others stay whatever the rules. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { EngineApi, SnapshotInfo } from '../../src/engine/api.ts';
import { encodeChecked } from '../../src/store/reservations.ts';
import { rejected, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

/** An instance with so many restores behind it, each with its automatic snapshot. */
async function restored(times: number): Promise<{ folder: string; engine: EngineApi; automatic: SnapshotInfo[] }> {
  const { folder, engine } = await bench.instance({ a: '0' });
  const first = await engine.take({ name: 'mine' });
  for (let i = 1; i <= times; i++) {
    writeFiles(folder, { a: `${i}` });
    await engine.restore({ state: first.id });
  }
  const automatic = (await engine.list()).filter(({ kind }) => kind === 'automatic');
  assert.equal(automatic.length, times);
  return { folder, engine, automatic };
}

const ids = (snapshots: readonly SnapshotInfo[]): string[] => snapshots.map(({ id }) => id);

describe('instance: thinning', () => {
  afterEach(() => bench.clear());

  it('takes automatic snapshots that no rule keeps, and no others', async () => {
    const { engine, automatic } = await restored(5);
    const all = await engine.list();
    const plan = await engine.planThin({ policy: { last: 2 } });
    assert.deepEqual(ids(plan.snapshots), ids(automatic.slice(2)));
    assert.deepEqual(
      plan.kept.map(({ snapshot, reasons }) => [snapshot.id, reasons]),
      [
        [automatic[0]!.id, ['last', 'the last restore can be undone with it']],
        [automatic[1]!.id, ['last']],
      ],
    );
    assert.deepEqual(await engine.list(), all, 'a plan changes nothing');
    assert.deepEqual(ids((await engine.thin(plan)).snapshots), ids(automatic.slice(2)));
    const left = await engine.list();
    assert.deepEqual(ids(left.filter(({ kind }) => kind === 'automatic')), ids(automatic.slice(0, 2)));
    assert.ok(left.some(({ name }) => name === 'mine'));
    await engine.undo();
  });

  it('keeps what is pinned, which stands for no other', async () => {
    const { engine, automatic } = await restored(4);
    await engine.edit({ state: automatic[1]!.id, pinned: true });
    const plan = await engine.planThin({ policy: { last: 2 } });
    assert.deepEqual(ids(plan.snapshots), [automatic[3]!.id]);
    assert.deepEqual(plan.kept.find(({ snapshot }) => snapshot.id === automatic[1]!.id)!.reasons, ['it is pinned']);
  });

  it('keeps what the last restore is undone with, also where a newer automatic one is all that the rules want', async () => {
    const { folder, engine } = await restored(2);
    writeFiles(folder, { b: 'b' });
    await engine.restore({ state: 'mine', paths: ['a'] });
    const undo = (await engine.status({ changes: false })).undo!.safety.id;
    assert.notEqual((await engine.list()).find(({ kind }) => kind === 'automatic')!.id, undo);
    const plan = await engine.planThin({ policy: { last: 1 } });
    assert.ok(!ids(plan.snapshots).includes(undo));
    await engine.thin(plan);
    assert.equal((await engine.status({ changes: false })).undo!.safety.id, undo);
  });

  it('takes nothing that was taken by hand, is pinned by now, or is needed for the undo, however it is asked to', async () => {
    const { engine, automatic } = await restored(3);
    const mine = await engine.show('mine');
    await rejected(engine.thin({ snapshots: [automatic[2]!, mine] }), 'refused');
    await rejected(engine.thin({ snapshots: [automatic[2]!, automatic[0]!] }), 'refused');
    const plan = await engine.planThin({ policy: { last: 1 } });
    await engine.edit({ state: automatic[1]!.id, pinned: true });
    await rejected(engine.thin(plan), 'refused');
    assert.equal((await engine.list()).length, 4, 'nothing went');
  });

  it('leaves alone what came from another store, by a file or a copy, and what a restore that was cut off needs', async () => {
    const { engine, automatic } = await restored(3);
    const { folder: elsewhere, engine: other } = await bench.instance({ a: 'other' });
    const file = bench.place();
    await engine.exportSnapshot({ state: automatic[0]!.id, to: file, format: 'bundle' });
    await other.importSnapshot({ from: file });
    await engine.copySnapshot({ state: automatic[1]!.id, to: elsewhere });
    const mine = await other.take({});
    for (const a of ['1', '2', '3']) {
      writeFiles(elsewhere, { a });
      await other.restore({ state: mine.id });
    }
    const own = (await other.list()).filter(({ kind, imported }) => kind === 'automatic' && imported === undefined);
    const plan = await other.planThin({ policy: { last: 1 } });
    assert.deepEqual(ids(plan.snapshots), ids(own.slice(1)), 'those that came count for no rule');
    assert.deepEqual(
      plan.kept.map(({ snapshot }) => snapshot.id),
      [own[0]!.id],
    );
    const { message } = await rejected(other.thin({ snapshots: [automatic[1]!] }), 'refused');
    assert.match(message, /can’t be thinned out: it came from another store/);
    // As a restore says what it is about to do, and is killed.
    const intent = { target: own[1]!.id, safety: own[2]!.id, paths: [], keepBoth: false, deleteAbsent: false, at: own[0]!.created };
    fs.writeFileSync(path.join(elsewhere, '.snapstage/journal/restore'), encodeChecked({ ...intent, session: 'killed' }));
    const during = await other.planThin({ policy: { last: 1 } });
    assert.deepEqual(during.snapshots, []);
    await rejected(other.thin(plan), 'refused');
  });

  it('goes by the rules chosen for the instance, and wants some', async () => {
    const { folder, engine, automatic } = await restored(3);
    await rejected(engine.planThin({}), 'usage');
    for (const retention of [{}, { last: 0 }, { within: 'long' }, { often: 1 } as object])
      await rejected(engine.config({ retention }), 'usage');
    assert.deepEqual(await engine.config({ retention: { last: 1 } }), {
      compression: 3,
      retention: { last: 1 },
    });
    assert.deepEqual(await engine.config({ compression: 5 }), { compression: 5, retention: { last: 1 } });
    assert.deepEqual(ids((await engine.planThin({})).snapshots), ids(automatic.slice(1)));
    await rejected(engine.planThin({ timeZone: 'Mars/Olympus' }), 'usage');
    assert.deepEqual(await engine.config({ retention: null }), { compression: 5 });
    fs.writeFileSync(path.join(folder, '.snapstage/config'), '{ "retention": { "last": -1 } }');
    assert.deepEqual(await engine.config({}), { compression: 3 });
    await rejected(engine.planThin({}), 'usage');
  });
});
