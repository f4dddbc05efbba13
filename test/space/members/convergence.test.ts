/** Many people at once, late and offline, over hubs that cheat: who has the same records has the same state, and nothing forged counts. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Work } from '../../../src/base/work.ts';
import { logFolder, recordName } from '../../../src/space/logs/hubRecords.ts';
import { LogReader } from '../../../src/space/logs/logReader.ts';
import { certify } from '../../../src/space/members/acts.ts';
import { MASTERS } from '../../../src/space/members/audiences.ts';
import { readAuthority, readMembers } from '../../../src/space/members/reading.ts';
import { Keychain } from '../../../src/space/members/keychain.ts';
import { foldSpace, type SpaceState } from '../../../src/space/members/state.ts';
import { readRecord, type SignedRecord } from '../../../src/space/records/envelope.ts';
import { publicKeysOf } from '../../../src/space/records/identity.ts';
import { MemoryFiles } from '../../support/faultyFiles.ts';
import { attack, attacks, MemoryHub } from '../../support/hubs.ts';
import { stateOf, type Person } from '../../support/spaces.ts';
import { steps, Story } from '../../support/story.ts';

/** More of them by hand: each plays a story of up to 28 acts. */
const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 15);

/** In an order of their own, whatever order they came in. */
function sorted(rows: Iterable<readonly unknown[]>): string[] {
  return Array.from(rows, (row) => JSON.stringify(row)).toSorted();
}

/** What everybody can see of a state, whatever keys they have. */
function clearView(state: SpaceState): unknown {
  const members = [...state.members.values()].filter((one) => one.state !== 'waiting');
  return {
    masters: [...state.masters.values()].map(({ log, rank, end, chain }) => [log, rank, end, chain.standing.length]),
    members: sorted(members.map((one) => [one.log, one.state, one.via, one.succeeds, one.end])),
    current: sorted([...state.audiences.values()].map(({ name, current }) => [name, current.id])),
    stopped: state.stopped,
    refused: sorted(state.refused.map(({ record, why }) => [record.hash, why])),
    heads: state.heads,
  };
}

/** What Masters see too. */
function wholeView(state: SpaceState): unknown {
  const audiences = [...state.audiences.values()];
  return {
    clear: clearView(state),
    name: state.name,
    members: sorted([...state.members.values()].map((one) => [one.log, one.described?.name, one.described?.role, one.obstacle, one.state])),
    invites: sorted([...state.invites.values()].map((one) => [one.id, one.state, one.joins.toSorted(), one.usedBy])),
    audiences: sorted(audiences.map(({ name, isCurrent, secret }) => [name, isCurrent, secret?.toString('hex')])),
  };
}

/** True when it opens all that is for Masters: one that was certified and acts before it is told the earlier keys can't, nor who told none. */
function hasAllKeys({ audiences }: SpaceState): boolean {
  const masters = audiences.get(MASTERS);
  return masters?.secret !== undefined && masters.apart.length === 0;
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const rank = (at: number): number => Math.imul(at + 1, 2654435761 ^ Math.imul(seed, 40503)) >>> 0;
  return items
    .map((item, at) => ({ item, at }))
    .sort((a, b) => rank(a.at) - rank(b.at))
    .map(({ item }) => item);
}

describe('whoever has the same records', () => {
  it('has the same state, in whatever order they came, and however often', () => {
    fc.assert(
      fc.property(steps, fc.nat(1000), (all, seed) => {
        const { world, people } = new Story().play(all);
        const records = [...world.records.values()];
        const master = stateOf(world, records, [world.first.keys]);
        const clear = clearView(master);
        assert.deepEqual(
          wholeView(stateOf(world, shuffled([...records, ...records.slice(0, 9)], seed), [world.first.keys])),
          wholeView(master),
        );
        for (const person of people) assert.deepEqual(clearView(stateOf(world, shuffled(records, seed + 1), [person.keys])), clear);
        for (const person of people) {
          const theirs = stateOf(world, records, [person.keys]);
          if (hasAllKeys(theirs) && hasAllKeys(master) && theirs.masters.get(person.log)?.end === undefined)
            assert.deepEqual(wholeView(theirs), wholeView(master));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('comes to the same state when a new Master made keys before it was told the earlier ones', () => {
    const { world, people } = new Story();
    const [first, late] = [people[0]!, people[5]!];
    first.act((acting) => certify(acting, publicKeysOf(late.keys)));
    late.hear();
    assert.ok(late.refresh() > 0);
    const before = stateOf(world, world.records.values(), [late.keys]);
    assert.equal(before.invites.size, 0, 'what was sealed before is not opened yet');
    first.hear();
    assert.ok(first.refresh() > 0);
    const [theirs, own] = [late, first].map(({ keys }) => wholeView(stateOf(world, world.records.values(), [keys])));
    assert.deepEqual(theirs, own);
    assert.equal(stateOf(world, world.records.values(), [late.keys]).invites.size, 3);
  });

  it('knows the same people to be in and out as those who removed and revoked them', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { world, people } = new Story().play(all);
        const state = stateOf(world, world.records.values(), [world.root.keys]);
        // Root can open all, and so can whoever is a Master, if a Master has made the key since.
        assert.ok([...state.audiences.values()].every(({ secret }) => secret !== undefined));
        const out = people.filter(({ log }) => state.members.get(log)?.state === 'removed');
        for (const { log } of out) {
          const { chain, end } = state.members.get(log)!;
          assert.ok(
            chain.standing.every(({ header }) => header.sequence <= (end?.sequence ?? 0)),
            'nothing after its end stands',
          );
        }
        for (const person of out) {
          const theirs = stateOf(world, world.records.values(), [person.keys, ...person.otherKeys]);
          for (const [name, audience] of theirs.audiences) {
            const isSafe =
              state.audiences.get(name)!.isCurrent && name !== `vault-${person.log}` && state.masters.get(person.log)?.end !== undefined;
            if (isSafe) assert.equal(audience.secret, undefined, `${name} is closed to who was removed`);
          }
        }
        const { isCurrent, secret } = state.audiences.get('all')!;
        for (const person of people) {
          const theirs = stateOf(world, world.records.values(), [person.keys]).audiences.get('all')!.secret;
          if (isCurrent && state.members.get(person.log)?.state === 'admitted') assert.deepEqual(theirs, secret);
          const isOut = !state.masters.has(person.log) && state.members.get(person.log)?.state !== 'admitted';
          if (isCurrent && isOut) assert.equal(theirs, undefined);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a hub that anybody may write', () => {
  it('can withhold, but takes away and adds nothing: all comes right when it is left alone', async () => {
    await fc.assert(
      fc.asyncProperty(steps, attacks, async (all, harm) => {
        const { world, people } = new Story().play(all);
        const hub = new MemoryHub();
        const records = [...world.records.values()];
        for (const record of records) hub.contents.set(`${logFolder(record.header.log)}/${recordName(record)}`, record.bytes);
        const past = new Map([...hub.contents].filter((_, at) => at % 2 === 0));
        const readers = [world.first, people[2]!].map((person) => reading(person, hub));
        for (const reader of readers) {
          let known = 0;
          for (const { kind, at, reads } of harm) {
            attack(hub, kind, at, past);
            if (!reads) continue;
            await reader.read();
            const held = reader.held();
            assert.ok(
              held.every(({ hash }) => world.records.has(hash)),
              'nothing forged',
            );
            assert.ok(held.length >= known, 'nothing is forgotten');
            known = held.length;
          }
        }
        // Everybody sends again what is theirs, and the Master gives back what it knows.
        for (const record of records) {
          const name = `${logFolder(record.header.log)}/${recordName(record)}`;
          if (!isRecord(hub.contents.get(name), record)) hub.contents.set(name, record.bytes);
        }
        for (const reader of readers) {
          const state = await reader.read();
          const truth = stateOf(
            world,
            readers[0] === reader ? records : records.filter(({ header }) => reader.logs().includes(header.log)),
            [reader.person.keys],
          );
          assert.deepEqual(wholeView(state), wholeView(truth));
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function isRecord(bytes: Buffer | undefined, { header, hash }: SignedRecord): boolean {
  try {
    return bytes !== undefined && readRecord(bytes, header).hash === hash;
  } catch {
    return false;
  }
}

/** Somebody who reads a hub as they do: a Master all, a member what Masters say and its own log. */
function reading(
  person: Person,
  hub: MemoryHub,
): { person: Person; read: () => Promise<SpaceState>; held: () => SignedRecord[]; logs: () => string[] } {
  const { world } = person;
  const reader = new LogReader(world.space, hub, new MemoryFiles(), 'space', new Map());
  const logs = new Set([person.log]);
  const isMaster = person === world.first;
  const work = new Work();
  const fold = (): SpaceState =>
    foldSpace({
      space: world.space,
      held: (log) => reader.held(log),
      logs,
      keychain: new Keychain(world.space, [person.keys]),
      secrets: [],
      shards: world.shards,
      now: world.now,
    });
  const read = async (): Promise<SpaceState> => {
    await readAuthority(world.space, reader, work, 'all');
    await reader.update([person.log], work);
    if (isMaster) await readMembers(hub, reader, fold(), work, 'all');
    for (const log of reader.known()) logs.add(log);
    return fold();
  };
  const all = (): string[] => [...new Set([...logs, ...fold().masters.keys()])];
  return { person, read, logs: all, held: () => all().flatMap((log) => reader.held(log)) };
}
