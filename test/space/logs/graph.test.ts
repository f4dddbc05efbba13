/** What follows what, in records that come in any order and any number. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { causalityOf } from '../../../src/space/logs/causality.ts';
import { chainOf } from '../../../src/space/logs/chain.ts';
import { foundedRecords } from '../../../src/space/logs/founded.ts';
import { recordsAmong, type Link, type Stub } from '../../../src/space/logs/link.ts';
import { LogWriter } from '../../../src/space/logs/logWriter.ts';
import type { SignedRecord } from '../../../src/space/records/envelope.ts';
import { newKeys, seededRandom } from '../../support/spaces.ts';

const host = seededRandom('graph');
const space = host.randomHex(16);
const authors = Array.from({ length: 3 }, () => newKeys(host));

/** Adds a record to a history: of which author, after which of those before it, and what else it has seen. */
function add(history: SignedRecord[], author: number, after: SignedRecord | undefined, seen: readonly SignedRecord[]): SignedRecord {
  const citations = seen.map(({ header, hash }) => ({ log: header.log, sequence: header.sequence, depth: header.depth, hash }));
  const writer = new LogWriter(space, authors[author]!, after, citations, host);
  const record = writer.write({ kind: 'withdraw', invite: host.randomHex(16) }, { audience: 'clear' });
  history.push(record);
  return record;
}

/** Histories with forks: each record follows any earlier one of its author, and cites any of others. */
const histories = fc
  .array(fc.record({ author: fc.nat(2), after: fc.nat(4), cites: fc.array(fc.nat(30), { maxLength: 2 }) }), { minLength: 1, maxLength: 14 })
  .map((steps) => {
    const history: SignedRecord[] = [];
    for (const { author, after, cites } of steps) {
      const log = new LogWriter(space, authors[author]!, undefined, [], host).log;
      const own = history.filter(({ header }) => header.log === log);
      const others = history.filter(({ header }) => header.log !== log);
      const seen = new Map(
        cites.flatMap((at) => others[at % Math.max(1, others.length)] ?? []).map((record) => [record.header.log, record]),
      );
      add(history, author, own.at(-1 - (after === 4 ? 1 : 0)), [...seen.values()]);
    }
    return history;
  });

/** All that a record follows, by its definition. */
function past(record: SignedRecord, byHash: ReadonlyMap<string, SignedRecord>): Set<SignedRecord> {
  const found = new Set<SignedRecord>();
  const visit = (hash: string | null): void => {
    const there = byHash.get(hash ?? '');
    if (there === undefined || found.has(there)) return;
    found.add(there);
    visit(there.header.previous);
    for (const cited of there.header.seen) visit(cited.hash);
  };
  visit(record.header.previous);
  for (const cited of record.header.seen) visit(cited.hash);
  return found;
}

describe('records', () => {
  it('count when all that they follow is here, and are then in an order that keeps to it', () => {
    fc.assert(
      fc.property(histories, fc.nat(1 << 14), (history, mask) => {
        const here = history.filter((_, at) => ((mask >> at) & 1) === 0);
        const byHash = new Map(history.map((record) => [record.hash, record]));
        const { links, unfounded } = foundedRecords(here.toReversed());
        const records = recordsAmong(links);
        const isWhole = (record: SignedRecord): boolean => [...past(record, byHash)].every((before) => here.includes(before));
        assert.deepEqual(new Set(records), new Set(here.filter(isWhole)));
        assert.deepEqual(new Set(unfounded.map(({ link }) => link)), new Set(here.filter((record) => !isWhole(record))));
        assert.ok(unfounded.every(({ why }) => why === 'missing'));
        for (const [at, record] of records.entries()) for (const before of past(record, byHash)) assert.ok(records.indexOf(before) < at);
      }),
    );
  });

  it('come after what their authors had read, also by others', () => {
    const history: SignedRecord[] = [];
    const a = add(history, 0, undefined, []);
    const b = add(history, 1, undefined, [a]);
    const c = add(history, 2, undefined, [b]);
    const isAfter = causalityOf(history);
    assert.ok(isAfter(b, a) && isAfter(c, b) && isAfter(c, a));
    assert.ok(!isAfter(a, b) && !isAfter(a, c) && !isAfter(b, c) && !isAfter(a, a));
    const d = add(history, 0, a, []);
    const again = causalityOf(history);
    assert.ok(again(d, a) && !again(d, b) && !again(c, d));
  });

  it('without forks come after exactly what they follow', () => {
    fc.assert(
      fc.property(histories, (all) => {
        const history = recordsAmong(foundedRecords(all).links).filter(
          (record) =>
            !all.some(
              (other) => other !== record && other.header.log === record.header.log && other.header.previous === record.header.previous,
            ),
        );
        const whole = recordsAmong(foundedRecords(history).links);
        const byHash = new Map(whole.map((record) => [record.hash, record]));
        const isAfter = causalityOf(whole);
        for (const one of whole) for (const other of whole) assert.equal(isAfter(one, other), past(one, byHash).has(other));
      }),
    );
  });
});

/** What is known of a record by its stub. */
function stubOf({ header: { log, sequence, depth, previous, seen }, hash }: SignedRecord): Stub {
  return { header: { log, sequence, depth, previous, seen }, hash, invite: undefined };
}

/** Records of which some are known by their stubs alone, in another order. */
function stubbed(records: readonly SignedRecord[], mask: number): Link[] {
  return records.map((record, at) => (((mask >> at) & 1) === 0 ? record : stubOf(record))).toReversed();
}

const hashes = (links: readonly Link[]): string[] => links.map(({ hash }) => hash);

describe('stubs', () => {
  it('in the place of any records change nothing: not what counts, nor forks and ends, nor what comes after what', () => {
    fc.assert(
      fc.property(histories, fc.nat(1 << 14), fc.nat(1 << 14), fc.nat(20), (history, mask, missing, endAt) => {
        const here = history.filter((_, at) => at > 4 || ((missing >> at) & 1) === 0);
        const [whole, stubs] = [foundedRecords(here), foundedRecords(stubbed(here, mask))];
        assert.deepEqual(hashes(stubs.links), hashes(whole.links));
        assert.deepEqual(
          new Map(stubs.unfounded.map(({ link, why }) => [link.hash, why])),
          new Map(whole.unfounded.map(({ link, why }) => [link.hash, why])),
        );
        const [after, afterStubs] = [causalityOf(whole.links), causalityOf(stubs.links)];
        for (const [at, one] of whole.links.entries())
          for (const [to, other] of whole.links.entries()) assert.equal(afterStubs(stubs.links[at]!, stubs.links[to]!), after(one, other));
        for (const log of new Set(history.map(({ header }) => header.log))) {
          const [all, known] = [whole, stubs].map(({ links }) => links.filter(({ header }) => header.log === log)) as [Link[], Link[]];
          const last = all[endAt];
          for (const end of [undefined, null, ...(last === undefined ? [] : [{ sequence: last.header.sequence, hash: last.hash }])]) {
            const [chain, chainOfStubs] = [chainOf(all, end), chainOf(known, end)];
            for (const part of ['standing', 'forked', 'late'] as const) assert.deepEqual(hashes(chainOfStubs[part]), hashes(chain[part]));
          }
        }
      }),
    );
  });

  it('never take the place of a record that is here, whatever they say of it', () => {
    const history: SignedRecord[] = [];
    const one = add(history, 0, undefined, []);
    const two = add(history, 0, one, []);
    const other = add(history, 1, undefined, []);
    const forged: Stub = { ...stubOf(one), hash: other.hash };
    for (const links of [
      [forged, two, other],
      [other, two, forged],
    ]) {
      const { links: counted, unfounded } = foundedRecords(links);
      assert.deepEqual(counted, [other]);
      assert.deepEqual(unfounded, [{ link: two, why: 'missing' }]);
      const base = foundedRecords([forged]);
      assert.deepEqual(foundedRecords([other], base).links, [other]);
    }
  });
});

describe('a chain', () => {
  const history: SignedRecord[] = [];
  const [one] = [add(history, 0, undefined, [])];
  const two = add(history, 0, one, []);
  const left = add(history, 0, two, []);
  const right = add(history, 0, two, []);
  const farRight = add(history, 0, right, []);
  const endAt = ({ header, hash }: SignedRecord): { sequence: number; hash: string } => ({ sequence: header.sequence, hash });

  it('stands up to a fork', () => {
    assert.deepEqual(chainOf(history), { standing: [one, two], forked: [left, right, farRight], late: [] });
    assert.deepEqual(chainOf([one, two, left]), { standing: [one, two, left], forked: [], late: [] });
    assert.deepEqual(chainOf([]), { standing: [], forked: [], late: [] });
  });

  it('stands up to the end that was set, on its side of a fork', () => {
    assert.deepEqual(chainOf(history, endAt(farRight)), { standing: [one, two, right, farRight], forked: [left], late: [] });
    assert.deepEqual(chainOf(history, endAt(left)), { standing: [one, two, left], forked: [right], late: [farRight] });
    assert.deepEqual(chainOf(history, endAt(one)), { standing: [one], forked: [], late: [two, left, right, farRight] });
    assert.deepEqual(chainOf(history, null), { standing: [], forked: [], late: history });
  });

  it('whose end is not here stands as far as it goes without a fork, and not beyond that number', () => {
    const elsewhere = { sequence: 3, hash: '0'.repeat(64) };
    assert.deepEqual(chainOf([one, two, right, farRight], elsewhere).standing, [one, two, right]);
    assert.deepEqual(chainOf(history, elsewhere).standing, [one, two]);
    assert.deepEqual(chainOf(history, { ...endAt(right), sequence: 4 }).standing, [one, two], 'an end that names another number is none');
  });
});
