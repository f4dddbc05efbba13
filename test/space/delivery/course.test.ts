/** What a whole course costs the hub: content is written there once, however many it is for. */
import assert from 'node:assert/strict';
import { Classroom, Person } from '../../support/classroom.ts';
import { seededBytes, Workbench } from '../../support/folders.ts';

const MEMBERS = 20;
const WORKERS = 4;
const bench = new Workbench();
let room: Classroom;
let members: Person[];

async function hubHas(): Promise<{ readonly bytes: number; readonly records: number }> {
  return { bytes: await room.hubFiles.bytes(), records: (await room.hubFiles.names('logs')).length };
}

/** What the hub grew by. */
async function grown(run: () => Promise<unknown>): Promise<{ readonly bytes: number; readonly records: number }> {
  const before = await hubHas();
  await run();
  const after = await hubHas();
  return { bytes: after.bytes - before.bytes, records: after.records - before.records };
}

/** The Master lets all in with one look. */
async function fill(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  room = await Classroom.open(bench, files);
  const { master } = room;
  members = [];
  const codes: string[] = [];
  for (let number = 0; number < MEMBERS; number++) codes.push((await master.engine.invite({ name: `member ${number}` })).code);
  for (const code of codes) {
    const member = room.add(new Person(bench.folder(), bench.folder()));
    await member.engine.init();
    await member.engine.joinSpace({ code });
    members.push(member);
  }
  const log = `logs/${(await master.engine.space({}))!.me.id}`;
  const before = (await room.hubFiles.names(log)).length;
  await master.engine.space({ sync: true });
  const { members: all } = (await master.engine.space({}))!;
  assert.equal(all.filter(({ state, role }) => state === 'member' && role === 'editor').length, MEMBERS);
  // One that lets in and one that tells, for each; one that signs for what all of them have said.
  assert.equal((await room.hubFiles.names(log)).length - before, 2 * MEMBERS + 1);
}

describe('space: a course', () => {
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('has what was handed out in the hub once, and then only what has changed', async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 8 }, (_, number) => [`data/part-${number}.bin`, seededBytes(number + 1, 1 << 19)]),
    );
    await fill({ ...parts, 'data/task.md': 'task' });
    const { master } = room;
    const content = 8 * (1 << 19);
    const first = await grown(() => master.handOut(['data']));
    assert.ok(first.bytes > content && first.bytes < content * 1.02 + 20_000, `${first.bytes} for ${content}`);
    // What the area has now, and what was handed out.
    assert.equal(first.records, 2);
    const received = await grown(async () => {
      for (const member of members) await member.receiveAll();
    });
    assert.ok(received.bytes < MEMBERS * 10_000, `${received.bytes} for ${MEMBERS} answers`);
    for (const { files } of members) assert.equal(Object.keys(files).filter((at) => at.endsWith('.bin')).length, 8);
    master.write({ 'data/part-3.bin': seededBytes(99, 1 << 19) });
    const second = await grown(() => master.handOut(['data']));
    assert.ok(second.bytes < (1 << 19) * 1.02 + 20_000, `${second.bytes} for one part of eight`);
  });

  it('is looked ahead at, object by object at each member, and needs one decision for what all have edited', async () => {
    const objects = Object.fromEntries(Array.from({ length: 1000 }, (_, number) => [`hw/${number % 9}/${number}.md`, `task ${number}`]));
    await fill(objects);
    const { master } = room;
    const paths = Object.keys(objects);
    await master.handOut(['hw']);
    // So many files take their time; the others have nothing yet, and have said so.
    const workers = members.slice(0, WORKERS);
    for (const member of workers) {
      await member.receiveAll();
      member.write({ [paths[0]!]: `an answer in ${member.folder}`, [paths[1]!]: 'corrected 1' });
    }
    for (const { engine } of members) await engine.space({ sync: true });
    master.write(Object.fromEntries(paths.map((at, number) => [at, `corrected ${number}`])));
    const { objects: shown, targets } = await master.engine.preview({ strategy: 'ask' });
    assert.deepEqual([shown.length, targets.length], [1000, MEMBERS]);
    const told = targets.map(({ counts, outcomes }) => [counts.new, counts.edited, counts.same, counts.safe, outcomes.waiting].join());
    assert.deepEqual(Map.groupBy(told, (one) => one).get('0,1,1,998,1')?.length, WORKERS);
    assert.deepEqual(Map.groupBy(told, (one) => one).get('1000,0,0,0,0')?.length, MEMBERS - WORKERS);

    await master.engine.addToStage({ objects: [{ type: 'path', state: 'current', path: paths[0]! }], strategy: 'overwrite' });
    await master.engine.distribute({ strategy: 'ask' });
    for (const member of workers) {
      const [report] = await member.receiveAll();
      assert.deepEqual([report!.counts.waiting, report!.counts.replaced, report!.counts.updated], [0, 1, 998]);
    }
    await master.engine.space({ sync: true });
    const [last] = await master.engine.distributions();
    assert.equal(last!.targets.filter(({ state }) => state === 'applied').length, WORKERS);
  });
});
