import assert from 'node:assert/strict';
import type { AssignmentInfo, HandInInfo, StandingInfo } from '../../../src/engine/assignmentApi.ts';
import { newsOf, nextNews, toTell } from '../../../src/editor/assignments/assignmentNews.ts';

const HOUR = 3_600_000;
const start = Date.parse('2026-11-20T12:00:00.000Z');
const iso = (at: number): string => new Date(at).toISOString();

function assignment(changes: Partial<AssignmentInfo> = {}, standing: Partial<StandingInfo> = {}): AssignmentInfo {
  const deadline = iso(start + 50 * HOUR);
  const member = { id: 'a'.repeat(32), name: 'Ada' };
  return {
    id: 'hw1',
    title: 'HW 1',
    description: '',
    deadline,
    zone: 'UTC',
    parts: [],
    limit: null,
    late: 'accept',
    isAnonymous: false,
    made: iso(start),
    edited: null,
    isClosed: false,
    to: 'all',
    distribution: null,
    handedOut: null,
    mine: { member, groups: [], deadline, extension: null, state: 'nothing', handIns: [], ...standing },
    counts: null,
    extended: [],
    ...changes,
  };
}

const kinds = (one: AssignmentInfo, now: number): readonly string[] => newsOf([one], now).map(({ kind }) => kind);

describe('editor: news of assignments', () => {
  it('are that it is there, that it was changed, and that its deadline comes near', () => {
    assert.deepEqual(kinds(assignment(), start), ['new']);
    assert.deepEqual(kinds(assignment({ edited: iso(start) }), start), ['new', 'changed']);
    assert.deepEqual(kinds(assignment({ edited: iso(start), isClosed: true }), start + 49.5 * HOUR), ['new', 'closed']);
    assert.deepEqual(kinds(assignment(), start + 26 * HOUR), ['new']);
    assert.deepEqual(kinds(assignment(), start + 26 * HOUR + 1), ['new', 'day']);
    assert.deepEqual(kinds(assignment(), start + 49 * HOUR + 1), ['new', 'day', 'hour']);
    assert.deepEqual(kinds(assignment(), start + 50 * HOUR + 1), ['new']);
  });

  it('are none of a deadline for who has handed in, nor for a Master', () => {
    assert.deepEqual(kinds(assignment({}, { state: 'handed-in' }), start + 49.5 * HOUR), ['new']);
    assert.deepEqual(kinds(assignment({}, { state: 'refused' }), start + 49.5 * HOUR), ['new', 'day', 'hour']);
    assert.deepEqual(kinds(assignment({ mine: null }), start + 49.5 * HOUR), []);
  });

  it('are feedback that was returned, each by itself', () => {
    const handIn = (id: string, visibility: 'returned' | 'hidden'): HandInInfo =>
      ({ id: `h${id}`, feedback: { id, visibility } }) as unknown as HandInInfo;
    const one = assignment({}, { state: 'returned', handIns: [handIn('1', 'returned'), handIn('2', 'hidden'), handIn('3', 'returned')] });
    assert.deepEqual(
      newsOf([one], start).map(({ key }) => key),
      ['new hw1', 'returned hw1 1', 'returned hw1 3'],
    );
  });

  it('are told once, of each assignment the last one', () => {
    const late = newsOf([assignment(), assignment({ id: 'hw2' })], start + 49.5 * HOUR);
    assert.deepEqual(
      toTell(late, new Set(['new hw1'])).map(({ key }) => key.split(' ').slice(0, 2).join(' ')),
      ['hour hw1', 'hour hw2'],
    );
    assert.deepEqual(toTell(late, new Set(late.map(({ key }) => key))), []);
  });

  it('come next exactly when there is more to tell', () => {
    for (const hours of [0, 10, 25.9, 26, 26.5, 48.9, 49, 49.5]) {
      const now = start + hours * HOUR;
      const next = nextNews([assignment()], now);
      if (next === undefined) assert.ok(now > start + 49 * HOUR);
      else {
        assert.ok(next > now);
        assert.equal(kinds(assignment(), next - 1).length, kinds(assignment(), now).length);
        assert.equal(kinds(assignment(), next).length, kinds(assignment(), now).length + 1);
      }
    }
  });
});
