/** Who has read all and who started at checkpoints know the same of what concerns both: a property of random stories. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decodeExtract, encodeExtract, inviteMark } from '../../../src/space/logs/extract.ts';
import { isStub, recordsAmong, type Link } from '../../../src/space/logs/link.ts';
import { MASTERS } from '../../../src/space/members/audiences.ts';
import { Keychain } from '../../../src/space/members/keychain.ts';
import { newcomer } from '../../../src/space/members/newcomer.ts';
import { foldSpace, type SpaceState } from '../../../src/space/members/state.ts';
import type { SignedRecord } from '../../../src/space/records/envelope.ts';
import { identityId, publicKeysOf } from '../../../src/space/records/identity.ts';
import { commonView } from '../../support/checkpoints.ts';
import { stateOf, type Person } from '../../support/spaces.ts';
import { steps, Story } from '../../support/story.ts';

/** More of them by hand. */
const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 25);

/** What a person holds of a log who starts it by extracts of its first `most` records, or of fewer where not all may be left out. */
function startedAt(person: Person, records: readonly SignedRecord[], most: number): Link[] {
  const { world, log, keys, otherKeys } = person;
  const [first] = [...world.records.values()].filter(({ header }) => header.log === log && header.sequence === 1);
  const ids = [keys, ...otherKeys].map((one) => identityId(publicKeysOf(one)));
  const comer = newcomer({ space: world.space, log, ids, first: () => first });
  const place = records[0]!.header;
  const block = records.slice(0, Math.min(most, comer.mayLeaveOut(place.log)));
  const marks = comer.invites().map(inviteMark);
  const links = decodeExtract(encodeExtract(block), place, block.length, undefined);
  const held = links.map((link, at) => (isStub(link) && marks.includes(link.invite ?? '') ? block[at]! : link));
  return [...held, ...records.slice(block.length)];
}

function stateFrom({ world, keys, otherKeys }: Person, links: ReadonlyMap<string, readonly Link[]>): SpaceState {
  return foldSpace({
    space: world.space,
    held: (log) => links.get(log) ?? [],
    logs: links.keys(),
    keychain: new Keychain(world.space, [keys, ...otherKeys]),
    secrets: [],
    shards: world.shards,
    now: world.now,
  });
}

describe('whoever starts at checkpoints', () => {
  it('knows the same as who has read all: Masters, keys, what is for all, itself, heads', () => {
    let stubs = 0;
    fc.assert(
      fc.property(steps, fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }), (all, lengths) => {
        const { world, people } = new Story().play(all);
        const byLog = Map.groupBy(world.records.values(), ({ header }) => header.log);
        const truth = stateOf(world, world.records.values(), [world.root.keys]);
        for (const person of people) {
          const whole = stateFrom(person, byLog);
          // Masters read all; and who was one knows keys of theirs.
          if (truth.masters.has(person.log) || whole.audiences.get(MASTERS)?.secret !== undefined) continue;
          const links = new Map<string, readonly Link[]>(byLog);
          for (const [at, log] of [...truth.masters.keys()].entries()) {
            const records = (byLog.get(log) ?? []).toSorted((a, b) => a.header.sequence - b.header.sequence);
            if (log !== world.space && records.length > 0) links.set(log, startedAt(person, records, lengths[at % lengths.length]!));
          }
          const started = stateFrom(person, links);
          assert.deepEqual(commonView(started, person.log), commonView(whole, person.log));
          stubs += started.stubs.length;
        }
      }),
      { numRuns: RUNS },
    );
    assert.ok(stubs > 0, 'something was left out');
  });

  it('knows of each record what it follows, as its header says', () => {
    fc.assert(
      fc.property(steps, fc.nat(60), (all, length) => {
        const { world } = new Story().play(all);
        const records = [...world.records.values()].filter(({ header }) => header.log === world.first.log);
        const sorted = records.toSorted((a, b) => a.header.sequence - b.header.sequence);
        const block = sorted.slice(0, length);
        const links = decodeExtract(encodeExtract(block), sorted[0]!.header, block.length, undefined);
        assert.deepEqual(
          links.map(({ header: { sequence, depth, previous, seen }, hash }) => ({ sequence, depth, previous, seen, hash })),
          block.map(({ header: { sequence, depth, previous, seen }, hash }) => ({ sequence, depth, previous, seen, hash })),
        );
        for (const record of recordsAmong(links)) assert.deepEqual(record.bytes, block[record.header.sequence - 1]!.bytes);
      }),
      { numRuns: RUNS },
    );
  });
});
