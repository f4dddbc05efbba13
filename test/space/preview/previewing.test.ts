/** What members publish of what they have, and what a Master can see by it. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DistributionPreview, PreviewState } from '../../../src/engine/previewApi.ts';
import type { DistributeRequest } from '../../../src/engine/deliveryApi.ts';
import { STRATEGIES } from '../../../src/space/strategy.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { inFoldersOnly } from '../../support/hubKinds.ts';

const bench = new Workbench();
let room: Classroom;

async function idOf(person: Person): Promise<string> {
  return (await person.engine.space({}))!.me.id;
}

/** What a member has published, in the hub. */
async function tablesOf(person: Person): Promise<string[]> {
  return room.hubFiles.names(`previews/${await idOf(person)}`);
}

async function recordsOf(person: Person): Promise<number> {
  return (await room.hubFiles.names(`logs/${await idOf(person)}`)).length;
}

/** Stages paths of the Master's current state, and looks what they would meet. */
async function preview(paths: readonly string[], request: DistributeRequest = {}): Promise<DistributionPreview> {
  const { engine } = room.master;
  await engine.removeFromStage((await engine.stage()).objects.map(({ id }) => id));
  await engine.addToStage({ objects: paths.map((at) => ({ type: 'path', state: 'current', path: at })) });
  return engine.preview(request);
}

function statesAt({ objects, targets }: DistributionPreview, name: string): Record<string, PreviewState> {
  const { states } = targets.find((target) => target.name === name)!;
  return Object.fromEntries(objects.map(({ path: at }, i) => [at, states[i]!]));
}

describe('space: previews', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('show how each object stands to each target, before anything is written', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1', 'hw/c': '1', 'hw/d': '1' });
    const ada = await room.join('Ada', { 'notes.md': 'hers' });
    const bob = await room.join('Bob');
    await room.master.handOut(['hw']);
    await ada.receiveAll();
    ada.write({ 'hw/a': 'her answer', 'hw/new/deep': 'hers', 'hw/e': '2' });
    ada.remove('hw/b');
    ada.remove('hw/c');
    ada.write({ 'hw/c/inside': 'x' });
    await ada.engine.space({ sync: true });
    room.master.write({ 'hw/a': '2', 'hw/b': '2', 'hw/c': '2', 'hw/d': '2', 'hw/e': '2', 'hw/f': '2', 'hw/new': 'a file' });
    const before = await room.master.engine.list();
    const shown = await preview(['hw', 'hw/f']);
    assert.deepEqual(statesAt(shown, 'Ada'), {
      'hw/a': 'edited',
      'hw/b': 'deleted-there',
      'hw/c': 'kind-clash',
      'hw/d': 'safe',
      'hw/e': 'same',
      'hw/f': 'new',
      'hw/new': 'kind-clash',
    });
    // Bob has nothing yet, and has said so.
    assert.deepEqual(new Set(Object.values(statesAt(shown, 'Bob'))), new Set(['new']));
    const [a] = shown.objects;
    assert.deepEqual([a!.path, a!.kind, a!.strategy, a!.counts.edited, a!.counts.new], ['hw/a', 'file', 'overwrite', 1, 1]);
    const hers = shown.targets.find(({ name }) => name === 'Ada')!;
    assert.ok(Math.abs(Date.parse(hers.published!) - Date.now()) < 600_000);
    assert.deepEqual([hers.outcomes.replaced, hers.outcomes.created, hers.outcomes.updated], [3, 2, 1]);
    assert.deepEqual(await room.master.engine.list(), before);
    assert.equal((await room.master.engine.distributions()).length, 1);

    // The target, when it comes to it, says the same.
    await room.master.handOut(['hw', 'hw/f'], { strategy: 'ask' });
    await ada.engine.space({ sync: true });
    await bob.engine.space({ sync: true });
    const [delivery] = await ada.engine.inbox();
    const plan = await ada.engine.planReceive({ delivery: delivery!.id });
    const judged = plan.objects.filter(({ state }) => state !== 'extra').map(({ place, state }) => [place, state]);
    const { 'hw/e': same, ...others } = statesAt(shown, 'Ada');
    assert.deepEqual([Object.fromEntries(judged), same], [others, 'same']);
  });

  it('are of what was published last, which follows what was received', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1' });
    const ada = await room.join('Ada');
    assert.deepEqual(statesAt(await preview(['hw']), 'Ada'), { 'hw/a': 'new' });
    await room.master.handOut(['hw']);
    await ada.receiveAll();
    assert.deepEqual(statesAt(await preview(['hw']), 'Ada'), { 'hw/a': 'same' });
    room.master.write({ 'hw/a': '2' });
    assert.deepEqual(statesAt(await preview(['hw']), 'Ada'), { 'hw/a': 'safe' });
    ada.write({ 'hw/a': 'edited' });
    assert.deepEqual(statesAt(await preview(['hw']), 'Ada'), { 'hw/a': 'safe' });
    await ada.engine.space({ sync: true });
    assert.deepEqual(statesAt(await preview(['hw']), 'Ada'), { 'hw/a': 'edited' });
  });

  it('tell what a target last received, as long as it is known here', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1' });
    const ada = await room.join('Ada');
    const { engine } = room.master;
    const target = await idOf(ada);
    const at = async (where: string): Promise<string | null> => {
      const known = await engine.received({ target, path: where });
      return known === null ? null : Buffer.from(await engine.readReceived({ target, path: where })).toString();
    };
    await room.master.handOut(['hw']);
    await engine.space({ sync: true });
    assert.equal(await at('hw/a'), null, 'it has not told yet');
    await ada.receiveAll();
    await engine.space({ sync: true });
    assert.deepEqual([await at('hw/a'), await at('hw'), await at('nowhere')], ['1', null, null]);
    const known = await engine.received({ target, path: 'hw/a' });
    assert.deepEqual([known!.kind, known!.size], ['file', 1]);
    room.master.write({ 'hw/a': '22' });
    assert.equal(await at('hw/a'), '1', 'what is staged since then is not received');
    await room.master.handOut(['hw/a']);
    await ada.receiveAll();
    await engine.space({ sync: true });
    assert.deepEqual([await at('hw/a'), await at('hw/b')], ['22', '1']);
    await rejected(engine.readReceived({ target, path: 'hw' }), 'not-found');
    await rejected(engine.received({ target: 'Eve', path: 'hw/a' }), 'not-found');
  });

  it('say what becomes of each object as the target’s plan then has it, by what it received and what a mirror took away', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/b': '1', 'hw/c': '1', 'hw/d': '1' });
    const ada = await room.join('Ada');
    await room.master.handOut(['hw']);
    await ada.receiveAll();
    room.master.remove('hw/d');
    await room.master.handOut(['hw'], { strategy: 'mirror' });
    await ada.receiveAll();
    ada.write({ 'hw/a': 'hers', 'hw/b': 'hers' });
    ada.remove('hw/c');
    await ada.engine.space({ sync: true });
    await room.master.engine.space({ sync: true });
    room.master.write({ 'hw/b': '2', 'hw/d': '2' });
    for (const strategy of STRATEGIES) {
      const { objects, targets } = await preview(['hw'], { strategy });
      const { states, becomes, outcomes } = targets[0]!;
      const foreseen = Object.fromEntries(objects.map(({ path: at }, i) => [at, `${states[i]!}: ${becomes[i]!}`]));
      const sent = await room.master.handOut(['hw'], { strategy });
      await ada.engine.space({ sync: true });
      const plan = await ada.engine.planReceive({ delivery: sent.id });
      const planned = plan.objects.filter(({ state }) => state !== 'extra');
      assert.deepEqual(foreseen, Object.fromEntries(planned.map(({ path: at, state, outcome }) => [at, `${state}: ${outcome}`])), strategy);
      assert.deepEqual(outcomes, plan.counts);
      // It is not received, so all stays as it was.
      await room.master.engine.undoDistribution({ distribution: sent.id });
      if (strategy === 'ask')
        assert.deepEqual(foreseen, {
          'hw/a': 'edited: kept',
          'hw/b': 'edited: waiting',
          'hw/c': 'deleted-there: kept',
          'hw/d': 'new: created',
        });
    }
  });

  it('of a mirror name what goes of all that was distributed before, and count what else there is', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', 'hw/old/b': '1', 'hw/.vscode/tasks.json': '{}', 'other/c': '1' });
    const ada = await room.join('Ada', { 'hw/own.md': 'hers', 'diary.md': 'hers' });
    await room.join('Vera', {}, { role: 'viewer' });
    await room.master.handOut(['hw', 'other']);
    await ada.receiveAll();
    const [delivery] = await ada.engine.inbox();
    const open = await ada.engine.planReceive({ delivery: delivery!.id });
    const choices = open.objects.map(({ place, triple }) => ({ place, triple, take: 'incoming' as const }));
    await ada.engine.resolve({ delivery: delivery!.id, choices });
    await ada.receiveAll();
    ada.write({ 'hw/old/b': 'edited' });
    await ada.engine.space({ sync: true });
    await room.master.engine.space({ sync: true });
    for (const at of ['hw/old', 'hw/.vscode', 'other']) room.master.remove(at);
    const shown = await preview(['hw'], { strategy: 'mirror' });
    const of = (name: string): DistributionPreview['targets'][number] => shown.targets.find((one) => one.name === name)!;
    // Folders count as objects: hers are other, other/c, diary.md, and hw/own.md, of which the Master knows the first two.
    assert.deepEqual(of('Ada').removed, { count: 2, paths: ['hw/.vscode/tasks.json', 'hw/old/b'], others: 2 });
    assert.deepEqual([of('Ada').outcomes.deleted, of('Ada').outcomes.waiting, shown.isWhole], [1, 1, false]);
    assert.equal(of('Vera').removed, null);
    assert.equal((await preview(['hw'])).targets[0]!.removed, null);
    const sent = await room.master.handOut(['hw'], { strategy: 'mirror' });
    await ada.engine.space({ sync: true });
    const plan = await ada.engine.planReceive({ delivery: sent.id });
    const going = plan.objects.filter(({ state, place }) => state === 'extra' && place !== 'hw/own.md').map(({ place }) => place);
    assert.deepEqual(going, of('Ada').removed!.paths);
  });

  it('take what can run programs for what it is, and follow strategies', async () => {
    room = await Classroom.open(bench, { 'hw/a': '1', '.vscode/tasks.json': '{}', 'p/.git/hooks/x': 'x' });
    await room.join('Ada', { 'hw/a': 'hers' });
    const { objects, targets, isMirror } = await preview(['hw', '.vscode', 'p'], { strategy: 'mirror', strategies: { folder: 'rename' } });
    assert.deepEqual(
      objects.map(({ path: at, strategy, runsCode }) => [at, strategy, runsCode]),
      [
        ['.vscode/tasks.json', 'rename', true],
        ['hw/a', 'rename', false],
        ['p/.git/hooks/x', 'rename', true],
      ],
    );
    assert.deepEqual(
      targets.map(({ states, becomes }) => [states, becomes]),
      [
        [
          ['new', 'edited', 'new'],
          ['waiting', 'saved-beside', 'waiting'],
        ],
      ],
    );
    assert.deepEqual([targets[0]!.outcomes['saved-beside'], targets[0]!.outcomes.waiting, isMirror], [1, 2, false]);
    assert.equal((await preview(['hw'], { strategy: 'mirror' })).isMirror, true);
  });

  it('cost a record and a file when something has changed, and nothing when not', async () => {
    room = await Classroom.open(bench);
    const ada = await room.join('Ada', { 'a/b': '1', c: '2' });
    const [table] = await tablesOf(ada);
    const records = await recordsOf(ada);
    assert.equal((await room.hubFiles.read(table!)).length, 40 + 16 + 44 + 3 * 17);
    await ada.engine.space({ sync: true });
    // Times alone are no change.
    fs.utimesSync(path.join(ada.folder, 'c'), 1_000_000_000, 1_000_000_000);
    const idle = await ada.engine.space({ sync: true });
    assert.deepEqual([await tablesOf(ada), await recordsOf(ada), idle!.published], [[table], records, undefined]);
    ada.write({ c: '3', d: '4' });
    // Nobody waits for it in the background: it has published a moment ago.
    await ada.engine.space({ sync: true, isPolled: true });
    assert.equal(await recordsOf(ada), records);
    const { published } = (await ada.engine.space({ sync: true }))!;
    const [next, ...more] = await tablesOf(ada);
    assert.deepEqual(
      [published, more, await recordsOf(ada)],
      [{ entries: 4, bytes: (await room.hubFiles.read(next!)).length }, [], records + 1],
    );
    assert.notEqual(next, table);
  });

  it('show nothing of what a Master does not guess: neither names nor contents, nor what changed', async () => {
    room = await Classroom.open(bench, { task: 'guess' });
    const secrets = { 'diary-of-ada.md': 'dear diary, nobody shall know', 'cv/salary 2026.xlsx': 'sixty thousand' };
    const ada = await room.join('Ada', secrets);
    ada.write({ 'diary-of-ada.md': 'dear diary, it is worse than I thought' });
    await ada.engine.space({ sync: true });
    const shown = await preview(['task']);
    assert.deepEqual([shown.targets[0]!.entries, statesAt(shown, 'Ada')], [3, { task: 'new' }]);
    const trail = JSON.stringify(await room.master.engine.audit());
    const exported = path.join(bench.folder(), 'trail');
    await room.master.engine.exportAudit({ to: exported });
    const everything = [
      trail,
      JSON.stringify(shown),
      fs.readFileSync(exported, 'latin1'),
      ...[...(await room.hubFiles.contents())].flatMap(([name, bytes]) => [name, bytes.toString('latin1')]),
      ...filesBelow(path.join(room.master.folder, '.snapstage')).map((file) => fs.readFileSync(file, 'latin1')),
    ].join('\n');
    for (const word of ['diary', 'salary', 'xlsx', 'sixty', 'nobody shall']) assert.ok(!everything.includes(word), word);
    // A guess is answered, which is what it is for.
    room.master.write({ 'diary-of-ada.md': 'guess' });
    assert.deepEqual(statesAt(await preview(['diary-of-ada.md']), 'Ada'), { 'diary-of-ada.md': 'edited' });
  });

  it('know nothing of viewers, of who never published, and of tables that are lost or changed, which harms no other', async () => {
    room = await Classroom.open(bench, { a: '1' });
    const ada = await room.join('Ada', { a: '1' });
    const bob = await room.join('Bob', { a: '2' });
    await room.join('Vera', { a: '1' }, { role: 'viewer' });
    const [hers, his] = [(await tablesOf(ada))[0]!, (await tablesOf(bob))[0]!];
    const content = await room.hubFiles.read(hers);
    const look = async (): Promise<unknown> =>
      (await preview(['a'])).targets.map(({ name, unknown, states }) => [name, unknown, states[0]]);
    const vera = ['Vera', 'viewer', 'unknown'];
    assert.deepEqual(await look(), [['Ada', null, 'same'], ['Bob', null, 'edited'], vera]);
    await room.hubFiles.remove(hers);
    assert.deepEqual(await look(), [['Ada', 'missing', 'unknown'], ['Bob', null, 'edited'], vera]);
    // Another's table in the place of hers, one that was changed, and one that is huge.
    for (const wrong of [
      await room.hubFiles.read(his),
      Buffer.from(content.map((byte, i) => (i === 90 ? byte ^ 1 : byte))),
      Buffer.alloc(1 << 20),
    ]) {
      await room.hubFiles.put(hers, wrong);
      assert.deepEqual(await look(), [['Ada', 'damaged', 'unknown'], ['Bob', null, 'edited'], vera]);
    }
    await room.hubFiles.remove(hers);
    await ada.engine.space({ sync: true });
    assert.deepEqual(await look(), [['Ada', null, 'same'], ['Bob', null, 'edited'], vera]);
  });

  it('are a Master’s, of members alone, of what is on the Stage', async () => {
    room = await Classroom.open(bench, { a: '1' });
    const ada = await room.join('Ada', {}, { groups: ['g1'] });
    await room.join('Bob');
    await rejected(room.master.engine.preview({}), 'refused');
    assert.deepEqual(
      (await preview(['a'], { to: ['group:g1'] })).targets.map(({ name }) => name),
      ['Ada'],
    );
    await rejected(preview(['a'], { to: ['Eve'] }), 'not-found');
    assert.equal((await rejected(ada.engine.preview({}), 'refused')).details['reason'], 'not-master');
  });

  it('do without a hub that can’t be written to: what was synced is synced, and why is told', async function () {
    inFoldersOnly(this, 'it closes one folder of a hub');
    room = await Classroom.open(bench);
    const ada = await room.join('Ada', { a: '1' });
    ada.write({ a: '2' });
    const folder = path.join(room.hub, 'previews');
    fs.rmSync(folder, { recursive: true });
    fs.writeFileSync(folder, 'in the way');
    const { findings, me } = (await ada.engine.space({ sync: true }))!;
    assert.deepEqual([me.state, findings.length], ['member', 1]);
    assert.match(findings[0]!, /^What this instance has could not be published for previews\. /);
    fs.rmSync(folder);
    assert.deepEqual((await ada.engine.space({ sync: true }))!.findings, []);
  });
});

function filesBelow(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile());
}
