/** Audit trails to look at. */
import type { AuditEntry, AuditParty, AuditReport, AuditTrail } from '../../src/engine/auditApi.ts';

/** As a record says a time that is this one here: days begin where people are. */
function at(local: string): string {
  return new Date(local).toISOString();
}

export const now = new Date('2026-11-21T14:30:00');

export const master: AuditParty = { id: 'aa'.repeat(16), name: null, role: 'master' };
export const ada: AuditParty = { id: 'ad'.repeat(16), name: 'Ada', role: 'editor' };
const root: AuditParty = { id: '00'.repeat(16), name: null, role: 'root' };

/** The hash of the record with this number in a trail. */
export function hashOf(index: number): string {
  return index.toString(16).padStart(8, '0').padEnd(64, 'f');
}

type Given = Partial<Omit<AuditEntry, 'after' | 'before'>> & {
  readonly by: AuditParty;
  /** Places of records in the trail. */
  readonly after?: readonly number[];
  readonly before?: number;
};

/** A trail of records that name one another by their places in it. */
export function trailOf(given: readonly Given[], reads: AuditTrail['reads'] = 'all'): AuditTrail {
  const counts = new Map<string, number>();
  const entries = given.map(({ after = [], before, ...own }, index): AuditEntry => {
    const sequence = (counts.get(own.by.id) ?? 0) + 1;
    counts.set(own.by.id, sequence);
    return {
      id: hashOf(index),
      sequence,
      depth: index + 1,
      audience: 'clear',
      kind: 'seen',
      opened: 'yes',
      about: null,
      assignment: null,
      facts: {},
      at: null,
      after: after.map(hashOf),
      before: before === undefined ? null : hashOf(before),
      state: 'counts',
      ...own,
    };
  });
  return { space: '5e'.repeat(16), name: 'Econometrics', reads, entries };
}

export const smallTrail = trailOf([
  { by: root, kind: 'genesis', before: 1 },
  { by: master, kind: 'describe', audience: 'all', facts: { name: 'Econometrics' }, at: at('2026-11-19T09:00'), after: [0] },
  {
    by: master,
    kind: 'invite',
    audience: 'masters',
    facts: { name: 'Ada', role: 'editor' },
    at: at('2026-11-19T09:05'),
    after: [1],
    before: 3,
  },
  { by: ada, kind: 'join', facts: { via: 'invite' }, after: [2], before: 4 },
  { by: master, kind: 'admit', about: ada, after: [2, 3], before: 6 },
  {
    by: master,
    kind: 'distribute',
    audience: 'editors',
    facts: { paths: ['hw1', 'syllabus.md'], strategy: 'ask', message: 'Week 1' },
    at: at('2026-11-20T10:00'),
    after: [4],
    before: 6,
  },
  {
    by: ada,
    kind: 'acknowledge',
    audience: 'vault-ada',
    facts: { distribution: hashOf(5), created: 3, waiting: 1 },
    at: at('2026-11-21T08:00'),
    after: [3, 5],
    before: 8,
  },
  { by: ada, kind: 'published', audience: 'vault-ada', facts: { entries: 120 }, at: at('2025-11-21T08:01'), after: [6, 5], before: 8 },
  { by: master, kind: 'seen', facts: { logs: 1 }, at: at('2026-11-21T09:00'), after: [5, 7] },
  { by: ada, kind: null, opened: 'sealed', audience: 'vault-ada', after: [7] },
  { by: ada, kind: 'remove', about: master, after: [9], state: 'not-allowed' },
]);

/** Two people who answer each other, an action every ten minutes. */
export function longTrail(count: number): AuditTrail {
  const start = now.getTime() - count * 600_000;
  return trailOf(
    Array.from({ length: count }, (_, index) => ({
      by: index % 3 === 0 ? ada : master,
      kind: index % 3 === 0 ? 'acknowledge' : 'distribute',
      facts:
        index % 3 === 0 ? { distribution: hashOf(index), created: 1 } : { paths: [`week-${index}`], strategy: 'overwrite', message: '' },
      audience: 'editors',
      at: new Date(start + index * 600_000).toISOString(),
      after: index === 0 ? [] : [index - 1],
      ...(index + 1 < count && { before: index + 1 }),
    })),
  );
}

export const goodReport: AuditReport = {
  space: smallTrail.space,
  name: smallTrail.name,
  reads: 'all',
  records: 11,
  logs: 3,
  exported: null,
  findings: [],
  isDamaged: false,
  limits: ['Records at the end of a log that nobody else has signed for can be withheld without a trace.'],
};

export const badReport: AuditReport = {
  ...goodReport,
  isDamaged: true,
  findings: [
    {
      kind: 'not-allowed',
      isDamage: false,
      log: ada,
      sequence: 5,
      record: hashOf(10),
      message: 'Record 5 of the log of Ada says what its author may not say, or not to these. It does not count.',
    },
    {
      kind: 'hub-lost',
      isDamage: true,
      log: ada,
      sequence: null,
      record: null,
      message: 'The hub has lost 2 of the records of the log of Ada that are here: the next sync puts them back.',
    },
  ],
};
