/** Previews to look at. */
import type { SnapshotInfo } from '../../src/engine/api.ts';
import type { DeliveryOutcome, ExceptionRequest, ObjectVersion } from '../../src/engine/deliveryApi.ts';
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../src/engine/previewApi.ts';
import type { StagedObject, Strategy } from '../../src/engine/stageApi.ts';

export const now = new Date('2026-11-21T14:30:00Z');

const states: readonly PreviewState[] = ['new', 'same', 'safe', 'edited', 'deleted-there', 'kind-clash', 'unknown'];
const outcomes: readonly DeliveryOutcome[] = ['created', 'updated', 'replaced', 'kept', 'saved-beside', 'deleted', 'merged', 'waiting'];

/** As the engine has it: what becomes of an object under three of the strategies; the others are like one of them. */
const becomes = ({ strategy, runsCode }: Pick<PreviewObject, 'strategy' | 'runsCode'>, state: PreviewState): DeliveryOutcome | null => {
  if (state === 'same' || state === 'unknown') return null;
  if (runsCode) return 'waiting';
  if (state === 'safe') return 'updated';
  if (state !== 'new' && strategy === 'ask') return 'waiting';
  if (state !== 'new' && strategy === 'skip') return 'kept';
  return state === 'new' || state === 'deleted-there' ? 'created' : 'replaced';
};

const tableOf = ({ type, part }: PreviewObject): string | null => (type === 'table' ? part : null);

function countsOf<Key extends string>(keys: readonly Key[], all: readonly Key[]): Record<Key, number> {
  const counts = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
  for (const key of all) counts[key] += 1;
  return counts;
}

const oldPaths = Array.from({ length: 14 }, (_, week) => `hw1/week ${String(week + 1).padStart(2, '0')}.md`);
const noneRemoved = { count: 0, paths: [], others: 7 };

type GivenObject = Pick<PreviewObject, 'path'> & Partial<PreviewObject>;

/** A member by its name, with a state for each object. */
export interface GivenTarget extends Partial<PreviewTarget> {
  readonly name: string;
  readonly states: readonly PreviewState[];
  /** What a mirror deletes, where one is. */
  readonly mirrored?: PreviewTarget['removed'];
}

export interface Scene {
  readonly staged: readonly StagedObject[];
  readonly objects: readonly GivenObject[];
  readonly targets: readonly GivenTarget[];
  /** What was last received, by member and path. */
  readonly received: Readonly<Record<string, ObjectVersion>>;
}

/** The preview of a scene, where objects have the strategy of what they are staged with, or this one. */
export function previewOf(
  { objects, targets, staged: onStage }: Scene,
  overall: Strategy,
  exceptions: readonly ExceptionRequest[] = [],
): DistributionPreview {
  const own = ({ path }: GivenObject): Strategy | null =>
    onStage.findLast((one) => one.path === path || path.startsWith(`${one.path}/`))?.strategy ?? null;
  const made = objects.map((object, at): PreviewObject => {
    const strategy = own(object) ?? overall;
    const counts = countsOf(
      states,
      targets.map((target) => target.states[at]!),
    );
    const defaults = { type: 'file', part: null, kind: 'file', size: 1234, runsCode: false } as const;
    return { ...defaults, strategy, counts, ...object };
  });
  return {
    objects: made,
    targets: targets.map(({ mirrored = noneRemoved, ...target }, at): PreviewTarget => {
      const id = String(at).padStart(32, 'a');
      const others = exceptions.filter((one) => one.target === id).map(({ path, table = null, strategy }) => ({ path, table, strategy }));
      const used = made.map((object) => ({
        ...object,
        ...others.find((one) => one.path === object.path && one.table === tableOf(object)),
      }));
      const done = target.states.map((state, column) => becomes(used[column]!, state));
      return {
        id,
        role: 'editor',
        published: '2026-11-21T13:02:00.000Z',
        entries: 120,
        unknown: null,
        counts: countsOf(states, target.states),
        becomes: done,
        exceptions: others,
        outcomes: countsOf(
          outcomes,
          done.filter((outcome) => outcome !== null),
        ),
        removed: overall === 'mirror' && (target.unknown ?? null) === null ? mirrored : null,
        ...target,
      };
    }),
    isMirror: overall === 'mirror',
    isWhole: false,
  };
}

export function staged(path: string, type: StagedObject['type'], more: Partial<StagedObject> = {}): StagedObject {
  return {
    id: path.padEnd(32, '0'),
    type,
    state: 'current',
    snapshot: null,
    path,
    table: null,
    application: null,
    strategy: null,
    added: '2026-11-21T12:00:00.000Z',
    size: null,
    within: null,
    problem: null,
    ...more,
  };
}

const weekOne: SnapshotInfo = {
  id: 'b'.repeat(32),
  name: 'Week 1 ready',
  description: null,
  kind: 'described',
  reason: null,
  created: '2026-11-20T12:00:00.000Z',
  consistency: 'consistent',
  partial: false,
  pinned: false,
  files: 1,
  folders: 0,
  links: 0,
  bytes: 10,
  addedBytes: 10,
};

/** Every state, a viewer, someone who never published, and what may run programs. */
export const smallScene: Scene = {
  staged: [
    staged('hw2', 'folder'),
    staged('data/prices.db', 'table', { table: 'orders' }),
    staged('.vscode/tasks.json', 'file'),
    staged('syllabus.md', 'file', { snapshot: weekOne, state: weekOne.id }),
  ],
  objects: [
    { path: '.vscode/tasks.json', runsCode: true },
    { path: 'data/prices.db', part: 'orders', type: 'table' },
    { path: 'hw2/notes.md', type: 'folder' },
    { path: 'hw2/plots/figure with a long name 03.png', type: 'folder' },
    { path: 'hw2/raw', type: 'folder' },
    { path: 'syllabus.md' },
  ],
  targets: [
    {
      name: 'Ada Lovelace',
      mirrored: { count: 14, paths: oldPaths, others: 23 },
      states: ['new', 'unknown', 'edited', 'deleted-there', 'kind-clash', 'safe'],
    },
    { name: 'Bob', states: ['new', 'unknown', 'safe', 'new', 'new', 'same'] },
    { name: 'Carla', states: ['new', 'new', 'new', 'new', 'new', 'same'] },
    {
      name: 'Dora (viewer)',
      role: 'viewer',
      published: null,
      entries: null,
      unknown: 'viewer',
      states: Array<PreviewState>(6).fill('unknown'),
    },
    { name: 'Emil', published: null, entries: null, unknown: 'never', states: Array<PreviewState>(6).fill('unknown') },
    { name: 'Frida', published: '2026-11-18T09:00:00.000Z', unknown: 'missing', states: Array<PreviewState>(6).fill('unknown') },
  ],
  received: {
    'Ada Lovelace hw2/notes.md': { kind: 'file', size: 1200, modified: '2026-11-10T08:00:00.000000000Z', id: 'c'.repeat(64) },
  },
};

/** As many as a large course has: mostly fine, every seventh of every fifth edited. */
export function largeScene(members: number, count: number): Scene {
  const stateAt = (row: number, column: number): PreviewState => {
    if (row % 5 === 0 && column % 7 === 3) return 'edited';
    if (row % 50 === 7) return 'unknown';
    return column % 3 === 0 ? 'same' : column % 3 === 1 ? 'safe' : 'new';
  };
  const padded = (index: number): string => String(index).padStart(4, '0');
  return {
    staged: [staged('material', 'folder')],
    objects: Array.from({ length: count }, (_, column) => ({
      path: `material/week-${padded(column % 20)}/file-${padded(column)}.csv`,
      type: 'folder' as const,
    })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    targets: Array.from({ length: members }, (_, row) => ({
      name: `Member ${padded(row)}`,
      unknown: row % 50 === 7 ? 'missing' : null,
      states: Array.from({ length: count }, (__, column) => stateAt(row, column)),
    })),
    received: {},
  };
}

export function sceneNamed(name: string): Scene {
  const [, members, count] = /^large:(\d+)x(\d+)$/.exec(name) ?? [];
  return members === undefined ? smallScene : largeScene(Number(members), Number(count));
}
