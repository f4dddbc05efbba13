/** The audit trail through the engine: what it lists for whom, what it finds when the hub or a copy was changed, and exported files. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AuditEntry, AuditReport } from '../../../src/engine/auditApi.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { rejected, Workbench } from '../../support/folders.ts';
import { inFoldersOnly } from '../../support/hubKinds.ts';

const bench = new Workbench();
let room: Classroom;
let ada: Person;

/** Files of a log in the hub, in order. */
function logFiles(log: string): Promise<string[]> {
  return room.hubFiles.names(`logs/${log}`);
}

async function logOf(person: Person): Promise<string> {
  return (await person.engine.space({}))!.me.id;
}

async function trail(person: Person): Promise<readonly AuditEntry[]> {
  return (await person.engine.audit()).entries;
}

const damage = ({ findings }: AuditReport): string[] => findings.filter(({ isDamage }) => isDamage).map(({ kind }) => kind);
const kinds = (entries: readonly AuditEntry[]): string[] => entries.map(({ kind }) => kind ?? 'sealed');

async function flip(name: string, at: number): Promise<void> {
  const bytes = await room.hubFiles.read(name);
  bytes[bytes.length - at]! ^= 1;
  await room.hubFiles.put(name, bytes);
}

describe('space: audit', () => {
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    ada = await room.join('Ada', {}, { groups: ['tutors'] });
    await room.join('Bob');
    await room.master.handOut(['hw1'], { message: 'Week 1' });
    await ada.receiveAll();
    await room.master.engine.space({ sync: true });
    await ada.engine.space({ sync: true });
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('lists who did what, in order, to whom, and what is proven of when', async () => {
    const all = await trail(room.master);
    const sent = all.find(({ kind }) => kind === 'distribute')!;
    assert.deepEqual(
      [sent.by.role, sent.facts, sent.audience],
      ['master', { paths: ['hw1'], strategy: 'overwrite', message: 'Week 1' }, 'editors'],
    );
    assert.ok(Math.abs(Date.parse(sent.at!) - Date.now()) < 600_000);
    const done = all.find(({ kind }) => kind === 'acknowledge')!;
    assert.deepEqual([done.by.name, done.by.role, done.facts], ['Ada', 'editor', { distribution: sent.id, created: 1 }]);
    assert.ok(all.indexOf(sent) < all.indexOf(done));
    // Ada had read it when she wrote; Master has signed to have seen what she wrote.
    const citedBy = (one: AuditEntry): AuditEntry[] => all.filter(({ id }) => one.after.includes(id));
    assert.ok(citedBy(done).some((one) => one.by.role === 'master' && one.depth >= sent.depth));
    assert.equal(all.find(({ id }) => id === done.before)!.kind, 'seen');
    const admitted = all.filter(({ kind }) => kind === 'admit').map(({ about }) => about!.name);
    assert.deepEqual(admitted, ['Ada', 'Bob']);
    assert.ok(all.every(({ state }) => state === 'counts'));
  });

  it('shows members what they can open, and that there is more', async () => {
    const { entries, reads } = await ada.engine.audit();
    assert.equal(reads, 'own');
    const master = await trail(room.master);
    const theirs = new Set(master.map(({ id }) => id));
    assert.ok(entries.every(({ id }) => theirs.has(id)));
    assert.ok(kinds(entries).includes('distribute') && kinds(entries).includes('acknowledge'));
    const sealed = entries.filter(({ opened }) => opened === 'sealed').map(({ audience }) => audience.replace(/-.*/, ''));
    assert.deepEqual([...new Set(sealed)].toSorted(), ['box', 'masters', 'vault']);
    assert.ok(!JSON.stringify(entries).includes('Bob'));
    assert.ok(JSON.stringify(master).includes('Bob'));
  });

  it('is checked: all is well, and nothing is put right by it', async () => {
    for (const person of [room.master, ada]) {
      const report = await person.engine.verifyAudit({ hub: true });
      assert.deepEqual([report.findings, report.isDamaged], [[], false]);
      assert.equal(report.records, (await trail(person)).length);
      assert.ok(report.limits.length >= 2);
    }
    const lost = (await logFiles(await logOf(ada)))[1]!;
    await room.hubFiles.remove(lost);
    for (let i = 0; i < 2; i++) {
      const report = await room.master.engine.verifyAudit({ hub: true });
      assert.deepEqual([damage(report), report.findings[0]!.log!.name], [['hub-lost'], 'Ada']);
    }
    assert.equal(await room.hubFiles.has(lost), false);
    await room.master.engine.space({ sync: true });
    assert.deepEqual(damage(await room.master.engine.verifyAudit({ hub: true })), []);
    // One's own log is one of those that all read, and is read once.
    await room.hubFiles.remove((await logFiles(await logOf(room.master)))[1]!);
    const own = await room.master.engine.verifyAudit({ hub: true });
    assert.deepEqual([damage(own), own.findings[0]!.log!.role], [['hub-lost'], 'master']);
    await room.master.engine.space({ sync: true });
  });

  it('finds a record that was changed in the hub, and what was put there', async () => {
    const log = await logOf(ada);
    await flip((await logFiles(log))[1]!, 70);
    const changed = await room.master.engine.verifyAudit({ hub: true });
    assert.deepEqual(damage(changed), ['hub-refused']);
    assert.match(changed.findings[0]!.message, /which is no record that can be used \((changed|bad-signature)\)/);
    // What is here is as it was.
    assert.deepEqual(damage(await room.master.engine.verifyAudit({})), []);
    await room.hubFiles.put(`logs/${log}/${'9'.repeat(10)}-${'a'.repeat(32)}`, Buffer.from('squatted'));
    const report = await room.master.engine.verifyAudit({ hub: true });
    assert.deepEqual(
      report.findings.map(({ kind, isDamage }) => `${kind} ${isDamage}`),
      ['hub-refused true', 'hub-refused true'],
    );
  });

  it('tells what no hub has made, and calls it no damage', async function () {
    inFoldersOnly(this, 'only a folder takes files of any name');
    fs.writeFileSync(path.join(room.hub, 'logs', await logOf(ada), 'Conflicted copy'), 'x');
    const report = await room.master.engine.verifyAudit({ hub: true });
    assert.deepEqual(
      report.findings.map(({ kind, isDamage }) => `${kind} ${isDamage}`),
      ['hub-strangers false'],
    );
  });

  it('finds that the end of a log was taken away everywhere, as it was seen before', async () => {
    const log = await logOf(ada);
    const files = await logFiles(log);
    await room.hubFiles.remove(files.at(-1)!);
    fs.rmSync(path.join(room.master.folder, '.snapstage', 'space', `log-${log}`));
    const report = await room.master.engine.verifyAudit({ hub: true });
    const [finding] = report.findings.filter(({ isDamage }) => isDamage);
    assert.deepEqual([finding!.kind, finding!.sequence, finding!.log!.name], ['missing', files.length, 'Ada']);
    // A hub that is empty for a moment is no loss of single records.
    const taken = await room.hubFiles.take(...(await room.hubFiles.names('logs')));
    const empty = await ada.engine.verifyAudit({ hub: true });
    assert.deepEqual(damage(empty), ['hub-emptied']);
    await room.hubFiles.putAll(taken);
    await room.whileAway(async () => {
      await rejected(ada.engine.verifyAudit({ hub: true }), 'io');
      assert.deepEqual(damage(await ada.engine.verifyAudit({})), []);
    });
  });

  it('is exported to a file that is checked without an instance, a hub or keys', async () => {
    const to = path.join(bench.folder(), 'trail.jsonl');
    const done = await room.master.engine.exportAudit({ to });
    assert.equal(fs.statSync(to).size, done.bytes);
    await rejected(room.master.engine.exportAudit({ to }), 'exists');
    await room.master.engine.exportAudit({ to, force: true });
    const elsewhere = bench.engine(bench.folder());
    const report = await elsewhere.verifyAuditFile({ from: to });
    assert.deepEqual([report.findings, report.records, report.reads, report.exported!.by.role], [[], done.records, 'all', 'master']);
    assert.equal(report.name, 'Econometrics');
    const text = fs.readFileSync(to, 'utf8');
    assert.ok(text.includes('Week 1') && text.includes('Ada') && !text.includes('task.md'));
    assert.ok(!/"secret"/.test(text));

    const hers = path.join(bench.folder(), 'ada.jsonl');
    await ada.engine.exportAudit({ to: hers });
    const own = await elsewhere.verifyAuditFile({ from: hers });
    assert.deepEqual([own.findings, own.reads, own.exported!.by.name], [[], 'own', 'Ada']);
    // As a text in quotation marks: three letters alone come by chance in what is sealed.
    assert.ok(!fs.readFileSync(hers, 'utf8').includes('"Bob"'));
    assert.ok(text.includes('"Bob"'));
  });

  it('is found wrong as a file: cut off, changed, of somebody else, or no such file', async () => {
    const to = path.join(bench.folder(), 'trail.jsonl');
    await room.master.engine.exportAudit({ to });
    const lines = fs.readFileSync(to, 'utf8').split('\n').slice(0, -1);
    const verify = async (changed: readonly string[]): Promise<string[]> => {
      fs.writeFileSync(to, changed.map((line) => `${line}\n`).join(''));
      return damage(await room.master.engine.verifyAuditFile({ from: to }));
    };
    assert.deepEqual(await verify(lines), []);
    assert.ok((await verify(lines.slice(0, -3))).includes('file-cut-off'));
    const gone = await verify(lines.toSpliced(5, 1));
    assert.ok(gone.includes('file-altered') && gone.includes('missing'));
    // Another's words are a lie that its writer did not sign.
    assert.deepEqual(await verify(lines.map((line) => line.replace('Week 1', 'Week 2'))), ['file-altered']);
    const stranger = await Classroom.open(bench);
    const theirs = path.join(bench.folder(), 'theirs.jsonl');
    await stranger.master.engine.exportAudit({ to: theirs });
    const [head] = fs.readFileSync(theirs, 'utf8').split('\n');
    await stranger.close();
    const by = { ...(JSON.parse(lines[0]!) as object), by: (JSON.parse(head!) as { by: object }).by };
    const forged = await verify([JSON.stringify(by), ...lines.slice(1)]);
    assert.deepEqual(forged.toSorted(), ['file-altered', 'file-outsider']);
    fs.writeFileSync(to, 'something else');
    await rejected(room.master.engine.verifyAuditFile({ from: to }), 'damaged');
    await rejected(room.master.engine.verifyAuditFile({ from: `${to}-none` }), 'io');
  });

  it('is of a Space: an instance of none has no trail', async () => {
    const { engine } = await bench.instance();
    assert.equal((await rejected(engine.audit(), 'not-found')).details['reason'], 'no-space');
  });
});
