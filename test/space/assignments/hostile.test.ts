/** Hand-ins by who cheats, and classmates who may do as they like with the hub’s folder. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { CollectedInfo, CreateAssignmentRequest } from '../../../src/engine/assignmentApi.ts';
import { writeFeedback, writeReceipts } from '../../../src/space/assignments/acts.ts';
import { Class } from '../../support/assignments.ts';
import { Cheat, putTree, type Sink, type Tree } from '../../support/cheat.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { readFiles, rejected, Workbench } from '../../support/folders.ts';
import type { Person as Reader } from '../../support/spaces.ts';

const bench = new Workbench();
let room: Classroom;
/** Where review copies go. */
let copies: string;
const cheats: Cheat[] = [];

const soon = (): string => new Date(Date.now() + 3_600_000).toISOString();

async function open(request: Partial<CreateAssignmentRequest> = {}): Promise<{ id: string; ada: Person; bob: Person }> {
  room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
  copies = bench.folder();
  const [ada, bob] = [await room.join('Ada Applegarth'), await room.join('Bob')];
  const { id } = await room.master.engine.createAssignment({
    title: 'Homework of week one',
    deadline: soon(),
    parts: [{ path: 'hw1', patterns: [] }],
    ...request,
  });
  for (const one of [ada, bob]) await one.receiveAll();
  return { id, ada, bob };
}

async function cheat({ engine, folder, home }: Person): Promise<Cheat> {
  await engine.dispose();
  const one = new Cheat({ folder, home });
  cheats.push(one);
  return one;
}

async function collect(id: string): Promise<readonly CollectedInfo[]> {
  return (await room.master.engine.collect({ assignment: id, which: 'all', to: copies })).items;
}

describe('space: hand-ins in a hub that all can write', () => {
  afterEach(async () => {
    await Promise.all(cheats.splice(0).map((one) => one.dispose()));
    await room.close();
    await bench.clear();
  });

  it('say nothing there: no content, no name, no note, no grade, no id', async () => {
    const { id, ada } = await open();
    ada.write({ 'hw1/answer.md': 'the answer of somebody is forty-two, and nobody else knows it' });
    const { handIn } = await ada.engine.handIn({
      assignment: id,
      note: 'a note for the Master alone',
      identifier: 'k1234567-matriculation',
    });
    await collect(id);
    const file = path.join(bench.folder(), 'remarks-on-it.md');
    fs.writeFileSync(file, 'remarks that only the author and the Master read');
    const feedback = { handIn: handIn.id, grade: 'excellent work', comment: 'a comment for one alone', files: [file] };
    for (const visibility of ['draft', 'hidden', 'returned'] as const) await room.master.engine.giveFeedback({ ...feedback, visibility });
    const { root } = await ada.engine.verifyReceipt({ from: handIn.receipt! });
    const secrets = [
      'forty-two',
      'answer.md',
      'note for the Master',
      'matriculation',
      'remarks',
      'excellent',
      'comment for one',
      'Applegarth',
    ];
    const ids = [handIn.snapshot, root];
    const texts = [...secrets, 'week one', 'task.md', ...ids].map((text) => Buffer.from(text));
    for (const [name, bytes] of await room.hubFiles.contents()) {
      for (const text of [...texts, ...ids.map((one) => Buffer.from(one, 'hex'))])
        assert.ok(!bytes.includes(text) && !name.includes(text.toString()), `${text.toString()} in ${name}`);
    }
  });

  it('that a classmate takes away or spoils come back by their author, and the Master finds what is gone', async () => {
    const { id, ada, bob } = await open();
    const untouched = new Set(await room.hubFiles.names());
    ada.write({ 'hw1/answer.md': 'mine' });
    const { handIn } = await ada.engine.handIn({ assignment: id });
    bob.write({ 'hw1/answer.md': 'of Bob' });
    const adas = (await room.hubFiles.names()).filter((name) => !untouched.has(name) && name !== 'bell');
    await room.hubFiles.remove(...adas);
    await bob.engine.handIn({ assignment: id });
    await room.master.engine.space({ sync: true });
    const counts = async (): Promise<number> => (await room.master.engine.assignment({ assignment: id })).counts!['handed-in'];
    assert.equal(await counts(), 1);
    // The author sees that nobody has signed for it, and gives it back.
    await ada.engine.space({ sync: true });
    assert.equal((await ada.engine.verifyReceipt({ from: handIn.receipt! })).countersigned, null);
    await room.master.engine.space({ sync: true });
    assert.equal(await counts(), 2);
    await ada.engine.space({ sync: true });
    assert.notEqual((await ada.engine.verifyReceipt({ from: handIn.receipt! })).countersigned, null);

    const there = await room.hubFiles.contents();
    for (const name of adas.filter((one) => there.has(one))) {
      const bytes = there.get(name)!;
      bytes[bytes.length >> 1]! ^= 1;
      await room.hubFiles.put(name, bytes);
    }
    const { findings } = await room.master.engine.verifyAudit({ hub: true });
    assert.ok(findings.length > 0, 'the audit finds it');
    const items = await collect(id);
    assert.deepEqual(items.map(({ member, outcome }) => `${member.name}: ${outcome}`).toSorted(), [
      'Ada Applegarth: failed',
      'Bob: collected',
    ]);
    assert.equal(items.find(({ outcome }) => outcome === 'failed')!.folder, null);
  });

  it('of another’s content bring nothing of it, and keep nobody else’s from being collected', async () => {
    const { id, ada, bob } = await open();
    ada.write({ 'hw1/answer.md': 'mine alone' });
    const { handIn } = await ada.engine.handIn({ assignment: id });
    const { root } = await ada.engine.verifyReceipt({ from: handIn.receipt! });
    assert.equal((await collect(id))[0]!.outcome, 'collected');
    await (await cheat(bob)).handIn(root, { files: 2, bytes: '14' });
    const items = await collect(id);
    const theirs = items.find(({ member }) => member.name === 'Bob')!;
    assert.deepEqual([theirs.outcome, theirs.folder], ['failed', null]);
    assert.match(theirs.problem!, /missing|not there|lacks/);
    assert.ok(!fs.existsSync(path.join(copies, 'Homework of week one', 'Bob')));
    const info = (await room.master.engine.assignment({ assignment: id })).standings.find(({ member }) => member.name === 'Bob')!;
    assert.equal(info.handIns[0]!.isHere, false);
    await rejected(room.master.engine.ls({ state: info.handIns[0]!.state, path: '' }), 'not-found');
  });

  it('that are not what they say, or more than is allowed, are not collected', async () => {
    const { id, ada, bob } = await open({ limit: 1000 });
    ada.write({ 'hw1/answer.md': 'mine' });
    await ada.engine.handIn({ assignment: id });
    const one = await cheat(bob);
    const small = (put: Sink): Buffer => putTree({ hw1: { folder: { a: 'x'.repeat(400), b: 'y'.repeat(400) } } }, put);
    await one.handIn(small, { files: 1, bytes: '800' });
    await one.handIn(small, { files: 2, bytes: '1' });
    await one.handIn((put) => putTree({ a: 'x'.repeat(2000) }, put), { files: 1, bytes: '2000' });
    await one.handIn(small, { files: 2, bytes: '800' });
    const items = await collect(id);
    assert.deepEqual(
      items.filter(({ member }) => member.name === 'Bob').map(({ outcome, folder }) => [outcome, folder === null]),
      [
        ['failed', true],
        ['failed', true],
        ['failed', true],
        ['collected', false],
      ],
    );
    assert.equal(items.find(({ member }) => member.name !== 'Bob')!.outcome, 'collected');
  });

  it('whose names run code, lead out, are too long or too deep do no harm, and hold nobody up', async () => {
    const { id, ada, bob } = await open();
    ada.write({ 'hw1/answer.md': 'mine' });
    await ada.engine.handIn({ assignment: id });
    const one = await cheat(bob);
    const nasty: Tree = {
      '.git': { folder: { config: '[core] fsmonitor = x', hooks: { folder: { 'pre-commit': 'x' } } } },
      '_.git': 'mine',
      '.GIT ': { folder: { config: 'x' } },
      '.vscode': { folder: { 'tasks.json': '{}' } },
      '.snapstage': { folder: { format: 'x' } },
      'git~1': 'x',
      A: 'one',
      a: 'two',
      empty: '',
      up: { link: '../x' },
      absolute: { link: '/etc/passwd' },
      windows: { link: 'C:\\x' },
      slashes: { link: 'q\\..\\..\\x' },
      through: { link: 'q/../../x' },
      inside: { link: 'A' },
      q: { folder: { home: { link: '..' }, out: { link: '../..' }, 'out again': { link: './/../../q' } } },
    };
    const long: Tree = { [`.git:${'n'.repeat(250)}`]: 'as long as a name may be' };
    await one.handIn((put) => putTree(nasty, put), extent(nasty));
    const deep =
      (levels: number, length: number): ((put: Sink) => Buffer) =>
      (put) => {
        let folder = putTree({ file: 'x' }, put);
        for (let level = 0; level < levels; level++) folder = putTree({ ['d'.repeat(length)]: { id: folder } }, put);
        return folder;
      };
    await one.handIn(deep(1500, 1), { files: 1, bytes: '1' });
    await one.handIn((put) => putTree(long, put), extent(long));
    await one.handIn(deep(40, 250), { files: 1, bytes: '1' });
    const bomb =
      (levels: number): ((put: Sink) => Buffer) =>
      (put) => {
        let folder = putTree({ file: 'x' }, put);
        for (let level = 0; level < levels; level++) folder = putTree({ a: { id: folder }, b: { id: folder } }, put);
        return folder;
      };
    await one.handIn(bomb(22), { files: 2 ** 22, bytes: String(2 ** 22) });
    await one.handIn(bomb(22), { files: 1, bytes: '1' });
    const items = await collect(id);
    const [first, ...others] = items.filter(({ member }) => member.name === 'Bob');
    assert.equal(items.find(({ member }) => member.name !== 'Bob')!.outcome, 'collected');
    for (const item of others) if (item.outcome === 'failed') assert.ok(item.problem!.length > 10);
    assert.equal(others.at(-1)!.outcome, 'failed');
    assert.equal(others.at(-2)!.outcome, 'failed');
    assert.equal(first!.outcome, 'collected', first!.problem ?? '');
    const files = readFiles(first!.folder!);
    assert.deepEqual(first!.leftOut.toSorted(), ['absolute', 'q/out', 'q/out again', 'slashes', 'through', 'up', 'windows']);
    assert.deepEqual(
      [files['_.git/config'], files['__.git'], files['inside'], files['q/home']],
      ['[core] fsmonitor = x', 'mine', '-> A', '-> ..'],
    );
    for (const name of Object.keys(files)) assert.doesNotMatch(name, /(^|\/)\.?(git|vscode|snapstage)\b/i);
    // A copy that was removed by hand is made again.
    fs.rmSync(first!.folder!, { recursive: true });
    assert.deepEqual((await collect(id)).find(({ handIn }) => handIn === first!.handIn)!.outcome, 'collected');
    assert.deepEqual(readFiles(first!.folder!), files);
  });
});

/** Files and bytes of a tree, as its record is to say them. */
function extent(tree: Tree): { files: number; bytes: string } {
  let [files, bytes] = [0, 0];
  const add = (of: Tree): void => {
    for (const made of Object.values(of)) {
      if (typeof made === 'object' && 'folder' in made) add(made.folder);
      else if (typeof made === 'string' || 'link' in made) {
        files += 1;
        bytes += Buffer.byteLength(typeof made === 'string' ? made : made.link);
      }
    }
  };
  add(tree);
  return { files, bytes: String(bytes) };
}

describe('space: what is said of hand-ins', () => {
  it('is read by the author and the Masters alone, and drafts and what is hidden by Masters', () => {
    const group = new Class(2);
    const { world, masters } = group;
    const [ada, bob] = group.members as [Reader, Reader];
    const of = group.handIn(ada, 1).hash;
    const [master] = masters;
    master.hear();
    master.act((acting) => writeReceipts(acting, world.now));
    for (const visibility of ['draft', 'hidden', 'returned'] as const) {
      const body = { kind: 'feedback' as const, of, grade: visibility, comment: visibility, tree: null, visibility, made: world.now };
      master.act((acting) => writeFeedback(acting, ada.log, body));
    }
    const read = (reader: Reader): string[] => {
      reader.hear();
      const { keychain } = reader.state();
      return [...world.records.values()].flatMap((record) => {
        const found = keychain.read(record);
        if (found.kind !== 'body') return [];
        const { body } = found;
        if (body.kind === 'feedback') return [`${body.visibility}: ${body.grade}`];
        return body.kind === 'hand-in' || body.kind === 'receipt' ? [body.kind] : [];
      });
    };
    assert.deepEqual(read(bob), []);
    assert.deepEqual(read(ada).toSorted(), ['hand-in', 'hidden: null', 'receipt', 'returned: returned']);
    assert.deepEqual(read(masters[1]).toSorted(), [
      'draft: draft',
      'hand-in',
      'hidden: hidden',
      'hidden: null',
      'receipt',
      'returned: returned',
    ]);
  });
});
