/** How members stand to what was distributed. */
import assert from 'node:assert/strict';
import { concernedBy, standingsOf, summaryOf, type Standing } from '../../../src/editor/space/standings.ts';
import type { DistributionInfo } from '../../../src/engine/deliveryApi.ts';
import type { RecallInfo } from '../../../src/engine/recallApi.ts';
import type { LastSeen, MemberInfo } from '../../../src/engine/spaceApi.ts';

const day = (of: number, hour = 12): string => new Date(Date.UTC(2026, 10, of, hour)).toISOString();
const now = Date.parse(day(20));

function member(id: string, change: Partial<MemberInfo> = {}): MemberInfo {
  return { id, name: id, role: 'editor', groups: [], state: 'member', obstacle: null, isMe: false, ...change };
}

function seen(said: string | null, after: string | null = null): { readonly lastSeen: LastSeen } {
  return { lastSeen: { said, what: said === null ? null : 'published', after } };
}

type State = DistributionInfo['targets'][number]['state'];

function distribution(id: string, made: string, states: Readonly<Record<string, State>>, isVoid = false): DistributionInfo {
  const targets = Object.entries(states).map(([of, state]) => ({ id: of, name: of, state, at: null }));
  return { id, made, isOwn: true, message: '', to: 'all', items: [], isVoid, takenBack: [], targets };
}

function recall(made: string, of: string, states: Readonly<Record<string, 'sent' | 'applied'>>): RecallInfo {
  const targets = Object.entries(states).map(([one, state]) => ({ id: one, name: one, state, at: null, kept: [] }));
  return {
    id: made,
    kind: 'recall',
    isOwn: true,
    made,
    message: '',
    to: 'all',
    distributions: [of],
    paths: [],
    evenEdited: false,
    previous: false,
    targets,
  };
}

function standing(of: MemberInfo, distributions: readonly DistributionInfo[], recalls: readonly RecallInfo[] = []): Standing {
  return standingsOf([of], { distributions, recalls }, now).get(of.id) ?? assert.fail('no standing');
}

describe('the standing of members', () => {
  it('counts what they have not answered, and where conflicts wait', () => {
    const sent = [
      distribution('1', day(19, 20), { ada: 'applied' }),
      distribution('2', day(19, 21), { ada: 'waiting' }),
      distribution('3', day(19, 22), { ada: 'sent' }),
    ];
    assert.deepEqual(standing(member('ada'), sent), { deliveries: 3, unanswered: 1, conflicts: 1 });
    assert.deepEqual(standing(member('bob'), sent), { deliveries: 0, unanswered: 0, conflicts: 0 });
  });

  it('does not wait for what later ones replace', () => {
    const sent = [distribution('1', day(10), { ada: 'superseded' }), distribution('2', day(19, 21), { ada: 'sent' })];
    assert.deepEqual(standing(member('ada', seen(day(10))), sent), { deliveries: 1, unanswered: 1, conflicts: 0 });
    const recalls = [recall(day(11), '1', { ada: 'sent' })];
    assert.deepEqual(standing(member('ada'), sent.slice(0, 1), recalls), { deliveries: 0, unanswered: 0, conflicts: 0 });
  });

  it('is of members alone', () => {
    const others = [member('m', { role: 'master' }), member('w', { state: 'waiting' }), member('l', { state: 'left' })];
    assert.equal(standingsOf(others, { distributions: [], recalls: [] }, now).size, 0);
  });

  it('does not count what was taken back, and waits for recalls only where there is something to take back', () => {
    const taken = distribution('1', day(10), { ada: 'applied', bob: 'sent' }, true);
    const recalls = [recall(day(11), '1', { ada: 'sent', bob: 'sent' })];
    assert.deepEqual(standing(member('ada', seen(day(19))), [taken], recalls), { deliveries: 1, unanswered: 1, conflicts: 0 });
    assert.deepEqual(standing(member('bob'), [taken], recalls), { deliveries: 0, unanswered: 0, conflicts: 0 });
  });

  it('takes for offline who was not heard of since something was sent, a day ago or longer', () => {
    const sent = [distribution('1', day(17), { ada: 'sent' })];
    assert.equal(standing(member('ada', seen(day(16))), sent).offline, day(16));
    assert.equal(standing(member('ada', seen(null)), sent).offline, null);
    assert.equal(standing(member('ada'), sent).offline, null);
    // It was there since, and has not received it.
    assert.equal('offline' in standing(member('ada', seen(day(18))), sent), false);
    assert.equal('offline' in standing(member('ada', seen(day(16))), [distribution('1', day(19, 13), { ada: 'sent' })]), false);
  });

  it('trusts no clock that is ahead, and believes what a record proves where one is behind', () => {
    const sent = [distribution('1', day(17), { ada: 'sent' })];
    assert.equal(standing(member('ada', seen('2027-11-16T00:00:00.000Z', day(15))), sent).offline, day(15));
    assert.equal('offline' in standing(member('ada', seen('2025-11-16T00:00:00.000Z', day(18))), sent), false);
  });

  it('leaves out of a recall who never had what was taken back, and never will', () => {
    const states = { ada: 'applied', bob: 'sent' } as const;
    const one = recall(day(11), '1', { ada: 'sent', bob: 'sent' });
    const ids = (all: readonly DistributionInfo[]): readonly string[] => concernedBy(one, all).map(({ id }) => id);
    assert.deepEqual(ids([distribution('1', day(10), states, true)]), ['ada']);
    // Of what stands in part he may get the rest; nothing is known of another Master's.
    assert.deepEqual(ids([distribution('1', day(10), states)]), ['ada', 'bob']);
    assert.deepEqual(ids([]), ['ada', 'bob']);
  });

  it('is told of all together, each once', () => {
    const one = { deliveries: 2, unanswered: 0, conflicts: 0 };
    const all: readonly Standing[] = [
      one,
      one,
      { ...one, unanswered: 2 },
      { ...one, unanswered: 1, conflicts: 1 },
      { ...one, unanswered: 1, offline: day(15) },
      { ...one, unanswered: 1, conflicts: 1, offline: day(14) },
      { ...one, unanswered: 1, offline: null },
      { ...one, deliveries: 0 },
    ];
    assert.deepEqual(summaryOf(all), { upToDate: 2, behind: 1, conflicts: 1, offline: 3, since: day(14) });
  });
});
