/** The Stage in words. */
import type { SnapshotInfo } from '../../engine/api.ts';
import type { BundleInfo, Stage, StageChange, StagedObject, StagePlan } from '../../engine/stageApi.ts';
import { firstLines } from './changes.ts';
import type { Formats } from './format.ts';
import { snapshotTitle } from './snapshots.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const shownChanges = 20;

/** What `stage add` and `stage remove` call it: a path, `DB:TABLE`, an application's name. */
export function objectTitle({ type, path, table, application }: StagedObject): string {
  const shown = path === '' ? '.' : escapeText(path);
  switch (type) {
    case 'file':
      return shown;
    case 'folder':
      return `${shown}/`;
    case 'table':
      return `${shown}:${escapeText(table ?? '')}`;
    case 'application':
      return `${application ?? ''}:${shown}`;
    case 'snapshot':
      return 'all of it';
  }
}

/** `current`, or a snapshot's id and name. */
function stateTitle({ state, snapshot }: { readonly state: string; readonly snapshot: SnapshotInfo | null }): string {
  if (snapshot !== null) return snapshotTitle(snapshot);
  return state === 'current' ? state : shortId(state);
}

/** A line of `stage list`; `object` is absent where the record can't be read. */
export interface StageRow {
  readonly object?: StagedObject;
  readonly id: string;
  readonly note: string;
}

export function stageRows({ objects, unreadable }: Stage): StageRow[] {
  const titles = new Map(objects.map((object) => [object.id, objectTitle(object)]));
  return [
    ...objects.map((object) => ({ object, id: object.id, note: object.problem ?? withinText(object, titles) })),
    ...unreadable.map(({ id, reason }) => ({ id, note: reason })),
  ];
}

function withinText({ within }: StagedObject, titles: ReadonlyMap<string, string>): string {
  return within === null ? '' : `within ${titles.get(within) ?? ''}`;
}

export const stageColumns: readonly Column<StageRow>[] = [
  { title: 'Object', cell: ({ object, id }) => (object === undefined ? id : objectTitle(object)), style: () => 'bold' },
  { title: 'Type', cell: ({ object }) => object?.type ?? '?' },
  { title: 'From', cell: ({ object }) => (object === undefined ? '' : stateTitle(object)) },
  { title: 'Strategy', cell: ({ object }) => object?.strategy ?? '' },
  { title: 'Note', cell: ({ note }) => escapeText(note), style: ({ object }) => (object?.problem === null ? 'dim' : 'red') },
];

/** A line for each object that comes onto the Stage, or would. */
export function stagedLines({ changes }: StagePlan, formats: Formats): string[] {
  return firstLines(changes.map(changeLine), shownChanges, formats, '`snapstage stage list`');
}

function changeLine({ object, replaces }: StageChange): string {
  const strategy = object.strategy === null ? '' : `, strategy ${object.strategy}`;
  const isOther = replaces !== null && replaces.state !== object.state;
  const instead = replaces === null ? '' : isOther ? `, in place of the one from ${stateTitle(replaces)}` : ', which was there already';
  return `${objectTitle(object)}  from ${stateTitle(object)}${strategy}${instead}`;
}

/** Of a bundle: what could not be staged, and why. */
export function missingLines({ missing }: StagePlan): string[] {
  return missing.map((object) => `${objectTitle(object)} from ${stateTitle(object)} was not staged: ${escapeText(object.problem ?? '')}`);
}

export function bundleColumns(formats: Formats): Column<BundleInfo>[] {
  return [
    { title: 'Bundle', cell: ({ name }) => escapeText(name), style: () => 'bold' },
    { title: 'Objects', align: 'right', cell: ({ objects }) => formats.number(objects) },
    { title: 'Saved', cell: ({ saved }) => formats.time(saved) },
  ];
}
