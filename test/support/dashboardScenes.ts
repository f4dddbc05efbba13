/** Assignments to look at, as a Master sees them. */
import type {
  AssignmentDetails,
  FeedbackInfo,
  HandInChanges,
  HandInInfo,
  StandingInfo,
  StandingState,
} from '../../src/engine/assignmentApi.ts';

export const now = new Date('2026-11-21T14:30:00Z');
const deadline = '2026-11-21T18:00:00.000Z';

type GivenHandIn = Partial<Omit<HandInInfo, 'feedback'>> & Partial<Pick<FeedbackInfo, 'grade' | 'comment' | 'visibility' | 'state'>>;

/** Feedback is there as soon as anything of it is given. */
export function handIn(id: string, { grade, comment, visibility, state, ...given }: GivenHandIn = {}): HandInInfo {
  const hasFeedback = grade !== undefined || comment !== undefined || visibility !== undefined;
  const feedback: FeedbackInfo = {
    id: `f-${id}`,
    handIn: id,
    grade: grade ?? null,
    comment: comment ?? '',
    state: state ?? null,
    isHere: false,
    visibility: visibility ?? 'draft',
    made: '2026-11-21T14:00:00.000Z',
  };
  return {
    id,
    assignment: 'hw1',
    member: { id: '', name: null },
    number: 1,
    made: '2026-11-21T13:10:00.000Z',
    taken: '2026-11-21T13:09:00.000Z',
    snapshot: '5a'.repeat(16),
    state: `hand-in-${id}`,
    isHere: true,
    files: 3,
    bytes: 12_345,
    identifier: null,
    note: '',
    lateness: 'on-time',
    lateBy: { least: 0, most: 0 },
    evidence: {
      notBefore: { at: '2026-11-21T13:00:00.000Z', record: 'be'.repeat(32), kind: 'beacon' },
      notAfter: { at: '2026-11-21T13:20:00.000Z', record: 'ac'.repeat(32), kind: 'receipt' },
    },
    deadline,
    judged: null,
    refused: null,
    counts: true,
    isQueued: false,
    received: '2026-11-21T13:20:00.000Z',
    code: '1234 5678',
    receipt: null,
    feedback: hasFeedback ? feedback : null,
    copy: null,
    ...given,
  };
}

export function standing(
  name: string,
  state: StandingState,
  handIns: readonly HandInInfo[] = [],
  given: Partial<StandingInfo> = {},
): StandingInfo {
  const member = { id: idOf(name), name };
  return {
    member,
    groups: [],
    deadline,
    extension: null,
    state,
    handIns: handIns.map((one) => ({ ...one, member })),
    ...given,
  };
}

/** Of a name, the same wherever it is asked for. */
function idOf(name: string): string {
  const digits = [...new TextEncoder().encode(name)].map((byte) => byte.toString(16).padStart(2, '0'));
  return digits.join('').padEnd(32, '0').slice(0, 32);
}

const hour = 3_600_000;

export const small: AssignmentDetails = assignmentOf([
  standing('Ada Lovelace', 'returned', [
    handIn('a1', { counts: false, made: '2026-11-20T09:00:00.000Z' }),
    handIn('a2', { number: 2, copy: '/Assignments/HW 1/Ada Lovelace/2 (a2)', grade: '5', comment: 'Well done.', visibility: 'returned' }),
  ]),
  standing(
    'Bob',
    'late',
    [
      handIn('b1', {
        lateness: 'late',
        lateBy: { least: 2 * hour, most: 3 * hour },
        isHere: false,
        identifier: 's0123456',
        note: 'The train was late.',
      }),
    ],
    { groups: ['tutorial 1'] },
  ),
  standing('Carla', 'unproven', [handIn('c1', { lateness: 'unproven', lateBy: { least: 0, most: 20 * 60_000 } })]),
  standing('Dora', 'nothing'),
  standing('Emil', 'nothing', [], {
    deadline: '2026-11-24T18:00:00.000Z',
    extension: { deadline: '2026-11-24T18:00:00.000Z', reason: 'ill', made: '2026-11-20T08:00:00.000Z' },
  }),
  standing('Frida', 'graded', [handIn('f1', { bytes: 2_400_000, grade: '=1+1', comment: '', visibility: 'draft' })], {
    groups: ['tutorial 1', 'tutorial 2'],
  }),
  standing('Gustav', 'refused', [handIn('g1', { counts: false, refused: 'closed' })]),
  standing('Hanna', 'handed-in', [handIn('h1', { isHere: false })]),
]);

/** A course with so many members; every third has handed in nothing. */
export function large(count: number): AssignmentDetails {
  return assignmentOf(
    Array.from({ length: count }, (_, index) => {
      const name = `Member ${String(index).padStart(4, '0')}`;
      return index % 3 === 2 ? standing(name, 'nothing') : standing(name, 'handed-in', [handIn(`m${index}`, { bytes: index * 1000 })]);
    }),
  );
}

export const changes: readonly HandInChanges[] = [
  { handIn: 'a2', added: 1, changed: 2, removed: 0 },
  { handIn: 'c1', added: 0, changed: 0, removed: 0 },
  { handIn: 'f1', added: 0, changed: 1, removed: 0 },
];

function assignmentOf(standings: readonly StandingInfo[]): AssignmentDetails {
  return {
    id: 'hw1',
    title: 'HW 1: Demand and Supply',
    description: 'Estimate it.',
    deadline,
    zone: 'Europe/Berlin',
    parts: [{ path: 'hw1', patterns: [] }],
    limit: 20_000_000,
    late: 'accept',
    isAnonymous: false,
    made: '2026-11-14T09:00:00.000Z',
    edited: null,
    isClosed: false,
    to: 'all',
    distribution: 'd1',
    handedOut: 'delivered-d1',
    mine: null,
    counts: null,
    extended: [],
    standings,
  };
}
