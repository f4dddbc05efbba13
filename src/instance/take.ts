import { quietly, SnapstageError } from '../base/errors.ts';
import type { Work } from '../base/work.ts';
import { installedExtensions, type InstalledExtension } from '../store/extensions.ts';
import { NO_LABELS, nextSequence, type Labels, type Note, type SnapshotRecord, type StoredSnapshot } from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { Capturer, type Capture } from './capture.ts';
import type { CrewFor } from '../base/crew.ts';
import { clearUnfinished } from './newFolder.ts';
import type { TakeWorker } from './takeWorker.ts';
import type { StatCache } from './statCache.ts';
import type { State } from './states.ts';
import { UnchangedFiles } from './unchangedFiles.ts';

export interface TakeOptions {
  readonly kind: SnapshotRecord['kind'];
  readonly reason?: string;
  readonly labels?: Labels;
  readonly hint?: readonly string[];
  readonly alwaysTaken?: readonly string[];
  /** Refused with `in-use` when somebody is at work on the folder. */
  readonly unlessInUse?: boolean;
  /** What the caller knows of that, and what was done to quiet it down. */
  readonly inUse?: readonly Note[];
  readonly quieted?: readonly Note[];
  /** What the editor's profile has installed, where an editor takes it. */
  readonly extensions?: readonly InstalledExtension[];
  /** Told what was found, with the snapshots that there are, newest first, before the new one is written; what it throws ends all. */
  readonly onCapture?: (capture: Capture, snapshots: readonly StoredSnapshot[]) => void;
  /** The snapshot that the folder was filled from a moment ago: what that one lacks, this one lacks. */
  readonly origin?: { readonly record: SnapshotRecord; readonly state: State };
}

/** Bytes; to read fewer once more takes less time than to look whose they are. */
const WORTH_KNOWING = 64 << 10;
/** What is kept of long lists of notes; the rest is counted. */
const MAX_NOTES = 1000;

/** Takes snapshots of one folder. */
export class Taker {
  /** Absolute path of the instance. */
  readonly folder: string;
  private readonly cache: StatCache;
  private readonly crewFor: CrewFor<TakeWorker>;

  constructor(root: string, cache: StatCache, crewFor: CrewFor<TakeWorker>) {
    this.folder = root;
    this.cache = cache;
    this.crewFor = crewFor;
  }

  /** Takes a snapshot, durably. Rejects with `in-use`, `cancelled`, `no-space`, `io`; nothing is left behind then. */
  async take(store: Store, options: TakeOptions, work: Work): Promise<{ snapshot: StoredSnapshot; capture: Capture }> {
    clearUnfinished(store);
    const { snapshots } = store.snapshots.list();
    const table = this.cache.load(store);
    const latest = snapshots[0];
    const hint = table !== undefined && latest !== undefined && table.snapshot === latest.id ? options.hint : undefined;
    const onInUse = (found: readonly Note[]): void => {
      const inUse = [...(options.inUse ?? []), ...found];
      if (options.unlessInUse === true && inUse.length > 0) throw isInUse(inUse);
    };
    const { origin, alwaysTaken = [] } = options;
    const request = { store: true, ...(hint ? { hint } : {}), ...(origin ? { origin: origin.state } : {}), alwaysTaken, onInUse };
    const capture = await this.capture(store, work, request);
    options.onCapture?.(capture, snapshots);
    // Too late to be cancelled: the packs are written to the end, and only a record is missing.
    const record = recordOf(capture, options, store, snapshots, hint === undefined ? undefined : latest);
    const id = store.publish(record, options.labels ?? NO_LABELS);
    const isSame = table !== undefined && latest !== undefined && record.root === latest.record.root && capture.newPacks === 0;
    // The snapshot is there; what only saves time next time may fail (a full disk, say).
    quietly(() => {
      if (!isSame) this.cache.save(store, capture.nextTable(id));
      else if (capture.confirmed) this.cache.save(store, table);
      store.saveIndex(capture.newPacks);
    });
    const snapshot = { id, record, labels: options.labels ?? NO_LABELS };
    return { snapshot, capture };
  }

  /**
   * The current state, without storing anything. Where it is that of a snapshot, as after a restore, what was read for it need not be read
   * once more: all ids are in the store.
   */
  async look(store: Store, work: Work, alwaysTaken: readonly string[] = []): Promise<Capture> {
    const table = this.cache.load(store);
    const capture = await this.capture(store, work, { store: false, alwaysTaken });
    const root = capture.root.toString('hex');
    quietly(() => {
      const same =
        capture.readBytes > WORTH_KNOWING ? store.snapshots.list().snapshots.find(({ record }) => record.root === root) : undefined;
      if (same !== undefined) this.cache.save(store, capture.nextTable(same.id));
      else if (table !== undefined && capture.confirmed) this.cache.save(store, table);
    });
    return capture;
  }

  /** The files that are as the last look saw them, if there was one. */
  unchanged(store: Store): UnchangedFiles | undefined {
    const table = this.cache.load(store);
    return table && new UnchangedFiles(this.folder, table);
  }

  /** Stores what is in the folder now, without a snapshot of it: what a damaged store lacks may be among it. */
  async store(store: Store, work: Work): Promise<void> {
    await this.capture(store, work, { store: true });
  }

  private async capture(store: Store, work: Work, request: ConstructorParameters<typeof Capturer>[0]['request']): Promise<Capture> {
    const capturer = new Capturer({ root: this.folder, store, table: this.cache.load(store), crewFor: this.crewFor, work, request });
    return capturer.run();
  }
}

function isInUse(inUse: readonly Note[]): SnapstageError {
  const [first, ...more] = inUse;
  const what = first!.path === '' ? first!.reason : `${first!.path}: ${first!.reason}`;
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  return new SnapstageError('in-use', `In use: ${what}${others}.`, { inUse });
}

function recordOf(
  capture: Capture,
  options: TakeOptions,
  store: Store,
  snapshots: readonly StoredSnapshot[],
  hintedFrom: StoredSnapshot | undefined,
): SnapshotRecord {
  // What was not looked at is as it was: also what could not be read of it then.
  const before = options.origin?.record ?? withoutHinted(hintedFrom?.record, options.hint ?? []);
  const evidence = joined([...(options.inUse ?? []), ...capture.evidence], before.evidence);
  const unreadable = joined(capture.unreadable, before.unreadable);
  const isConsistent = evidence.length === 0 && unreadable.length === 0;
  const quieted = options.quieted ?? [];
  const extensions = options.extensions ?? options.origin?.record.extensions;
  evidence.push(...quieted);
  if (hintedFrom !== undefined) {
    evidence.push({ path: '', reason: `only what the editor named was looked at; the rest is as of ${hintedFrom.record.created}` });
  }
  return {
    version: 1,
    nonce: store.host.randomHex(8),
    root: capture.root.toString('hex'),
    rootMode: capture.rootMode,
    rootMtime: capture.rootMtime.toString(),
    created: new Date(store.host.now()).toISOString(),
    sequence: nextSequence(snapshots),
    kind: options.kind,
    reason: options.reason ?? null,
    consistency: !isConsistent ? 'crash-consistent' : quieted.length > 0 ? 'quiesced' : 'consistent',
    ...capture.totals,
    addedBytes: capture.storedBytes,
    linked: capture.linked,
    excluded: bounded(hintedFrom?.record.excluded ?? capture.excluded),
    unreadable: bounded(unreadable),
    evidence: bounded(evidence),
    ...(extensions === undefined ? {} : { extensions: installedExtensions(extensions) }),
  };
}

/** Notes of an earlier snapshot on paths other than those looked at now. */
function withoutHinted(record: SnapshotRecord | undefined, hint: readonly string[]): Pick<SnapshotRecord, 'evidence' | 'unreadable'> {
  const hinted = new Set(['', ...hint]);
  const kept = (notes: readonly Note[] = []): Note[] => notes.filter(({ path }) => !hinted.has(path));
  return { evidence: kept(record?.evidence), unreadable: kept(record?.unreadable) };
}

function joined(notes: readonly Note[], more: readonly Note[]): Note[] {
  const paths = new Set(notes.map(({ path }) => path));
  return [...notes, ...more.filter(({ path }) => !paths.has(path))];
}

function bounded(notes: readonly Note[]): Note[] {
  const sorted = notes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  if (sorted.length <= MAX_NOTES) return sorted;
  return [...sorted.slice(0, MAX_NOTES), { path: '', reason: `and ${sorted.length - MAX_NOTES} more` }];
}

/** @throws SnapstageError `usage` for a name that `STATE` could not tell from something else. */
export function checkName(name: string): void {
  const taken = name === '' || name === 'current' || /^latest(~\d+)?$/.test(name) || /^[0-9a-f]{32}$/.test(name);
  if (taken || name.length > 200 || /[\0-\x1f\x7f]/.test(name)) {
    throw new SnapstageError('usage', `“${name.slice(0, 60)}” can’t be the name of a snapshot.`, { name });
  }
}
