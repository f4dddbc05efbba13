import { SnapstageError } from '../../base/errors.ts';
import { foldersAbove } from '../../instance/scopes.ts';
import { sameContent } from '../../instance/diff.ts';
import { idOf } from '../../store/ids.ts';
import type { ObjectSink } from '../../store/objectWriter.ts';
import { Kind, type TreeEntry } from '../../store/tree.ts';
import { permissionsOf } from './classify.ts';
import type { MergedContent } from './decisions.ts';
import { editTree, EMPTY_ID, type Edit } from './editTree.ts';
import type { MergePlan, MergeRequest, Planned } from './plan.ts';

/** Databases with the plan's tables put into them, by place, as `databasesOf` names and `writeDatabase` makes them. */
export type Databases = ReadonlyMap<string, MergedContent>;

/**
 * The target's tree as the plan makes it of `mine`: nothing else differs. Returns its root; new trees go to the sink.
 * @throws SnapstageError `bug` when a database is missing.
 */
export function mergedTree({ sides, target }: MergeRequest, plan: MergePlan, sink: ObjectSink, databases: Databases = new Map()): Buffer {
  const { incoming, mine } = sides;
  const delivery = new Delivery(plan.objects, databases);
  const deliveredAt = (path: string): TreeEntry | undefined => incoming.trees.entry(incoming.folder, path);
  const aboveUnread = new Set(target.unread.flatMap(foldersAbove));
  const edits = plan.objects.flatMap((object) => delivery.editOf(object) ?? []);
  return editTree(mine, edits, {
    sink,
    folderAt: (path) => delivery.entry(deliveredAt(path)!),
    staysEmpty: (place, path) => aboveUnread.has(place) || deliveredAt(path)?.kind === Kind.folder,
  });
}

/** Delivered entries as they are written at the target. */
class Delivery {
  /** Files that are one file with several names: where those lie that are written now. */
  private readonly groups: ReadonlyMap<bigint, readonly string[]>;
  private readonly databases: Databases;

  constructor(objects: readonly Planned[], databases: Databases) {
    this.databases = databases;
    const written = objects.filter((object) => object.incoming !== undefined && object.incoming.group !== 0n && isWritten(object));
    const groups = Map.groupBy(written, ({ incoming }) => incoming!.group);
    this.groups = new Map([...groups].map(([group, names]) => [group, names.map(({ place, beside }) => beside?.place ?? place)]));
  }

  editOf(object: Planned): Edit | undefined {
    const { outcome, path, place, incoming, beside } = object;
    if (bringsTable(object)) return { path, place, entry: this.database(object) };
    switch (outcome) {
      case 'created':
      case 'replaced':
        return { path, place, entry: this.entry(incoming!) };
      case 'updated':
        return { path, place, entry: this.updated(object, incoming!) };
      case 'merged':
        return { path, place, entry: merged(object) };
      case 'saved-beside':
        return { path, place: beside!.place, entry: this.entry(incoming!) };
      case 'deleted':
        return { path, place, entry: undefined };
      case 'kept':
      case 'waiting':
        return undefined;
    }
  }

  /** A folder comes without what is in it, which is written by itself. */
  entry(incoming: TreeEntry): TreeEntry {
    const mode = permissionsOf(incoming.mode);
    return incoming.kind === Kind.folder ? { ...incoming, mode, id: EMPTY_ID } : { ...incoming, mode, group: this.groupOf(incoming) };
  }

  private database({ place, incoming, mine }: Planned): TreeEntry {
    const content = this.databases.get(place);
    if (content === undefined) throw new SnapstageError('bug', `The database “${place}” was not written.`, { path: place });
    return { ...(mine ?? this.entry(incoming!)), ...content, group: 0n };
  }

  private updated(object: Planned, incoming: TreeEntry): TreeEntry {
    const mine = object.mine!;
    const entry = this.entry(incoming);
    if (mine.kind !== incoming.kind) return entry;
    if (bringsContent(object)) return { ...entry, mode: modeOf(object) };
    return { ...mine, id: entry.id, mode: entry.mode };
  }

  /** A number of its own: the sender's may be that of other files here. */
  private groupOf({ group }: TreeEntry): bigint {
    const places = this.groups.get(group) ?? [];
    return places.length < 2 ? 0n : idOf(Buffer.from(`delivered ${places[0]!}`)).readBigUInt64LE() | 1n;
  }
}

/** Whether a table is put into its database. */
export function bringsTable({ table, outcome }: Planned): boolean {
  return table !== undefined && (outcome === 'created' || outcome === 'updated' || outcome === 'replaced' || outcome === 'merged');
}

function isWritten(object: Planned): boolean {
  const { outcome } = object;
  return outcome === 'created' || outcome === 'replaced' || outcome === 'saved-beside' || (outcome === 'updated' && bringsContent(object));
}

/** Not for new permissions alone. */
function bringsContent({ incoming, mine }: Planned): boolean {
  return mine!.kind !== incoming!.kind || (mine!.kind !== Kind.folder && !sameContent(mine!, incoming!));
}

function merged(object: Planned): TreeEntry {
  const { decision, mine } = object;
  return decision?.take === 'merge' ? { ...mine!, ...decision.content, mode: modeOf(object), group: 0n } : mine!;
}

/** Permissions that were changed at the target stay. */
function modeOf({ base, incoming, mine }: Planned): number {
  const isOwn = base === undefined || permissionsOf(base.mode) !== permissionsOf(mine!.mode);
  return isOwn ? mine!.mode : permissionsOf(incoming!.mode);
}
