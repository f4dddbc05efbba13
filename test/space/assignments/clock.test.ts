import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { writeBeacon, writeReceipts } from '../../../src/space/assignments/acts.ts';
import { latenessOf, type Evidence, type Moment } from '../../../src/space/assignments/clock.ts';
import { countersign } from '../../../src/space/members/acts.ts';
import { Class, HOUR, standingIn } from '../../support/assignments.ts';
import type { Person } from '../../support/spaces.ts';

const YEAR = 365 * 24 * HOUR;

const moment = fc.option(
  fc.nat(20).map((at): Moment => ({ at, record: '', kind: 'beacon' })),
  { nil: undefined },
);
const evidence: fc.Arbitrary<Evidence> = fc.record({ notBefore: moment, notAfter: moment });

/** What somebody knows who has learned both. */
function both(a: Evidence, b: Evidence): Evidence {
  const pick = (one: Moment | undefined, other: Moment | undefined, isBetter: (x: number, y: number) => boolean): Moment | undefined =>
    one === undefined || (other !== undefined && isBetter(other.at, one.at)) ? other : one;
  return { notBefore: pick(a.notBefore, b.notBefore, (x, y) => x > y), notAfter: pick(a.notAfter, b.notAfter, (x, y) => x < y) };
}

describe('lateness', () => {
  it('is proven by what is wholly before the deadline, or wholly after it', () => {
    fc.assert(
      fc.property(evidence, fc.nat(20), (known, deadline) => {
        const { notBefore, notAfter } = known;
        const lateness = latenessOf(known, deadline);
        // Whenever it can have been made by this evidence, and there is such a time.
        const times = Array.from({ length: 23 }, (_, at) => at - 1).filter(
          (at) => at >= (notBefore?.at ?? -1) && at <= (notAfter?.at ?? 21),
        );
        assert.equal(lateness === 'on-time', times.length > 0 && times.every((at) => at <= deadline));
        assert.equal(lateness === 'late', times.length > 0 && times.every((at) => at > deadline));
      }),
    );
  });

  it('once proven is not turned around by more evidence, which may only contradict it', () => {
    fc.assert(
      fc.property(evidence, evidence, fc.nat(20), (known, more, deadline) => {
        const [before, after] = [latenessOf(known, deadline), latenessOf(both(known, more), deadline)];
        if (before !== 'unproven' && after !== before) assert.equal(after, 'unproven');
      }),
    );
  });
});

describe('the clock of Masters', () => {
  const late = (who: Person, reader: Person): string => {
    reader.hear();
    return standingIn(reader.state(), who.log).handIns.at(-1)!.lateness;
  };
  const sees = (master: Person, now: number): void => {
    master.hear();
    master.act((acting) => writeReceipts(acting, now));
  };

  it('says what counts, whatever that of a member says', () => {
    for (const off of [-YEAR, 0, YEAR]) {
      const room = new Class(2);
      const [master] = room.masters;
      const [ada, bob] = room.members as [Person, Person];
      const { now } = room.world;
      room.handIn(ada, 1, now + off);
      assert.equal(late(ada, ada), 'unproven');
      sees(master, now + HOUR - 1);
      assert.equal(late(ada, master), 'on-time');
      assert.equal(late(ada, ada), 'on-time');
      master.act((acting) => writeBeacon(acting, now + HOUR + 1));
      bob.hear();
      room.handIn(bob, 2, now + off);
      assert.equal(late(bob, bob), 'late');
      sees(master, now + HOUR + 2);
      assert.equal(late(bob, master), 'late');
      assert.equal(late(ada, master), 'on-time');
    }
  });

  it('leaves open what was seen after the deadline, and cites nothing that is after it', () => {
    const room = new Class(1);
    const [ada] = room.members as [Person];
    room.handIn(ada, 1);
    sees(room.masters[0], room.world.now + 2 * HOUR);
    assert.equal(late(ada, room.masters[0]), 'unproven');
    // Another who had seen it in time comes back.
    const [, second] = room.masters;
    const { chain } = room.masters[0].state().members.get(ada.log)!;
    const last = chain.standing.at(-1)!;
    second.act((acting) => {
      countersign(acting, [{ log: ada.log, sequence: last.header.sequence, hash: last.hash }]);
      acting.writer.write({ kind: 'beacon', made: room.world.now + 1 }, { audience: 'clear' });
    });
    assert.equal(late(ada, room.masters[0]), 'on-time');
  });

  it('proves nothing where those of two contradict each other, before the deadline or after it', () => {
    for (const seen of [1, 2 * HOUR]) {
      const room = new Class(1);
      const [master, second] = room.masters;
      const [ada] = room.members as [Person];
      const { now } = room.world;
      second.act(({ writer }) => writer.write({ kind: 'beacon', made: now + YEAR }, { audience: 'clear' }));
      ada.hear();
      room.handIn(ada, 1);
      sees(master, now + seen);
      assert.equal(late(ada, master), 'unproven');
    }
  });

  it('is not believed for a log that is not as a Master has signed that it saw it', () => {
    const room = new Class(1);
    const [master] = room.masters;
    const [ada] = room.members as [Person];
    const { header } = room.handIn(ada, 1);
    master.hear();
    master.act((acting) => {
      countersign(acting, [{ log: ada.log, sequence: header.sequence, hash: 'f'.repeat(64) }]);
      acting.writer.write({ kind: 'beacon', made: room.world.now }, { audience: 'clear' });
    });
    assert.equal(late(ada, master), 'unproven');
  });

  it('goes on where another is ahead: a deadline that has passed is said by whoever is right', () => {
    const room = new Class(1);
    const [master, second] = room.masters;
    const { now } = room.world;
    second.act(({ writer }) => writer.write({ kind: 'beacon', made: now + YEAR }, { audience: 'clear' }));
    master.hear();
    const said = master.act((acting) => {
      writeBeacon(acting, now + HOUR + 1);
      return acting.writer.written.length;
    });
    assert.equal(said, 1);
  });
});
