/** An engine and a terminal made of plain values, to test the command line without a store. */
import { noCounts } from '../support/restoreCounts.ts';
import path from 'node:path';
import { SnapstageError } from '../../src/base/errors.ts';
import type { EngineApi, RestoreOutcome, RestorePlan, SnapshotDetails, Status } from '../../src/engine/api.ts';
import type { AssignmentDetails, AssignmentInfo, HandInInfo, HandInPlan, ReceiptInfo } from '../../src/engine/assignmentApi.ts';
import type { AuditReport } from '../../src/engine/auditApi.ts';
import type { DeliveryInfo, DeliveryPlan, DistributionInfo } from '../../src/engine/deliveryApi.ts';
import type { BringPlan } from '../../src/engine/pullApi.ts';
import type { RecallInfo } from '../../src/engine/recallApi.ts';
import type { MemberInfo, SpaceInfo } from '../../src/engine/spaceApi.ts';
import type { ReclaimPlan, StorageReport, StoredFolder, ThinPlan, WhyReport } from '../../src/engine/storageApi.ts';
import type { TableDiff, TableRestoreOutcome, TableRestorePlan } from '../../src/engine/tablesApi.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Start } from '../../src/cli/programs.ts';
import { run } from '../../src/cli/run.ts';

export const id = (digit: string): string => digit.repeat(32);

/** The folder of the fake instance. */
export const course = path.resolve('/course');

export const snapshot: SnapshotDetails = {
  id: id('a'),
  name: 'before the refactor',
  description: null,
  kind: 'described',
  reason: null,
  created: '2026-11-20T13:02:03.004Z',
  consistency: 'consistent',
  partial: false,
  pinned: false,
  files: 12,
  folders: 3,
  links: 0,
  bytes: 1_234_567,
  addedBytes: 300_000,
  excluded: [],
  unreadable: [],
  evidence: [],
};

export const status: Status = {
  folder: course,
  initialized: true,
  snapshots: 1,
  latest: snapshot,
  changes: { added: [], changed: [], removed: [], moved: [] },
  undo: null,
  interrupted: null,
  storeBytes: 400_000,
  room: { disk: { free: 5_000_000_000, total: 9_000_000_000 }, wanted: 450_000_000, budget: null, warnings: [] },
};

export const restorePlan: RestorePlan = {
  request: { state: 'latest' },
  snapshot,
  from: 'root-1',
  counts: { ...noCounts, add: 1, replace: 3, delete: 2, bytes: 2048 },
  items: [
    { path: 'a.txt', action: 'replace', kind: 'file', size: 500 },
    { path: 'b.txt', action: 'replace', kind: 'file', size: 500 },
    { path: 'c.txt', action: 'replace', kind: 'file', size: 500 },
    { path: 'gone.txt', action: 'add', kind: 'file', size: 548 },
    { path: 'new-1.txt', action: 'delete', kind: 'file', size: 7 },
    { path: 'new-2.txt', action: 'delete', kind: 'file', size: 7 },
  ],
};

export const restoreOutcome: RestoreOutcome = {
  counts: restorePlan.counts,
  items: restorePlan.items,
  safety: { ...snapshot, id: id('5') },
  problems: [],
};

export const storage: StorageReport = {
  bytes: 400_000,
  shared: 250_000,
  unneeded: 50_000,
  kept: 0,
  disk: { free: 5_000_000_000, total: 9_000_000_000 },
  snapshots: [{ snapshot, alone: 100_000 }],
};

export const storedFolder: StoredFolder = {
  path: '',
  stored: 350_000,
  entries: [{ path: 'data', kind: 'folder', stored: 300_000, earlier: 40_000, versions: 2 }],
  more: { count: 0, stored: 0 },
};

export const why: WhyReport = {
  path: 'data/x.csv',
  versions: [
    {
      entry: {
        path: 'data/x.csv',
        kind: 'file',
        size: 900,
        mode: 0o644,
        modified: '2026-11-20T13:02:03.004005006Z',
        id: id('c').repeat(2),
      },
      stored: 300,
      snapshots: [id('a')],
      elsewhere: [id('b')],
      asBase: [id('d')],
    },
  ],
  blocked: [{ id: id('b'), reason: 'it is pinned' }],
};

export const reclaimPlan: ReclaimPlan = {
  free: 100_000,
  bytes: 120_000,
  compacting: 50_000,
  snapshots: [snapshot],
  losesUndo: false,
  waitingFor: [],
  from: 'store-1',
};

export const thinPlan: ThinPlan = {
  policy: { daily: 7 },
  snapshots: [{ ...snapshot, id: id('1'), name: null, kind: 'automatic', reason: 'before restore' }],
  kept: [{ snapshot: { ...snapshot, id: id('2'), name: null, kind: 'automatic' }, reasons: ['daily', 'it is pinned'] }],
};
export const tableDiff: TableDiff = {
  by: 'key',
  columns: ['id', 'note'],
  key: ['id'],
  schema: [],
  counts: { added: 1, removed: 1, changed: 1 },
  added: [[3, 'new']],
  removed: [[2, null]],
  changed: [{ before: [1, 'old'], after: [1, { integer: '9223372036854775807' }], cells: [1] }],
};

export const tablePlan: TableRestorePlan = {
  request: { state: 'latest', database: 'app.db', table: 'orders' },
  snapshot,
  from: 'bytes-1',
  counts: { add: 1, change: 2, remove: 3 },
  schema: [],
};

export const tableOutcome: TableRestoreOutcome = { counts: tablePlan.counts, schema: [], safety: { ...snapshot, id: id('5') } };

const me: MemberInfo = {
  id: id('6'),
  name: 'Ada',
  role: 'editor',
  groups: ['tutors'],
  state: 'member',
  obstacle: null,
  isMe: true,
};

const space: SpaceInfo = {
  id: id('8'),
  name: 'Econometrics',
  hub: '/hub',
  movedTo: null,
  needsNetwork: false,
  me,
  members: [me],
  invites: [],
  findings: [],
  stopped: [],
};

const distribution: DistributionInfo = {
  id: 'd'.repeat(64),
  made: '2026-11-21T10:00:00.000Z',
  isOwn: true,
  message: 'Week 2',
  to: 'all',
  items: [],
  isVoid: false,
  takenBack: [],
  targets: [],
};

const auditReport: AuditReport = {
  space: space.id,
  name: space.name,
  reads: 'all',
  records: 3,
  logs: 2,
  exported: null,
  findings: [],
  isDamaged: false,
  limits: [],
};

const delivery: DeliveryInfo = {
  id: 'd'.repeat(64),
  kind: 'distribution',
  from: 'Master',
  message: 'Week 2',
  made: distribution.made,
  state: 'new',
  items: [],
};

const recall: RecallInfo = {
  id: 'f'.repeat(64),
  kind: 'recall',
  isOwn: true,
  made: distribution.made,
  message: '',
  to: 'all',
  distributions: [distribution.id],
  paths: ['hw1'],
  evenEdited: false,
  previous: false,
  targets: [],
};

const deliveryPlan: DeliveryPlan = {
  delivery,
  from: 'e'.repeat(64),
  counts: { created: 0, updated: 0, replaced: 0, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 },
  same: 0,
  objects: [],
  deletedFiles: 0,
  isMostOfAll: false,
};

const bringPlan: BringPlan = {
  from: deliveryPlan.from,
  counts: deliveryPlan.counts,
  same: 0,
  objects: [],
  deletedFiles: 0,
  isMostOfAll: false,
};

const handedIn: HandInInfo = {
  id: 'b'.repeat(64),
  assignment: 'a'.repeat(64),
  member: { id: me.id, name: me.name },
  number: 1,
  made: '2026-11-21T11:00:00.000Z',
  taken: '2026-11-21T11:00:00.000Z',
  snapshot: snapshot.id,
  state: `hand-in-${'b'.repeat(32)}`,
  isHere: true,
  files: 2,
  bytes: 1200,
  identifier: null,
  note: '',
  lateness: 'on-time',
  lateBy: { least: 0, most: 0 },
  evidence: { notBefore: null, notAfter: null },
  deadline: '2026-12-01T22:59:00.000Z',
  judged: null,
  refused: null,
  counts: true,
  isQueued: false,
  received: null,
  code: 'ABCD-1234-ABCD-1234-ABCD',
  receipt: null,
  feedback: null,
  copy: null,
};

const assignment: AssignmentInfo = {
  id: handedIn.assignment,
  title: 'HW 1',
  description: '',
  deadline: handedIn.deadline,
  zone: '+01:00',
  parts: [{ path: 'hw1', patterns: [] }],
  limit: null,
  late: 'accept',
  isAnonymous: false,
  made: distribution.made,
  edited: null,
  isClosed: false,
  to: 'all',
  distribution: distribution.id,
  handedOut: null,
  mine: null,
  counts: null,
  extended: [],
};

const assignmentDetails: AssignmentDetails = { ...assignment, standings: [] };

const handInPlan: HandInPlan = {
  assignment,
  from: 'e'.repeat(64),
  takesSnapshot: true,
  files: [{ path: 'hw1/a.txt', size: 1200 }],
  bytes: 1200,
  extra: [],
  warnings: [],
  obstacles: [],
};

const receipt: ReceiptInfo = {
  space: space.id,
  assignment: assignment.id,
  title: assignment.title,
  author: me.id,
  name: me.name,
  handIn: handedIn.id,
  root: 'e'.repeat(64),
  files: 2,
  bytes: 1200,
  made: handedIn.made,
  taken: handedIn.taken,
  code: handedIn.code,
  countersigned: null,
};

export interface Call {
  readonly name: string;
  readonly request: unknown;
}

export interface FakeEngine extends EngineApi {
  /** What was called, in order, `dispose` included. */
  readonly calls: Call[];
}

/** An engine that answers every call with a plausible value, or as the overrides say. */
export function fakeEngine(overrides: Partial<EngineApi> = {}): FakeEngine {
  const answers: EngineApi = {
    init: async () => status,
    status: async () => status,
    list: async () => [snapshot],
    take: async () => snapshot,
    takeAutomatic: async () => null,
    show: async () => snapshot,
    config: async ({ compression, retention, receive, budget, bandwidth }) => ({
      compression: compression ?? 3,
      ...(retention ? { retention } : {}),
      ...(receive ? { receive } : {}),
      ...(budget ? { budget } : {}),
      ...(bandwidth ? { bandwidth } : {}),
    }),
    alone: async () => ({ objects: 1, bytes: 20 }),
    storage: async () => storage,
    storedFolder: async () => storedFolder,
    forecastDelete: async () => ({ bytes: 120_000, waitingFor: [] }),
    why: async () => why,
    planReclaim: async ({ free }) => ({ ...reclaimPlan, free }),
    reclaim: async (plan) => ({ snapshots: plan.snapshots, planned: plan.bytes, bytes: plan.bytes, waitingFor: [] }),
    planThin: async () => thinPlan,
    thin: async ({ snapshots }) => ({ snapshots, blocked: [] }),
    edit: async () => snapshot,
    planDelete: async () => ({ snapshots: [snapshot], blocked: [] }),
    delete: async () => ({ snapshots: [snapshot], blocked: [] }),
    ls: async () => [],
    read: async () => new Uint8Array(),
    diff: async () => ({ added: [], changed: [], removed: [], moved: [] }),
    changes: async () => ({ counts: { added: 0, changed: 0, removed: 0, moved: 0 }, changes: [] }),
    find: async () => ({ count: 0, paths: [] }),
    history: async () => [],
    planRestore: async (request) => ({ ...restorePlan, request }),
    executeRestore: async () => restoreOutcome,
    restore: async () => restoreOutcome,
    planUndo: async () => restorePlan,
    undo: async () => restoreOutcome,
    recover: async () => restoreOutcome,
    space: async () => space,
    spaceOverview: async () => ({
      ...space,
      inbox: [],
      distributions: [],
      recalls: [],
      distributed: { items: 0, newer: 0, made: null },
    }),
    createSpace: async () => ({ space, recoveryCode: 'R1AAA-BBBBB' }),
    readInvite: async () => ({ space: space.id, hub: space.hub }),
    joinSpace: async () => space,
    recoverSpace: async () => space,
    compactHub: async ({ isPlan }) => ({
      retired: { packs: 3, bytes: 40_000_000 },
      rewritten: { packs: 1, bytes: 16_000_000 },
      broughtBack: { packs: 0, bytes: 0 },
      removed: isPlan === true ? { files: 0, bytes: 0 } : { files: 2, bytes: 5_000_000 },
      waiting: { files: 8, bytes: 56_000_000, until: '2026-10-01T12:00:00.000Z' },
      heldBy: [],
    }),
    moveHub: async ({ hub }) => ({ space: { ...space, hub }, files: 12, bytes: 5_000_000 }),
    followHub: async () => space,
    hubRights: async () => ({
      everybody: { reads: ['logs'], writes: ['bell'] },
      members: [{ id: id('7'), name: 'A\u001bda', reads: ['areas/1'], writes: ['logs/7', 'areas/2'] }],
    }),
    invite: async () => ({ id: id('7'), code: 'snapstage1_code', link: 'vscode://snapstage.snapstage/join?code=snapstage1_code' }),
    planAssignment: async (request) => ({
      terms: assignment,
      to: 'all',
      distribution: null,
      handsOut: request.parts?.map((part) => part.path) ?? [],
    }),
    createAssignment: async () => assignment,
    editAssignment: async () => assignment,
    extend: async () => assignmentDetails,
    assignments: async () => [assignment],
    assignment: async () => assignmentDetails,
    planHandIn: async () => handInPlan,
    handIn: async () => ({ handIn: handedIn, snapshot, isSent: true, sealedBytes: 1000 }),
    saveReceipt: async () => receipt,
    verifyReceipt: async () => receipt,
    collect: async () => ({ folder: '/Assignments/HW 1', items: [] }),
    handInChanges: async () => [],
    judge: async () => handedIn,
    giveFeedback: async () => handedIn,
    fetchFeedback: async () => ({ state: null, files: 0, renamed: [], leftOut: [] }),
    grades: async () => [],
    similarity: async () => ({ assignment: assignment.id, compared: 0, notHere: [], found: 0, pairs: [] }),
    similarMatches: async () => ({ regions: [], contents: [] }),
    withdrawInvite: async () => space,
    admitMember: async () => space,
    changeMember: async () => space,
    removeMember: async () => space,
    leaveSpace: async () => undefined,
    planDistribution: async () => ({ objects: [], to: 'all', exceptions: [], takesSnapshot: false }),
    distribute: async () => distribution,
    distributions: async () => [distribution],
    inbox: async () => [delivery],
    planRecall: async () => ({ distributions: [distribution], paths: ['hw1'], to: 'all', evenEdited: false, previous: false }),
    recall: async () => [recall],
    recalls: async () => [recall],
    directTargets: async () => [],
    deliverDirectly: async () => [],
    noteUnsaved: async () => undefined,
    undoDistribution: async () => recall,
    distributed: async () => ({ id: 'a'.repeat(64), distributions: 1, made: distribution.made, isOffline: false }),
    planPull: async () => bringPlan,
    pull: async () => bringPlan,
    planStageHere: async () => bringPlan,
    stageHere: async () => bringPlan,
    planReceive: async () => deliveryPlan,
    resolve: async () => deliveryPlan,
    receive: async () => ({ delivery, counts: deliveryPlan.counts, objects: [] }),
    mergeText: async () => ({ isClean: true, text: '', conflicts: 0 }),
    keepMerged: async () => deliveryPlan,
    tableConflicts: async () => ({ columns: [], incomingOnly: 0, mineOnly: 0, total: 0, rows: [] }),
    resolveRows: async () => deliveryPlan,
    readSide: async () => new Uint8Array(),
    preview: async () => ({ objects: [], targets: [], isMirror: false, isWhole: false }),
    received: async () => null,
    readReceived: async () => new Uint8Array(),
    audit: async () => ({ space: space.id, name: space.name, reads: 'all', entries: [] }),
    verifyAudit: async () => auditReport,
    exportAudit: async () => ({ space: space.id, records: 3, bytes: 5000 }),
    verifyAuditFile: async () => auditReport,
    links: async () => ({ parent: null, dependants: [] }),
    detach: async () => ({ objects: 0, bytes: 0 }),
    relink: async () => ({ parent: null, dependants: [] }),
    forget: async () => ({ parent: null, dependants: [] }),
    clone: async ({ to }) => ({ folder: to, files: 12, bytes: 1_234_567, snapshot }),
    exportSnapshot: async () => ({ snapshot, bytes: 400_000 }),
    planImport: async () => ({ snapshot, present: false }),
    importSnapshot: async () => ({ outcome: 'imported', snapshot, storedBytes: 300_000 }),
    planCopy: async () => ({ snapshot, present: false, objects: 5, bytes: 1000, presentBytes: 500 }),
    copySnapshot: async () => ({ outcome: 'imported', snapshot, storedBytes: 500 }),
    tables: async () => [],
    tableRows: async () => ({ columns: [], rows: [], next: null }),
    diffTable: async () => tableDiff,
    planTableRestore: async (request) => ({ ...tablePlan, request }),
    executeTableRestore: async () => tableOutcome,
    restoreTable: async () => tableOutcome,
    verify: async () => ({ snapshots: 1, packs: 1, objects: 20, bytesRead: 0, damage: [] }),
    compact: async () => ({ removedObjects: 0, freedBytes: 0, rewrittenBytes: 0, packsBefore: 1, packsAfter: 1, waitingFor: [] }),
    applications: async () => ({ applications: [], more: 0 }),
    checkApplications: async () => ({ same: true, applications: [], more: 0, machine: {} }),
    planRecreate: async () => {
      throw new SnapstageError('not-found', 'There is no application.');
    },
    stage: async () => ({ objects: [], unreadable: [] }),
    planStage: async () => ({ changes: [], missing: [] }),
    addToStage: async () => ({ changes: [], missing: [] }),
    removeFromStage: async () => ({ objects: [], unreadable: [] }),
    setStrategy: async () => ({ objects: [], unreadable: [] }),
    bundles: async () => ({ bundles: [], unreadable: [] }),
    saveBundle: async ({ name }) => ({ name, saved: snapshot.created, objects: 1 }),
    deleteBundles: async () => ({ bundles: [], unreadable: [] }),
    dispose: async () => undefined,
    ...overrides,
  };
  const calls: Call[] = [];
  const recorded = new Proxy(answers, {
    get(target, name: keyof EngineApi) {
      const answer: (...given: never[]) => unknown = target[name];
      return (...given: never[]) => {
        calls.push({ name, request: given[0] });
        return answer(...given);
      };
    },
  });
  return Object.assign(Object.create(recorded) as EngineApi, { calls });
}

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
  /** Programs that were started. */
  readonly started: readonly Start[];
  /** Standard output read as one JSON document. */
  json(): unknown;
}

export interface Setting {
  readonly engine?: EngineApi;
  readonly terminal?: boolean;
  /** Answers to questions; absent: nobody to ask. */
  readonly answers?: readonly (string | undefined)[];
  readonly cwd?: string;
  /** Exit codes of the programs that are started, in order; 0 where there is none. */
  readonly exitCodes?: readonly number[];
  readonly signal?: AbortSignal;
  readonly findInstance?: (start: string) => string | undefined;
  readonly write?: (chunk: string | Uint8Array) => Promise<void>;
  readonly clock?: () => number;
  readonly columns?: number;
}

/** Runs one command line against the fakes. */
export async function runFake(argv: readonly string[], setting: Setting = {}): Promise<Run> {
  const out: Uint8Array[] = [];
  const err: string[] = [];
  const questions: string[] = [];
  const started: Start[] = [];
  const answers = [...(setting.answers ?? [])];
  const stream = { terminal: setting.terminal ?? false, columns: setting.columns ?? 80, paint: (_: unknown, text: string) => text };
  const io: Io = {
    out: {
      ...stream,
      write: async (chunk) => {
        await setting.write?.(chunk);
        out.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      },
    },
    err: {
      ...stream,
      write: async (chunk) => {
        err.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      },
    },
    cwd: path.resolve(setting.cwd ?? course),
    ...(setting.answers && {
      ask: async (question: string) => {
        questions.push(question);
        return answers.shift();
      },
    }),
    start: async (start) => (setting.exitCodes ?? [])[started.push(start) - 1] ?? 0,
    signal: setting.signal ?? new AbortController().signal,
    clock: setting.clock ?? (() => 0),
    locale: 'en-US',
    timeZone: 'UTC',
  };
  const engine = setting.engine ?? fakeEngine();
  const findInstance = setting.findInstance ?? ((start: string) => (start.startsWith(course) ? course : undefined));
  const code = await run(argv, io, { version: '1.2.3', openEngine: () => engine, findInstance });
  const text = Buffer.concat(out).toString();
  return { code, out: text, err: err.join(''), questions, started, json: () => JSON.parse(text) as unknown };
}
