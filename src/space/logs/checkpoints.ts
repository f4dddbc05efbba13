/**
 * Checkpoints in the hub: `checkpoints/<log>` has the extracts that the newest one names, each called by its hash, and that one's record a
 * second time, called as in its log, so that who has read nothing yet finds it. Nothing depends on them: where one is missing or does not
 * fit, all is read.
 */
import type { Work } from '../../base/work.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { Hub } from '../hub/hub.ts';
import type { BodyOf } from '../records/bodies.ts';
import type { Place, SignedRecord } from '../records/envelope.ts';
import { encodeExtract, MAX_EXTRACT } from './extract.ts';
import { inTurn } from './fetching.ts';
import { claimedSequence, fetchRecord, flawIn, recordName } from './hubRecords.ts';
import { putFile } from './packing.ts';
import { extractsIn, extractsWithin, startOf, type Start } from './start.ts';

/** Files that are fetched at the same time, and checkpoints that are tried. */
const AT_ONCE = 4;
const MAX_TRIED = 2;

export function checkpointFolder(log: string): string {
  return `checkpoints/${log}`;
}

/**
 * The first records of a log, `upTo` of them at most, by its newest checkpoint in the hub; nothing where there is none that can be used.
 * @throws SnapstageError only when the hub is not there, or `cancelled`.
 */
export async function fetchStart(hub: Hub, place: Place, upTo: number, work: Work): Promise<Start | undefined> {
  const folder = checkpointFolder(place.log);
  const listing = await hub.list(folder).catch(flawIn);
  if (typeof listing === 'string') return undefined;
  const newest = listing.files.filter(({ name }) => claimedSequence(name) !== undefined).toReversed();
  for (const file of newest.slice(0, MAX_TRIED)) {
    work.check();
    const fetched = await fetchRecord(hub, place, file, folder);
    if (fetched === undefined || !('record' in fetched)) continue;
    const extracts: Buffer[] = [];
    await inTurn(extractsWithin(fetched.record, upTo), AT_ONCE, async ({ hash }) => {
      work.check();
      const bytes = await hub.read(`${folder}/${hash}`, MAX_EXTRACT).catch(flawIn);
      if (bytes === undefined || typeof bytes === 'string') return;
      extracts.push(bytes);
      work.advance(0, bytes.length);
    });
    const start = startOf(fetched.record, extracts, upTo);
    if (start !== undefined) return start;
  }
  return undefined;
}

/** Extracts of these records, of so many each, or fewer where they would be too large; what is left at the end has none yet. */
export function extractsOf(records: readonly SignedRecord[], each: number): BodyOf<'checkpoint'>['extracts'] {
  const made: BodyOf<'checkpoint'>['extracts'] = [];
  for (let at = 0; records.length - at >= each;) {
    let count = each;
    let bytes = encodeExtract(records.slice(at, at + count));
    while (bytes.length > MAX_EXTRACT) {
      count = Math.ceil(count / 2);
      bytes = encodeExtract(records.slice(at, at + count));
    }
    made.push({ records: count, hash: idHex(idOf(bytes)) });
    at += count;
  }
  return made;
}

/**
 * Puts into the hub what it lacks of one's own newest checkpoint, made of one's own `records`, and takes away the one before, whose extracts
 * the newest names too. One extract, whose `turn` it is, is read back. @throws SnapstageError those of the hub.
 */
export async function sendCheckpoint(hub: Hub, checkpoint: SignedRecord, records: readonly SignedRecord[], turn: number): Promise<void> {
  const folder = checkpointFolder(checkpoint.header.log);
  const { files } = await hub.list(folder);
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const extracts = extractsIn(checkpoint);
  for (const [at, { from, to, hash }] of extracts.entries()) {
    if (sizes.has(hash) && at !== turn % extracts.length) continue;
    const bytes = encodeExtract(records.slice(from, to));
    if (idHex(idOf(bytes)) !== hash) return; // it is of another copy's records
    await putFile(hub, { name: `${folder}/${hash}`, bytes });
  }
  const name = recordName(checkpoint);
  if (sizes.get(name) !== checkpoint.bytes.length) await putFile(hub, { name: `${folder}/${name}`, bytes: checkpoint.bytes });
  for (const other of sizes.keys()) {
    if ((claimedSequence(other) ?? Infinity) < checkpoint.header.sequence) await hub.remove(`${folder}/${other}`);
  }
}
