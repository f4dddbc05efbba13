/** The logs read as a trail, checked, exported, and checked again without keys. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { encodeExport, linesOf, type Exporter } from '../../../src/space/audit/exportFile.ts';
import { ExportReader, MAX_LINE, type ExportedTrail } from '../../../src/space/audit/exportReader.ts';
import { changedIn, findingsIn, isDamage, type TrailFinding } from '../../../src/space/audit/findings.ts';
import { namedIn, trailOf } from '../../../src/space/audit/trail.ts';
import { sign } from '../../../src/space/crypto/signing.ts';
import { byDepth } from '../../../src/space/logs/founded.ts';
import { LogWriter } from '../../../src/space/logs/logWriter.ts';
import { certify, countersign, describeMember, leave, remove, targetFor } from '../../../src/space/members/acts.ts';
import { MASTERS, vaultOf } from '../../../src/space/members/audiences.ts';
import type { SignedRecord } from '../../../src/space/records/envelope.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { EDITOR, stateOf, VIEWER, World, type Person } from '../../support/spaces.ts';
import { rejected } from '../../support/folders.ts';

const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 40);
const nothing = (): void => undefined;

/** A Space in which a member has come, acted and been seen, and another has come and gone. */
function course(): { world: World; ada: Person; bob: Person } {
  const world = new World('audit');
  const ada = world.member(EDITOR);
  const bob = world.member(VIEWER);
  acknowledge(ada, 'a');
  acknowledge(ada, 'b');
  world.first.hear();
  countersignAll(world);
  bob.hear();
  bob.act(leave);
  world.first.hear();
  world.first.refresh();
  world.first.act((acting) => describeMember(acting, ada.log, { ...EDITOR, groups: ['tutors'] }));
  countersignAll(world);
  return { world, ada, bob };
}

function acknowledge(person: Person, digit: string): SignedRecord {
  person.hear();
  return person.act(({ state, writer }) =>
    writer.write(
      { kind: 'acknowledge', of: digit.repeat(64), counts: {}, outcomes: [], made: 1_700_000_000_000 },
      targetFor(state, vaultOf(person.log)),
    ),
  );
}

function countersignAll(world: World): void {
  world.first.act((acting) => {
    const ends = [...acting.state.members.values()].map(({ log, chain }) => {
      const last = chain.standing.at(-1)!;
      return { log, sequence: last.header.sequence, hash: last.hash };
    });
    countersign(acting, ends);
  });
}

function check(world: World, records: readonly SignedRecord[], person = world.first): TrailFinding[] {
  return findingsIn(stateOf(world, records, [person.keys]), records, { own: person.log, isWhole: person === world.first });
}

const all = (world: World): SignedRecord[] => [...world.records.values()];
const damage = (found: readonly TrailFinding[]): TrailFinding[] => found.filter(isDamage);

/** Records that others, who may, have seen: what follows them in their log, or names them. */
function witnessed(world: World): Set<string> {
  const state = world.first.state();
  return new Set(
    all(world).flatMap((record) => [
      record.header.previous ?? '',
      ...record.header.seen.map(({ hash }) => hash),
      ...namedIn(state.keychain.read(record)).map(({ hash }) => hash),
    ]),
  );
}

describe('space: the audit trail', () => {
  it('has every record once, after all that it cites, with what is sealed for others named as such', () => {
    const { world, ada } = course();
    const trail = trailOf(world.first.state(), all(world));
    assert.equal(trail.length, world.records.size);
    const at = new Map(trail.map(({ record }, i) => [record.hash, i]));
    for (const [i, { record }] of trail.entries()) {
      for (const cited of [record.header.previous, ...record.header.seen.map(({ hash }) => hash)])
        if (cited !== null) assert.ok(at.get(cited)! < i, `${record.header.log}/${record.header.sequence}`);
    }
    // The welcomes are for whoever has the invite.
    assert.deepEqual(
      new Set(
        trail.filter(({ said }) => said.kind !== 'body').map(({ record, said }) => `${record.header.audience.slice(0, 3)} ${said.kind}`),
      ),
      new Set(['box sealed']),
    );
    const hers = trailOf(ada.state(), [...ada.heard.values()]);
    const sealed = hers.filter(({ said }) => said.kind === 'sealed').map(({ record }) => record.header.audience.replace(/-.*/, ''));
    assert.ok(sealed.includes(MASTERS));
    assert.ok(hers.every(({ record, said }) => said.kind === 'sealed' || record.header.audience !== MASTERS));
  });

  it('tells which record proves that another was there before', () => {
    const { world, ada } = course();
    const trail = trailOf(world.first.state(), all(world));
    const hers = trail.filter(({ record }) => record.header.log === ada.log);
    const bySequence = new Map(trail.map(({ record, before }) => [record.hash, { record, before }]));
    assert.equal(hers.length, 3);
    for (const { record, before } of hers) {
      const witness = bySequence.get(before ?? '')!.record;
      assert.equal(witness.header.log, world.first.log);
      assert.ok(byDepth(record, witness) !== 0);
    }
    // What nobody has seen yet is proven by nobody.
    const fresh = acknowledge(ada, 'c');
    world.first.hear();
    assert.equal(trailOf(world.first.state(), all(world)).find(({ record }) => record.hash === fresh.hash)!.before, undefined);
  });

  it('is sound as it was written, for Masters and for members', () => {
    const { world, ada } = course();
    assert.deepEqual(check(world, all(world)), []);
    assert.deepEqual(changedIn(world.space, all(world), nothing), []);
    const masters = new Set([world.space, world.first.log, ada.log]);
    const hers = all(world).filter(({ header }) => masters.has(header.log));
    assert.deepEqual(check(world, hers, ada), []);
  });

  it('tells gaps: what is missing, where, and who names it', () => {
    const { world, ada } = course();
    const drop = (log: string, ...sequences: number[]): TrailFinding[] =>
      check(
        world,
        all(world).filter(({ header }) => header.log !== log || !sequences.includes(header.sequence)),
      );
    const [gap, ...more] = drop(ada.log, 1, 2);
    assert.deepEqual([{ ...gap, by: null }, more], [{ kind: 'missing', log: ada.log, from: 1, to: 2, by: null }, []]);
    // The end of a log, because a Master has signed for it; a log as a whole.
    assert.deepEqual(
      drop(ada.log, 3).map(({ kind }) => kind),
      ['missing'],
    );
    assert.deepEqual(
      drop(ada.log, 1, 2, 3).map((one) => [one.kind, 'to' in one && one.to]),
      [['missing', 3]],
    );
    assert.deepEqual(
      damage(drop(world.space, 2)).map(({ log }) => log),
      [world.space],
    );
  });

  it('tells forks, late records, and another record than the one that was seen', () => {
    const { world, ada, bob } = course();
    const before = [...ada.heard.values()].filter(({ header }) => header.log === ada.log && header.sequence <= 2);
    const twin = new LogWriter(
      world.space,
      ada.keys,
      before.find(({ header }) => header.sequence === 2),
      ada.state().heads,
      {
        randomHex: (bytes) => '7'.repeat(bytes * 2),
      },
    );
    const other = twin.write({ kind: 'leave' }, { audience: 'clear' });
    const forked = check(world, [...all(world), other]);
    assert.deepEqual(forked, [{ kind: 'forked', log: ada.log, sequence: 3, records: 2 }]);
    const real = all(world).filter(({ header }) => header.log === ada.log && header.sequence === 3);
    const swapped = check(world, [...all(world).filter((record) => !real.includes(record)), other]);
    assert.deepEqual(
      swapped.map((one) => [one.kind, 'sequence' in one && one.sequence]),
      [['contradicted', 3]],
    );
    world.first.hear();
    world.first.act((acting) => remove(acting, bob.log));
    bob.act(({ writer }) => writer.write({ kind: 'leave' }, { audience: 'clear' }));
    world.first.hear();
    const late = check(world, all(world));
    assert.deepEqual([late.map(({ kind }) => kind), damage(late)], [['late'], []]);
  });

  it('is not disturbed by strangers, who name what never was', () => {
    const { world } = course();
    const mallory = world.person();
    const [head] = world.first.state().heads;
    const writer = new LogWriter(world.space, mallory.keys, undefined, [{ ...head!, hash: 'f'.repeat(64), sequence: 99 }], world.host);
    writer.write({ kind: 'certify', keys: publicKeysOf(mallory.keys), after: 0 }, { audience: 'clear' });
    assert.deepEqual(damage(check(world, [...all(world), ...writer.written])), []);
    // Not so for a member, whose signature stands for it.
    const ada = world.member();
    const wrong = new LogWriter(
      world.space,
      ada.keys,
      ada.state().members.get(ada.log)!.chain.standing.at(-1),
      [{ ...head!, hash: 'f'.repeat(64), sequence: 99 }],
      world.host,
    );
    wrong.write({ kind: 'leave' }, { audience: 'clear' });
    const found = check(world, [...all(world), ...wrong.written]);
    assert.deepEqual(
      found.map(({ kind, log }) => [kind, log === head!.log]),
      [['missing', true]],
    );
  });

  it('finds every record that is left out and that anybody has seen', () => {
    const { world, ada } = course();
    world.first.hear();
    world.first.act((acting) => certify(acting, publicKeysOf(ada.keys)));
    world.first.refresh();
    countersignAll(world);
    const seen = witnessed(world);
    const records = all(world).sort(byDepth);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(records.length - 1), { minLength: 1, maxLength: 4 }), (out) => {
        const gone = out.map((i) => records[i]!);
        const found = damage(
          check(
            world,
            records.filter((record) => !gone.includes(record)),
          ),
        );
        // Without all that the root says nobody knows whose word counts.
        const isFounded = gone.every(({ header }) => header.log !== world.space);
        for (const { hash, header } of gone.filter((record) => seen.has(record.hash))) {
          // Of several that are gone one may be known by another alone.
          const isNamed = records.some(
            (one) => !gone.includes(one) && (one.header.previous === hash || one.header.seen.some((cited) => cited.hash === hash)),
          );
          const tells = (one: TrailFinding): boolean =>
            one.kind === 'missing' && one.log === header.log && one.from <= header.sequence && header.sequence <= one.to;
          if (isNamed) assert.ok(isFounded ? found.some(tells) : found.length > 0);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('space: an exported audit trail', () => {
  let world: World;
  let file: Buffer[];

  before(() => {
    ({ world } = course());
    file = exported(world, world.first);
  });

  function exported(of: World, person: Person, records = all(of)): Buffer[] {
    const state = stateOf(of, records, [person.keys]);
    const exporter: Exporter = {
      publicKeys: publicKeysOf(person.keys),
      sign: (label, ...parts) => sign(person.keys.signing, label, ...parts),
    };
    const lines = trailOf(state, records).map(({ record, said }) => {
      const { log, sequence, depth, audience } = record.header;
      const body = said.kind === 'body' ? said.body : undefined;
      return {
        record,
        body,
        entry: {
          id: record.hash,
          by: { id: log, name: log === person.log ? 'Me' : null },
          sequence,
          depth,
          audience,
          kind: body?.kind ?? null,
        },
      };
    });
    return [...encodeExport({ space: of.space, name: 'Statistics 101', made: '2026-11-21T10:00:00.000Z' }, lines, exporter)];
  }

  async function read(lines: readonly Buffer[]): Promise<ExportedTrail> {
    const reader = new ExportReader();
    // In parts that have nothing to do with lines.
    const bytes = Buffer.concat(lines);
    const parts = (async function* () {
      for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777);
    })();
    for await (const line of linesOf(parts, MAX_LINE)) reader.take(line);
    return reader.finish();
  }

  it('has all records as they are, who wrote it, and no secret', async () => {
    const trail = await read(file);
    assert.deepEqual(trail.findings, []);
    assert.deepEqual(trail.records, all(world).sort(byDepth));
    assert.deepEqual([trail.space, trail.by.id, trail.names.get(world.first.log)], [world.space, world.first.log, 'Me']);
    const text = Buffer.concat(file).toString();
    const { audiences } = world.first.state();
    const secrets = [...audiences.values()].flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
    assert.ok(secrets.length > 3);
    for (const secret of secrets)
      for (const form of ['base64', 'base64url', 'hex'] as const) assert.ok(!text.includes(secret.toString(form)));
    // Readable, all the same.
    assert.ok(text.includes('"groups":["tutors"]'));
  });

  it('is found wrong when a line is left out, moved, said twice, changed, or put in', async () => {
    const kinds = async (lines: readonly Buffer[]): Promise<string[]> => (await read(lines)).findings.map(({ kind }) => kind);
    assert.deepEqual(await kinds(file.toSpliced(4, 1)), ['altered']);
    assert.deepEqual(await kinds(file.with(4, file[5]!).with(5, file[4]!)), ['reordered', 'altered']);
    assert.deepEqual(await kinds(file.toSpliced(4, 0, file[4]!)), ['repeated', 'altered']);
    assert.deepEqual(await kinds(file.slice(0, -1)), ['cut-off']);
    assert.deepEqual(await kinds([...file, file[4]!]), ['longer']);
    const body = file.findIndex((line) => line.includes('"kind":"admit"'));
    assert.deepEqual(await kinds(file.with(body, Buffer.from(file[body]!.toString().replaceAll('"kind":"admit"', '"kind":"leave"')))), [
      'misdescribed',
      'altered',
    ]);
    const named = Buffer.from(file[0]!.toString().replace('Statistics 101', 'Statistics 102'));
    assert.deepEqual(await kinds(file.with(0, named)), ['altered']);
    const huge = Buffer.from(`${JSON.stringify({ x: 'x'.repeat(MAX_LINE) })}\n`);
    assert.deepEqual(await kinds(file.toSpliced(3, 0, huge)), ['bad-line', 'altered']);
  });

  it('is found wrong whatever byte is changed, and names a line that holds no record any more', async () => {
    const bytes = Buffer.concat(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        try {
          assert.notDeepEqual((await read([changed])).findings, []);
        } catch (error) {
          // The first line says what it is.
          if (error instanceof assert.AssertionError || at >= file[0]!.length) throw error;
        }
      }),
      { numRuns: RUNS * 5 },
    );
    const record = Buffer.from((JSON.parse(file[3]!.toString()) as { record: string }).record, 'base64');
    record[record.length - 100]! ^= 1;
    const line = { ...(JSON.parse(file[3]!.toString()) as object), record: record.toString('base64') };
    const { findings } = await read(file.with(3, Buffer.from(`${JSON.stringify(line)}\n`)));
    assert.deepEqual(
      findings.map((one) => [one.kind, 'line' in one && one.line]),
      [
        ['bad-line', 4],
        ['altered', false],
      ],
    );
  });

  it('is found incomplete when its own writer leaves something out', async () => {
    const records = all(world).filter(
      ({ header }) => header.sequence !== 2 || header.log === world.first.log || header.log === world.space,
    );
    const { findings, records: there } = await read(exported(world, world.first, records));
    assert.deepEqual(findings, []);
    assert.ok(damage(findingsIn(stateOf(world, there, []), there, { own: world.first.log, isWhole: true })).length > 0);
  });

  it('is refused when it is something else, or of a newer version', async () => {
    for (const bytes of ['', '\n', 'hello\n', '{}\n', '[1]\n', '{"format":"snapstage-audit","version":1}\n'])
      await rejected(read([Buffer.from(bytes)]), 'damaged');
    await rejected(read([Buffer.from(file[0]!.toString().replace('"version":1', '"version":2'))]), 'newer-format');
  });
});
