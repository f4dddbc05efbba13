/** Hand-ins, extensions, changes, decisions and feedback by two Masters who do not always know of each other. */
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { writeBeacon, writeFeedback, writeReceipts } from '../../../src/space/assignments/acts.ts';
import { Replies } from '../../../src/space/assignments/handIns.ts';
import type { Standing } from '../../../src/space/assignments/standing.ts';
import { targetFor } from '../../../src/space/members/acts.ts';
import { vaultOf } from '../../../src/space/members/audiences.ts';
import type { Body } from '../../../src/space/records/bodies.ts';
import { Class, HOUR, standingIn } from '../../support/assignments.ts';
import { stateOf, type Person } from '../../support/spaces.ts';

const RUNS = Number(process.env['SNAPSTAGE_RUNS'] ?? 8);

const kinds = ['hand-in', 'edit', 'close', 'refuse', 'extend', 'judge', 'feedback', 'see', 'wait'] as const;

interface Step {
  readonly kind: (typeof kinds)[number];
  /** Which Master, which member, which of its hand-ins. */
  readonly master: number;
  readonly member: number;
  readonly which: number;
  /** Hours, or a choice. */
  readonly value: number;
  /** Whoever acts has heard of all before. */
  readonly hears: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  master: fc.nat(1),
  member: fc.nat(1),
  which: fc.nat(3),
  value: fc.nat(5),
  hears: fc.boolean(),
});
const steps = fc.array(step, { minLength: 3, maxLength: 16 });

const VISIBILITIES = ['draft', 'hidden', 'returned'] as const;

/** What a plain reading of the steps, each known to all before the next, makes of one member. */
class Expected {
  handIns: { id: string; verdict?: 'on-time' | 'late'; grade?: string; visibility?: (typeof VISIBILITIES)[number]; isClosed: boolean }[] =
    [];
  extension: number | undefined;
}

class Play {
  readonly room = new Class(2);
  readonly expected = [new Expected(), new Expected()] as const;
  deadline = this.room.world.now + HOUR;
  isClosed = false;

  run(all: readonly Step[]): this {
    for (const one of all) this.step(one);
    for (const person of [...this.room.masters, ...this.room.members]) person.hear();
    return this;
  }

  private step({ kind, master: m, member: n, which, value, hears }: Step): void {
    const { room } = this;
    const { world } = room;
    const master = room.masters[m]!;
    const member = room.members[n]!;
    const expected = this.expected[n]!;
    if (hears) for (const person of [master, member]) person.hear();
    if (kind === 'hand-in') {
      expected.handIns.push({ id: room.handIn(member, value).hash, isClosed: this.isClosed });
      return;
    }
    const known = new Set(master.heard.keys());
    const handIn = expected.handIns.filter(({ id }) => known.has(id))[which];
    const write = (body: Body): void => void master.act(({ state, writer }) => writer.write(body, targetFor(state, vaultOf(member.log))));
    if (kind === 'edit') room.assign(master, { deadline: (this.deadline = world.now + value * HOUR) });
    else if (kind === 'close') room.assign(master, { isClosed: (this.isClosed = value < 3) });
    else if (kind === 'refuse') room.assign(master, { late: value < 3 ? 'refuse' : 'accept' });
    else if (kind === 'extend') {
      const deadline = value === 0 ? null : world.now + value * HOUR;
      expected.extension = deadline ?? undefined;
      write({ kind: 'extend', assignment: room.first.hash, deadline, zone: 'UTC', reason: '', made: world.now });
    } else if (kind === 'judge' && handIn !== undefined) {
      handIn.verdict = value < 3 ? 'late' : 'on-time';
      write({ kind: 'judge', of: handIn.id, verdict: handIn.verdict, reason: '', made: world.now });
    } else if (kind === 'feedback' && handIn !== undefined) {
      [handIn.grade, handIn.visibility] = [String(value), VISIBILITIES[value % 3]!];
      const { visibility, grade } = handIn;
      const body = { kind: 'feedback' as const, of: handIn.id, grade, comment: '', tree: null, visibility, made: world.now };
      master.act((acting) => writeFeedback(acting, member.log, body));
    } else if (kind === 'see') {
      master.act((acting) => writeReceipts(acting, world.now));
      master.act((acting) => writeBeacon(acting, world.now));
    } else if (kind === 'wait') world.now += value * (HOUR / 3);
  }
}

/** What of a standing everybody is to see alike who may read all of it. */
function told({ due, counting, onTime, state, handIns }: Standing): unknown {
  return {
    due: [due.at, due.extension?.record.hash],
    counting: counting?.id,
    onTime: onTime?.id,
    state,
    handIns: handIns.map(({ id, number, lateness, refusal, judgement, receipt, feedback }) => [
      [id, number, lateness, refusal],
      [judgement?.record.hash, receipt?.record.hash, feedback?.record.hash],
    ]),
  };
}

describe('space: how members stand in an assignment', () => {
  it('is the same for both Masters, in whatever order they have heard of it', () => {
    fc.assert(
      fc.property(steps, fc.integer(), (all, seed) => {
        const { room } = new Play().run(all);
        const { world, masters, members } = room;
        const records = [...world.records.values()];
        const shuffled = records.toSorted((a, b) => order(a.hash, seed) - order(b.hash, seed));
        for (const { log } of members) {
          const [one, ...others] = [
            ...masters.map((master) => master.state()),
            ...masters.map(({ keys }) => stateOf(world, shuffled, [keys])),
          ].map((state) => told(standingIn(state, log)));
          for (const other of others) assert.deepEqual(other, one);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is for the member as for Masters, but for what is not for it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { room } = new Play().run(all);
        for (const member of room.members) {
          const [own, masters] = [member.state(), room.masters[0].state()].map((state) => standingIn(state, member.log)) as [
            Standing,
            Standing,
          ];
          assert.deepEqual([own.due.at, own.handIns.map(({ id }) => id)], [masters.due.at, masters.handIns.map(({ id }) => id)]);
          for (const [at, mine] of own.handIns.entries()) {
            const theirs = masters.handIns[at]!;
            assert.deepEqual(mine.receipt?.record.hash, theirs.receipt?.record.hash);
            assert.deepEqual(mine.judgement?.record.hash, theirs.judgement?.record.hash);
            if (mine.lateness !== 'unproven' && theirs.lateness !== 'unproven') assert.equal(mine.lateness, theirs.lateness);
            const seen = mine.feedback?.body;
            assert.notEqual(seen?.visibility, 'draft');
            if (seen?.visibility === 'hidden') assert.deepEqual([seen.grade, seen.tree], [null, null]);
          }
          if (own.counting?.id === masters.counting?.id) assert.equal(own.state === 'returned', masters.state === 'returned');
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('says that feedback is returned to whom it is, where one Master returns it while the other hides it, or goes on with a draft', () => {
    for (const [visibility, ahead] of VISIBILITIES.flatMap((one) => [-2, -1, 0, 1, 2].map((by) => [one, by] as const))) {
      const room = new Class(1);
      const [first, second] = room.masters;
      const [ada] = room.members as [Person];
      const of = room.handIn(ada, 1).hash;
      for (const master of room.masters) master.hear();
      const acts = [
        [first, 'returned', ahead],
        [second, visibility, -ahead],
      ] as const;
      for (const [master, says, leads] of acts) {
        for (let said = 0; said < leads; said++)
          master.act(({ writer }) => writer.write({ kind: 'beacon', made: room.world.now }, { audience: 'clear' }));
        const body = { kind: 'feedback' as const, of, grade: says, comment: '', tree: null, visibility: says, made: room.world.now };
        master.act((acting) => writeFeedback(acting, ada.log, body));
      }
      for (const person of [first, second, ada]) person.hear();
      const [own, ...masters] = [ada, first, second].map((reader) => standingIn(reader.state(), ada.log));
      for (const one of masters) {
        assert.deepEqual(told(one), told(masters[0]!));
        assert.equal(own!.state === 'returned', one.state === 'returned', `${visibility} ${ahead}`);
        // What Masters have it for is what one of them wrote.
        const { grade, visibility: shown } = one.handIns[0]!.feedback!.body;
        assert.equal(grade, shown);
        if (shown !== 'draft') assert.equal(shown === 'returned', own!.state === 'returned', `${visibility} ${ahead}`);
      }
    }
  });

  it('is what was said last, where everybody knew what was said before', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const play = new Play().run(all.map((one) => ({ ...one, hears: true })));
        const [master] = play.room.masters;
        const state = master.state();
        for (const [n, { log }] of play.room.members.entries()) {
          const standing = standingIn(state, log);
          const expected = play.expected[n]!;
          assert.equal(standing.due.at, expected.extension ?? play.deadline);
          assert.deepEqual(
            standing.handIns.map(({ id }) => id),
            expected.handIns.map(({ id }) => id),
          );
          for (const [at, { verdict, grade, visibility, isClosed }] of expected.handIns.entries()) {
            const found = standing.handIns[at]!;
            if (verdict !== undefined) assert.equal(found.lateness, verdict);
            const body = found.feedback?.body;
            assert.deepEqual([body?.grade, body?.visibility], [grade, visibility]);
            assert.equal(found.refusal === 'closed', isClosed);
          }
          const counting = standing.handIns.findLast(({ refusal }) => refusal === undefined);
          assert.equal(standing.counting?.id, counting?.id);
          assert.equal(
            new Replies(state).extensionsOf(log).length > 0,
            all.some(({ kind, member }) => kind === 'extend' && member === n),
          );
        }
      }),
      { numRuns: RUNS },
    );
  });
});

/** A number that orders hashes anew for each seed. */
function order(hash: string, seed: number): number {
  return Math.imul(Number.parseInt(hash.slice(0, 8), 16) ^ seed, 0x9e3779b1) >>> 0;
}
