/** Assignments as a member has them, for the page. */
import type { AssignmentDetails, HandInInfo } from '../../src/engine/assignmentApi.ts';

const HOUR = 3_600_000;
/** Milliseconds since 1970. */
export const now = Date.parse('2026-11-22T12:00:00.000Z');
const iso = (at: number): string => new Date(at).toISOString();
const ada = { id: 'a'.repeat(32), name: 'Ada' };

const description = `# Week 1

Answer **both** questions in \`answer.md\`. The data lie in [the archive](https://example.org/data).

1. What is the trend?
2. Is it *significant*?

| part | points |
|---|---|
| trend | 4 |
| test | 6 |

<img src="https://example.org/spy.png" onerror="document.title = 'broken into'">`;

function handIn(number: number, changes: Partial<HandInInfo> = {}): HandInInfo {
  const id = String(number).repeat(64);
  const made = iso(now - (4 - number) * HOUR);
  return {
    id,
    assignment: 'e'.repeat(64),
    member: ada,
    number,
    made,
    taken: made,
    snapshot: 'f'.repeat(32),
    state: `hand-in-${id.slice(0, 32)}`,
    isHere: true,
    files: 2,
    bytes: 4200,
    identifier: null,
    note: '',
    lateness: 'on-time',
    lateBy: { least: 0, most: 0 },
    evidence: {
      notBefore: { at: iso(now - 5 * HOUR), record: 'b'.repeat(64), kind: 'assign' },
      notAfter: { at: made, record: 'c'.repeat(64), kind: 'beacon' },
    },
    deadline: iso(now + 52 * HOUR),
    judged: null,
    refused: null,
    counts: false,
    isQueued: false,
    received: made,
    code: `K${number}XF-7Q2M`,
    receipt: '/receipts/1.json',
    feedback: null,
    copy: null,
    ...changes,
  };
}

const feedback: NonNullable<HandInInfo['feedback']> = {
  id: 'd'.repeat(64),
  handIn: '1'.repeat(64),
  grade: '1.3',
  comment: 'Well done, but see the *second* part.',
  state: `feedback-${'d'.repeat(32)}`,
  isHere: true,
  visibility: 'returned',
  made: iso(now),
};

const base: AssignmentDetails = {
  id: 'e'.repeat(64),
  title: 'HW 1',
  description,
  deadline: iso(now + 28 * HOUR),
  zone: 'Europe/Berlin',
  parts: [{ path: 'hw1', patterns: ['*.md', '*.ipynb'] }],
  limit: 20_000_000,
  late: 'accept',
  isAnonymous: false,
  made: iso(now - 100 * HOUR),
  edited: null,
  isClosed: false,
  to: 'all',
  distribution: null,
  handedOut: null,
  mine: null,
  counts: null,
  extended: [],
  standings: [],
};

const standing: NonNullable<AssignmentDetails['mine']> = {
  member: ada,
  groups: [],
  deadline: iso(now + 52 * HOUR),
  extension: { deadline: iso(now + 52 * HOUR), reason: 'ill', made: iso(now - HOUR) },
  state: 'nothing',
  handIns: [],
};

/** By the name of the scene. */
export const scenes: Readonly<Record<string, AssignmentDetails>> = {
  new: { ...base, mine: { ...standing, extension: null, deadline: base.deadline } },
  near: { ...base, deadline: iso(now + HOUR / 2), mine: { ...standing, extension: null, deadline: iso(now + HOUR / 2) } },
  handedIn: {
    ...base,
    mine: {
      ...standing,
      state: 'unproven',
      handIns: [
        handIn(1),
        handIn(2, { note: 'the second try', identifier: '4711', counts: true, received: null, lateness: 'unproven' }),
        handIn(3, { isQueued: true, received: null, lateness: 'unproven' }),
      ],
    },
  },
  returned: {
    ...base,
    isClosed: true,
    mine: { ...standing, state: 'returned', handIns: [handIn(1, { counts: true, feedback })] },
  },
};
