/** Publishing what this instance has, so that the Master can see beforehand what a distribution would meet. */
import { SnapstageError } from '../base/errors.ts';
import { Trees } from '../instance/states.ts';
import { targetFor } from '../space/members/acts.ts';
import { vaultOf } from '../space/members/audiences.ts';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { Participant } from '../space/participant/participant.ts';
import { isThere, publishedBy, removeOthers, sendTable } from '../space/preview/published.ts';
import { digestOf, encodeTable, MAX_ROWS, rowsIn, type PublishedObject } from '../space/preview/table.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';
import type { Open } from './open.ts';
import type { PublishedInfo } from './spaceApi.ts';

/** Nobody waits for what is published in the background. */
const PAUSE_MS = 10 * 60_000;
const NOTE = `${SPACE_FOLDER}/published`;
const KEY_BYTES = 32;

/** What was published last from here. */
interface Note {
  /** Hash of the sealed file, hex. */
  readonly table: string;
  /** Root (hex) of the current state then, and a digest of what it has without times and permissions. */
  readonly root: string;
  readonly digest: string;
}

/**
 * Publishes the current state to the vault where it has changed since, as a member who is an editor; of `isPolled` ones at most one in ten
 * minutes. Costs a look at the folder; what is sent is a record and 17 bytes per object, in place of what was there. Returns what was sent.
 * @throws SnapstageError those of the hub, and of the look.
 */
async function publishState(
  open: Open,
  participant: Participant,
  { isPolled }: { readonly isPolled: boolean },
): Promise<PublishedInfo | undefined> {
  const { store, taker, work } = open;
  const { log, space } = participant.belonging;
  const { members, stopped } = participant.state;
  const me = members.get(log);
  if (participant.isMaster || stopped.length > 0 || me?.state !== 'admitted' || me.described?.role !== 'editor') return undefined;
  const last = publishedBy(participant.state, me);
  const now = store.host.now();
  if (isPolled && last !== undefined && now >= last.made && now - last.made < PAUSE_MS) return undefined;

  const look = await taker.look(store, work);
  const root = look.root.toString('hex');
  const note = readNote(open);
  const isNoted = last !== undefined && note?.table === last.table;
  if (isPolled && isNoted && note.root === root) return undefined; // whether the hub still has it is asked when nobody minds the cost
  const isCurrent = isNoted && (await isThere(participant.hub, last));
  if (isCurrent && note?.root === root) return undefined;
  const objects = (): Iterable<PublishedObject> => objectsOf(new Trees(() => store.reader, look.trees), look.root, open);
  const digest = digestOf(objects());
  if (isCurrent && note?.digest === digest) {
    writeNote(open, { ...note, root });
    return undefined;
  }
  const { files, folders, links } = look.totals;
  if (files + folders + links > MAX_ROWS) return undefined;
  const table = encodeTable(objects(), Buffer.from(store.host.randomHex(KEY_BYTES), 'hex'));
  const target = targetFor(participant.state, vaultOf(log));
  const sent = await sendTable(participant.hub, table, { space, log, made: now }, target, store.host, work);
  const entries = rowsIn(table);
  participant.act(({ writer }) => writer.write({ kind: 'published', table: sent.table, entries: String(entries), made: now }, target));
  await participant.send();
  writeNote(open, { table: sent.table, root, digest });
  await removeOthers(participant.hub, log, sent.table);
  return { entries, bytes: sent.bytes };
}

/** As `publishState`, after something that counts more: what the hub or the disk refuses of it goes with the next sync, and is told. */
export async function publishQuietly(
  open: Open,
  participant: Participant,
  options: { readonly isPolled: boolean },
): Promise<PublishedInfo | string | undefined> {
  try {
    return await publishState(open, participant, options);
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.code === 'cancelled' || error.code === 'bug') throw error;
    return error.message;
  }
}

function* objectsOf(trees: Trees, root: Buffer, { work }: Open): Generator<PublishedObject> {
  for (const { path, entry } of trees.walk(root)) {
    work.check();
    yield { path, kind: entry.kind, id: entry.id };
  }
}

/** Nothing where it is lost: then the state is published once more. */
function readNote({ store }: Open): Note | undefined {
  const { table, root, digest } = (decodeChecked(store.files.read(NOTE)) ?? {}) as Partial<Record<keyof Note, unknown>>;
  return typeof table === 'string' && typeof root === 'string' && typeof digest === 'string' ? { table, root, digest } : undefined;
}

function writeNote({ store }: Open, note: Note): void {
  store.files.write(NOTE, encodeChecked(note), false);
}
