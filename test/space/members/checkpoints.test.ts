/** Newcomers start at a checkpoint, and know what they would know if they had read all; whatever somebody does to it, all is read. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Work } from '../../../src/base/work.ts';
import { findingsIn } from '../../../src/space/audit/findings.ts';
import type { KeyPairs } from '../../../src/space/keys/keyPairs.ts';
import { checkpointFolder, extractsOf } from '../../../src/space/logs/checkpoints.ts';
import { logFolder, recordName } from '../../../src/space/logs/hubRecords.ts';
import { isStub, recordsAmong, type Link } from '../../../src/space/logs/link.ts';
import { LogReader } from '../../../src/space/logs/logReader.ts';
import { LogWriter } from '../../../src/space/logs/logWriter.ts';
import { encodePieces, pieces } from '../../../src/space/logs/recordFile.ts';
import { extractsIn } from '../../../src/space/logs/start.ts';
import { admit, certify, invite, join, refreshEpochs, remove, revoke, withdraw } from '../../../src/space/members/acts.ts';
import { checkpointOf } from '../../../src/space/members/checkpoints.ts';
import type { SpaceState } from '../../../src/space/members/state.ts';
import { readRecord, type SignedRecord } from '../../../src/space/records/envelope.ts';
import { identityId, publicKeysOf } from '../../../src/space/records/identity.ts';
import { idHex, idOf } from '../../../src/store/ids.ts';
import { commonView, CountedHub, EACH, LargeCourse, MANY, scene, visitor, type Scene } from '../../support/checkpoints.ts';
import type { Instance } from '../../support/course.ts';
import { attack, attacks, FaultyHub, vanishesAt } from '../../support/hubs.ts';
import { newKeys } from '../../support/spaces.ts';

/** More of them by hand. */
const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 15);
/** Records of the smallest pack. */
const EXTENT = 64;

/** What a visitor finds in a hub, and who finds it without checkpoints. */
async function both(at: Scene, hub: CountedHub): Promise<{ state: SpaceState; whole: SpaceState }> {
  const [one, other] = [visitor(at, hub), visitor(at, new CountedHub([...hub.contents].filter(([name]) => !isCheckpoint(name))))];
  const [{ state }, { state: whole }] = [await one.session.look(), await other.session.look()];
  assert.equal(whole.stubs.length, 0);
  assert.deepEqual(commonView(state, one.session.log), commonView(whole, other.session.log));
  assert.deepEqual(
    [one.session.state(), course(at).open(one, [], hub).state()].map((now) => commonView(now, one.session.log)),
    [state, state].map((now) => commonView(now, one.session.log)),
    'as it is kept',
  );
  return { state, whole };
}

const course = (at: Scene): LargeCourse => at.course;
const isCheckpoint = (name: string): boolean => name.startsWith('checkpoints/');
const logOf = ({ session }: Instance): string => session.log;
const recordsIn = (session: Instance['session'], log = session.log): SignedRecord[] =>
  recordsAmong(session.state().masters.get(log)!.chain.standing);

/** Names in the hub of the extracts of a log's newest checkpoint, in order, and of that itself. */
function filesOf({ session }: Instance): { readonly extracts: string[]; readonly checkpoint: string } {
  const checkpoint = checkpointOf(session.state(), session.log)!;
  const folder = checkpointFolder(session.log);
  return { extracts: extractsIn(checkpoint).map(({ hash }) => `${folder}/${hash}`), checkpoint: `${folder}/${recordName(checkpoint)}` };
}

/** Puts into a hub a checkpoint with these extracts by who has a Master's keys, after `last`. Returns its record. */
function forge(
  { course: { space, random } }: Scene,
  hub: CountedHub,
  keys: KeyPairs,
  last: Link,
  extracts: readonly Buffer[],
): SignedRecord {
  const writer = new LogWriter(space, keys, last, last.header.seen, random);
  const named = extracts.map((bytes) => ({ records: pieces(bytes).length, hash: idHex(idOf(bytes)) }));
  const record = writer.write({ kind: 'checkpoint', extracts: named }, { audience: 'clear' });
  const folder = checkpointFolder(writer.log);
  for (const [at, { hash }] of named.entries()) hub.contents.set(`${folder}/${hash}`, extracts[at]!);
  for (const at of [folder, logFolder(writer.log)]) hub.contents.set(`${at}/${recordName(record)}`, record.bytes);
  return record;
}

/** The piece of an extract that stands for this record, by its hash alone. */
function stubPiece(hash: string): Buffer {
  return Buffer.concat([Buffer.of(1), Buffer.from(hash, 'hex')]);
}

describe('checkpoints', () => {
  let at: Scene;
  before(async () => {
    at = await scene();
  });

  it('are made of whole blocks, whose extracts are in the hub under their hashes', () => {
    const { extracts, checkpoint } = filesOf(at.master);
    const { sequence } = checkpointOf(at.master.session.state(), logOf(at.master))!.header;
    assert.equal(extracts.length, Math.floor((sequence - 1) / EACH));
    assert.deepEqual([...at.course.hub.contents.keys()].filter(isCheckpoint).toSorted(), [...extracts, checkpoint].toSorted());
    for (const name of extracts) assert.equal(idHex(idOf(at.course.hub.contents.get(name)!)), name.split('/').at(-1));
  });

  it('are where newcomers start: less is read, and the same is known, also by what is kept', async () => {
    const [hub, whole] = [at.course.hubWith(), at.course.hubWithout];
    const [one, other] = [visitor(at, hub), visitor(at, whole)];
    const { state, findings, lost } = await one.session.look();
    await other.session.look();
    assert.deepEqual([findings, lost], [[], []]);
    assert.ok(state.stubs.length > 2 * MANY && state.isBorneOut, `${state.stubs.length} stubs`);
    assert.ok(hub.received < whole.received / 2, `${hub.received} of ${whole.received} bytes`);
    await both(at, at.course.hubWith());
    hub.asked.length = 0;
    const again = at.course.open(one, [], hub);
    assert.deepEqual((await again.look()).findings, []);
    assert.ok(
      hub.asked.every((request) => request.startsWith('list logs')),
      'nothing is read twice',
    );
  });

  it('tell who comes by an invite that was withdrawn or used before', async () => {
    const own = await scene();
    const { session } = own.master;
    const [withdrawn, used] = [newKeys(own.course.random), newKeys(own.course.random)];
    const who = { name: 'Somebody', role: 'editor' as const, groups: [] };
    const ids = session.act((acting) =>
      [withdrawn, used].map((keys) => invite(acting, keys, who, { expires: own.course.now + 1000, succeeds: null })),
    );
    session.act((acting) => withdraw(acting, ids[0]!));
    session.act(refreshEpochs);
    await session.send();
    await own.course.ask(used);
    await own.course.letIn(own.master);
    await own.course.crowd(own.master, MANY);
    await own.course.settle(own.master);
    for (const code of [withdrawn, used]) {
      const { state } = await both({ ...own, code }, own.course.hubWith());
      assert.ok(state.stubs.length > MANY);
      const kinds = state.statements.map(({ body }) => body.kind);
      assert.equal(kinds.includes(code === used ? 'admit' : 'withdraw'), true);
    }
  });

  it('that are missing, cut off, changed, swapped or of another log are not used', async () => {
    const { extracts, checkpoint } = filesOf(at.master);
    const changes: ((contents: Map<string, Buffer>) => void)[] = [
      (contents) => contents.delete(extracts[1]!),
      (contents) => contents.set(extracts[1]!, contents.get(extracts[1]!)!.subarray(0, -20)),
      (contents) => contents.set(extracts[1]!, contents.get(extracts[2]!)!),
      (contents) => {
        const bytes = Buffer.from(contents.get(extracts[0]!)!);
        bytes[40]! ^= 1;
        contents.set(extracts[0]!, bytes);
      },
      (contents) => contents.set(extracts[0]!, Buffer.alloc(9 << 20)),
      (contents) => contents.set(checkpoint, contents.get(checkpoint)!.subarray(0, 99)),
      (contents) => contents.set(checkpoint, Buffer.from('no record')),
      (contents) => {
        const [name, bytes] = [...contents].find(([one]) => one.startsWith(logFolder(logOf(at.master))))!;
        contents.set(checkpoint.replace(/[^/]*$/, name.split('/').at(-1)!), bytes);
        contents.delete(checkpoint);
      },
    ];
    for (const [number, change] of changes.entries()) {
      const { state } = await both(at, at.course.hubWith(change));
      assert.equal(state.stubs.length, 0, `change ${number}`);
    }
  });

  it('by somebody else than the log’s author are not used', async () => {
    const hub = at.course.hubWith();
    const { extracts, checkpoint } = filesOf(at.master);
    const last = recordsIn(at.master.session).at(-1)!;
    const stranger = newKeys(at.course.random);
    const record = forge(
      at,
      new CountedHub(),
      stranger,
      last,
      extracts.map((name) => hub.contents.get(name)!),
    );
    const folder = checkpointFolder(logOf(at.master));
    hub.contents.set(`${folder}/${recordName(record)}`, record.bytes);
    hub.contents.delete(checkpoint);
    assert.equal((await both(at, hub)).state.stubs.length, 0);
  });

  it('that are old lead to the same', async () => {
    const own = await scene();
    const old = own.course.hubWith().contents;
    await own.course.crowd(own.master, EACH);
    own.course.say(own.master, 'c');
    await own.course.settle(own.master);
    const newer = await both(own, own.course.hubWith());
    const hub = own.course.hubWithout;
    for (const [name, bytes] of old) if (isCheckpoint(name)) hub.contents.set(name, bytes);
    const older = await both(own, hub);
    assert.ok(older.state.stubs.length > 0 && older.state.stubs.length < newer.state.stubs.length);
    assert.deepEqual(commonView(older.state, 'me'), commonView(newer.state, 'me'));
  });

  it('name the extracts of those before, which are not made again', async () => {
    const own = await scene();
    const { extracts, checkpoint } = filesOf(own.master);
    const before = extracts.map((name) => own.course.hub.contents.get(name)!);
    await own.course.crowd(own.master, EACH);
    await own.course.settle(own.master);
    const now = filesOf(own.master);
    assert.deepEqual(now.extracts.slice(0, extracts.length), extracts);
    for (const [number, name] of extracts.entries()) assert.equal(own.course.hub.contents.get(name), before[number]);
    assert.equal(own.course.hub.contents.has(checkpoint), false, 'the one before is gone');
  });

  it('are put back by their author, byte for byte', async () => {
    const own = await scene();
    const files = [...own.course.hub.contents].filter(([name]) => isCheckpoint(name));
    const [{ extracts }, { hub }] = [filesOf(own.master), own.course];
    for (const [name] of files) hub.contents.delete(name);
    await own.master.session.send();
    assert.deepEqual(new Map([...hub.contents].filter(([name]) => isCheckpoint(name))), new Map(files));
    for (const name of extracts) hub.contents.set(name, Buffer.from('something else'));
    for (let turn = 0; turn < extracts.length; turn++) {
      own.course.now += 3_600_000;
      await own.master.session.send();
    }
    assert.deepEqual(new Map([...hub.contents].filter(([name]) => isCheckpoint(name))), new Map(files));
  });

  describe('that say what is not so', () => {
    /** The extracts of the checkpoint, of which the record with the number `sequence` was replaced. */
    const changed = (sequence: number, piece: (was: SignedRecord) => Buffer): Buffer[] =>
      filesOf(at.master).extracts.map((name, number) => {
        const parts = pieces(at.course.hub.contents.get(name));
        const place = sequence - 1 - number * EACH;
        if (place >= 0 && place < parts.length) parts[place] = piece(recordsIn(at.master.session)[sequence - 1]!);
        return encodePieces(parts);
      });
    const saidBy = (state: SpaceState): string[] => state.statements.map(({ body }) => (body.kind === 'undo' ? body.distribution[0]! : ''));
    /** Of the first thing that was said to all. */
    const saidAt = (): number =>
      recordsIn(at.master.session).findIndex(({ header }) => header.audience === 'all' && header.sequence > 6) + 1;

    it('by a Master in office are found by whoever has read all', async () => {
      const hub = at.course.hubWith();
      const records = recordsIn(at.master.session);
      const left = changed(saidAt(), (was) => stubPiece(was.hash));
      forge(at, hub, at.master.keys, records.at(-1)!, left);
      const { state } = await visitor(at, hub).session.look();
      assert.deepEqual([state.stubs.length > 0, saidBy(state).includes('a'), saidBy(state).includes('b')], [true, false, true]);
      const reader = visitor(at, new CountedHub([...hub.contents].filter(([name]) => !isCheckpoint(name)))).session;
      const { state: whole } = await reader.look();
      const found = findingsIn(whole, reader.records(), { own: reader.log, isWhole: false });
      assert.deepEqual(
        found.map(({ kind, log }) => [kind, log]),
        [['false-checkpoint', logOf(at.master)]],
      );
      const honest = findingsIn(at.master.session.state(), at.master.session.records(), { own: logOf(at.master), isWhole: true });
      assert.deepEqual(honest, []);
    });

    it('by who has a revoked Master’s key change nothing', async () => {
      const { course: inCourse } = at;
      const records = recordsIn(at.master.session);
      const end = records.at(-40)!;
      const root = inCourse.instance(inCourse.root);
      await root.session.look();
      root.session.act((acting) => revoke(acting, logOf(at.master), { sequence: end.header.sequence, hash: end.hash }));
      const [revocation] = recordsIn(root.session, inCourse.space).slice(-1);
      const accomplice = newKeys(inCourse.random);
      for (const last of [end, records.at(-1)!]) {
        const hub = inCourse.hubWith((contents) => {
          contents.set(`${logFolder(inCourse.space)}/${recordName(revocation!)}`, revocation!.bytes);
        });
        // Another past, in which it made somebody a Master, with the same end.
        const place = 10;
        const writer = new LogWriter(inCourse.space, at.master.keys, records[place - 2], records[place - 1]!.header.seen, inCourse.random);
        const appointment = writer.write({ kind: 'certify', keys: publicKeysOf(accomplice), after: 0 }, { audience: 'clear' });
        const extracts = changed(place, () => Buffer.concat([Buffer.of(0), appointment.bytes]));
        const upTo = Math.floor(last.header.sequence / EACH);
        forge(at, hub, at.master.keys, last, extracts.slice(0, upTo));
        const { state } = await both(at, hub);
        assert.equal(state.stubs.length, 0, 'all was read');
        assert.equal(state.masters.size, 2, 'the root, and the one that was');
      }
      // One that was made in time goes on to count.
      const later = inCourse.instance(inCourse.root);
      await later.session.look();
      const last = records.at(-1)!;
      later.session.act((acting) => revoke(acting, logOf(at.master), { sequence: last.header.sequence, hash: last.hash }));
      const [inTime] = recordsIn(later.session, inCourse.space).slice(-1);
      const hub = inCourse.hubWith((contents) => contents.set(`${logFolder(inCourse.space)}/${recordName(inTime!)}`, inTime!.bytes));
      const { state } = await both(at, hub);
      assert.ok(state.stubs.length > 0 && state.masters.get(logOf(at.master))!.end !== undefined);
    });

    it('and so would hide that their author was revoked, are not used', async () => {
      const { course: inCourse } = at;
      const records = recordsIn(at.master.session);
      const [log, last] = [logOf(at.master), records.at(-1)!];
      const root = inCourse.instance(inCourse.root);
      await root.session.look();
      root.session.act((acting) => revoke(acting, log, { sequence: 20, hash: records[19]!.hash }));
      const [revocation] = recordsIn(root.session, inCourse.space).slice(-1);
      assert.equal(revocation!.header.seen[0]!.hash, last.hash, 'it cites the newest record of whom it revokes');
      const seen = Buffer.from(JSON.stringify(records[0]!.header.seen));
      const random = (): string => inCourse.random.randomHex(32);
      const invented = records.map((_, place) =>
        place === 0 ? Buffer.concat([Buffer.of(5), Buffer.from(random(), 'hex'), seen]) : stubPiece(random()),
      );
      const depth = records[0]!.header.depth + records.length - 1;
      assert.equal(depth, last.header.depth);
      const pasts = [
        // With another record where root cites one.
        { pieces: invented, end: { header: last.header, hash: invented.at(-1)!.toString('hex', 1) } },
        // With that one, but at another depth, so that root would be wrong.
        {
          pieces: [stubPiece(random()), ...invented.slice(1, -1), stubPiece(last.hash)],
          end: { header: { ...last.header, depth: records.length, seen: [] }, hash: last.hash },
        },
      ];
      for (const { pieces: parts, end } of pasts) {
        const hub = inCourse.hubWith((contents) => {
          contents.set(`${logFolder(inCourse.space)}/${recordName(revocation!)}`, revocation!.bytes);
          for (const name of contents.keys()) if (name.startsWith(logFolder(log)) || isCheckpoint(name)) contents.delete(name);
          // It looks as if there were a pack of them.
          const name = recordName({ header: { sequence: EXTENT }, hash: parts[EXTENT - 1]!.toString('hex', 1, 33) });
          contents.set(`${logFolder(log)}/0000000001-${name}`, Buffer.alloc(9));
        });
        forge(at, hub, at.master.keys, end, [encodePieces(parts)]);
        const { state } = await visitor(at, hub).session.look();
        assert.equal(state.stubs.length, 0);
        assert.equal(state.masters.get(log)!.chain.standing.length, 0, 'what it says does not count');
      }
    });

    it('of others, as if those had said it, change nothing', async () => {
      const { course: inCourse } = at;
      const root = recordsIn(at.master.session, inCourse.space);
      const hub = inCourse.hubWith();
      forge(
        at,
        hub,
        at.master.keys,
        recordsIn(at.master.session).at(-1)!,
        changed(12, () => stubPiece(root.at(-1)!.hash)),
      );
      assert.equal((await both(at, hub)).state.stubs.length, 0);
    });
  });

  it('are not used where their author’s log has a fork in what they leave out, or anywhere before them', async () => {
    const records = recordsIn(at.master.session);
    for (const place of [10, 40, records.length - 3]) {
      const writer = new LogWriter(at.course.space, at.master.keys, records[place - 1], records[place]!.header.seen, at.course.random);
      const branch = writer.write({ kind: 'withdraw', invite: at.course.random.randomHex(16) }, { audience: 'clear' });
      const hub = at.course.hubWith((contents) => contents.set(`${logFolder(writer.log)}/${recordName(branch)}`, branch.bytes));
      const { state } = await both(at, hub);
      assert.equal(state.masters.get(writer.log)!.chain.standing.length, place);
      assert.ok(state.masters.get(writer.log)!.chain.forked.length > 0);
    }
  });

  it('of two Masters go together, and each may be missing', async () => {
    const own = await scene();
    const second = await own.course.secondMaster(own.master);
    for (const [who, what] of [
      [second, 'c'],
      [own.master, 'd'],
      [second, 'e'],
    ] as const) {
      await who.session.look();
      await own.course.crowd(who, MANY);
      own.course.say(who, what);
      await own.course.settle(who);
    }
    const { state } = await both(own, own.course.hubWith());
    assert.equal(new Set(state.stubs.map(({ header }) => header.log)).size, 2);
    for (const log of [logOf(own.master), logOf(second)]) {
      const hub = own.course.hubWith((contents) => {
        for (const name of contents.keys()) if (name.startsWith(checkpointFolder(log))) contents.delete(name);
      });
      const { state: one } = await both(own, hub);
      assert.equal(one.stubs.length > 0 && one.stubs.every(({ header }) => header.log !== log), true);
    }
  });

  it('are not what is read in their place: a hub that goes away at any moment leaves nobody with a wrong state', async () => {
    let number = 1;
    for (let isDone = false; !isDone; number += 3) {
      const one = visitor(at, new FaultyHub(at.course.hubWith(), vanishesAt(number)));
      isDone = await one.session.look().then(
        () => true,
        () => false,
      );
      for (const session of [one.session, at.course.open(one)]) {
        const { masters, stubs } = session.state();
        assert.ok(isDone || stubs.length === 0 || masters.get(logOf(at.master))!.chain.standing.length > EACH);
      }
      const { state } = await at.course.open(one).look();
      const whole = visitor(at, at.course.hubWithout);
      assert.deepEqual(commonView(state, one.session.log), commonView((await whole.session.look()).state, one.session.log));
    }
    assert.ok(number > 30);
  });

  it('that contradict what was seen before are not used', async () => {
    const records = recordsIn(at.master.session);
    for (const [hash, isUsed] of [
      [records[9]!.hash, true],
      ['f'.repeat(64), false],
    ] as const) {
      const one = visitor(at, at.course.hubWith());
      one.heads.set(logOf(at.master), { sequence: 10, hash });
      const { state } = await one.session.look();
      assert.equal(state.stubs.length > 0, isUsed);
    }
  });

  it('are judged anew by what is kept: also where who read of a revocation died before it was looked at', async () => {
    const { course: inCourse } = at;
    const hub = inCourse.hubWith();
    const one = visitor(at, hub);
    assert.ok((await one.session.look()).state.stubs.length > 0);
    const root = inCourse.instance(inCourse.root);
    await root.session.look();
    const end = recordsIn(at.master.session).at(-40)!;
    root.session.act((acting) => revoke(acting, logOf(at.master), { sequence: end.header.sequence, hash: end.hash }));
    const [revocation] = recordsIn(root.session, inCourse.space).slice(-1);
    hub.contents.set(`${logFolder(inCourse.space)}/${recordName(revocation!)}`, revocation!.bytes);
    const invites = [identityId(publicKeysOf(at.code))];
    const reader = new LogReader(inCourse.space, hub, one.files, 'space', one.heads, {
      mayLeaveOut: () => Infinity,
      invites: () => invites,
    });
    assert.ok(reader.links(logOf(at.master)).some(isStub));
    await reader.update([inCourse.space], new Work());
    const again = inCourse.open(one, [], hub);
    assert.equal(again.state().stubs.length, 0);
    const whole = visitor(at, new CountedHub([...hub.contents].filter(([name]) => !isCheckpoint(name))));
    assert.deepEqual(commonView((await again.look()).state, again.log), commonView((await whole.session.look()).state, again.log));
  });

  it('that are the newest record of all are kept with what was fetched for them', async () => {
    const own = await scene();
    const { session } = own.master;
    const lacking = EACH - ((recordsIn(session).length - extractsIn(checkpointOf(session.state(), session.log)!).at(-1)!.to) % EACH);
    for (let count = 0; count < lacking; count++) own.course.say(own.master, 'c');
    await own.course.settle(own.master);
    const newest = checkpointOf(session.state(), session.log)!;
    assert.equal(extractsIn(newest).at(-1)!.to, newest.header.sequence - 1);
    assert.equal(newest.hash, recordsIn(session).at(-1)!.hash);
    const one = visitor(own, own.course.hubWith());
    assert.ok((await one.session.look()).state.stubs.length > 0);
    const hub = own.course.hubWith();
    const { state } = await own.course.open(one, [], hub).look();
    assert.ok(state.stubs.length > 0);
    assert.ok(
      hub.asked.every((request) => request.startsWith('list logs')),
      'nothing is read twice',
    );
  });

  it('are no way in: whatever is done to a hub, nothing forged is known, and all comes right when it is left alone', async () => {
    const genuine = new Set(at.master.session.records().map(({ hash }) => hash));
    const whole = visitor(at, at.course.hubWithout);
    const truth = commonView((await whole.session.look()).state, whole.session.log);
    const past = new Map([...at.course.hub.contents].filter((_, number) => number % 2 === 0));
    await fc.assert(
      fc.asyncProperty(attacks, async (harm) => {
        const hub = at.course.hubWith();
        let one = visitor(at, hub);
        for (const { kind, at: where, reads } of harm) {
          attack(hub, kind, where, past);
          if (!reads) continue;
          await one.session.look();
          assert.ok(
            one.session.records().every(({ hash }) => genuine.has(hash)),
            'nothing forged',
          );
          if (where % 3 === 0) one = { ...one, session: at.course.open(one, [], hub) };
        }
        for (const [name, bytes] of at.course.hub.contents) hub.contents.set(name, bytes);
        assert.deepEqual(commonView((await one.session.look()).state, one.session.log), truth);
        const again = at.course.open(one, [], hub);
        assert.deepEqual(commonView(again.state(), again.log), truth);
      }),
      { numRuns: RUNS },
    );
  });

  describe('and who came by them', () => {
    /** One who has joined, started at a checkpoint, and was let in. */
    async function newMember(own: Scene): Promise<Instance> {
      const person = await own.course.ask(own.code);
      await own.course.letIn(own.master);
      assert.ok((await person.session.look()).state.stubs.length > 0);
      return person;
    }

    it('hears what comes then, and that it was removed', async () => {
      const own = await scene();
      const person = await newMember(own);
      const me = (): string | undefined => person.session.state().members.get(person.session.log)?.state;
      assert.equal(me(), 'admitted');
      own.course.say(own.master, 'c');
      await own.master.session.send();
      const { state } = await person.session.look();
      assert.ok(state.statements.some(({ body }) => body.kind === 'undo' && body.distribution.startsWith('c')));
      own.master.session.act((acting) => remove(acting, person.session.log));
      own.master.session.act(refreshEpochs);
      await own.master.session.send();
      await person.session.look();
      assert.equal(me(), 'removed');
      assert.equal(person.session.state().audiences.get('all')!.secret, undefined);
    });

    it('knows that it was removed though all that it kept is lost, and a checkpoint has been made since', async () => {
      const own = await scene();
      const person = await newMember(own);
      own.master.session.act((acting) => remove(acting, person.session.log));
      own.master.session.act(refreshEpochs);
      await own.course.crowd(own.master, MANY);
      await own.course.settle(own.master);
      for (const name of person.files.contents.keys()) if (!name.includes('/own-')) person.files.contents.delete(name);
      person.heads.clear();
      const { state } = await own.course.open(person).look();
      assert.ok(state.stubs.length > 0 && state.stubs.length < 4 * MANY, 'what came after it did is read');
      assert.equal(state.members.get(person.session.log)!.state, 'removed');
      assert.ok(state.statements.some(({ body }) => body.kind === 'remove'));
    });

    it('reads all by another log of its own', async () => {
      const own = await scene();
      const person = await newMember(own);
      const copy = own.course.instance(newKeys(own.course.random), [person.keys]);
      await copy.session.look();
      copy.session.act((acting) => join(acting, 'log', person.keys));
      await copy.session.send();
      await own.course.admitAll(own.master);
      const { state } = await own.course.open(copy, [person.keys]).look();
      assert.deepEqual([state.stubs.length, state.members.get(copy.session.log)!.state], [0, 'admitted']);
    });

    it('reads all when it becomes a Master, and says nothing as one before', async () => {
      const own = await scene();
      const person = await newMember(own);
      const { session } = own.master;
      session.act((acting) => certify(acting, publicKeysOf(person.keys)));
      session.act(refreshEpochs);
      await session.send();
      const isPack = (name: string): boolean => /\d{10}-\d{10}-/.test(name);
      const lacking = own.course.open(
        person,
        [],
        own.course.hubWith((contents) => {
          for (const name of contents.keys()) if (isPack(name)) contents.delete(name);
        }),
      );
      const { state } = await lacking.look();
      assert.ok(state.stubs.length > 0);
      for (const act of [refreshEpochs, (acting: Parameters<typeof refreshEpochs>[0]) => admit(acting, logOf(own.master))]) {
        assert.throws(() => lacking.act(act), { code: 'refused', message: /has not read all/ });
      }
      const now = own.course.open(person);
      const { state: whole } = await now.look();
      assert.equal(whole.stubs.length, 0);
      assert.equal(whole.members.size, session.state().members.size);
      assert.deepEqual(now.act(refreshEpochs), [], 'no key is due: it knows of everybody');
      assert.equal(own.course.open(person).state().stubs.length, 0, 'as it is kept');
    });

    it('is the root, who reads all', async () => {
      const own = await scene();
      const root = own.course.instance(newKeys(own.course.random), [own.course.root]);
      assert.equal((await root.session.look()).state.stubs.length, 0);
    });
  });
});

it('an extract that would be too large has fewer records', () => {
  const keys = newKeys(new LargeCourse().random);
  const { random } = new LargeCourse();
  const writer = new LogWriter(random.randomHex(16), keys, undefined, [], random);
  const file = { name: 'a'.repeat(32), bytes: 1, hash: 'b'.repeat(64) };
  const target = { audience: 'all', epoch: 'c'.repeat(64), secret: Buffer.alloc(32) };
  const added = Array.from({ length: 96 }, () => ({ epoch: 'c'.repeat(64), pack: file, index: file }));
  for (let count = 0; count < 256; count++) writer.write({ kind: 'content', added, removed: [] }, target);
  assert.ok(writer.written[0]!.bytes.length > 32_000);
  const made = extractsOf(writer.written, 256);
  assert.deepEqual(
    made.map(({ records }) => records),
    writer.written.reduce((sum, { bytes }) => sum + bytes.length, 0) > 8 << 20 ? [128] : [256],
  );
  assert.equal(readRecord(writer.written[0]!.bytes, writer.written[0]!.header).hash, writer.written[0]!.hash);
});
