import { SnapstageError } from '../base/errors.ts';
import { isExtensionList } from './extensions.ts';
import { snapshotId, type Labels, type SnapshotRecord } from './snapshots.ts';

/** Snapshots of one store; a larger number is nobody's. */
const MAX_SEQUENCE = 2 ** 40;
const KINDS = ['manual', 'automatic', 'hand-in'];
const CONSISTENCIES = ['consistent', 'quiesced', 'crash-consistent'];

type Fields = Readonly<Record<string, unknown>>;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isNotes = (value: unknown): boolean =>
  Array.isArray(value) && value.every((note) => isFields(note) && isText(note['path']) && isText(note['reason']));

/** What each field of a record is; fields that a newer version added are let through. */
const RECORD_FIELDS: { readonly [K in keyof SnapshotRecord]-?: (value: unknown) => boolean } = {
  version: (value) => value === 1,
  nonce: isText,
  root: (value) => isText(value) && /^[0-9a-f]{64}$/.test(value as string),
  rootMode: (value) => isCount(value) && (value as number) <= 0o7777,
  rootMtime: (value) => isText(value) && /^-?\d{1,19}$/.test(value as string),
  created: isTime,
  sequence: (value) => isCount(value) && (value as number) <= MAX_SEQUENCE,
  kind: (value) => KINDS.includes(value as string),
  reason: isTextOrNull,
  consistency: (value) => CONSISTENCIES.includes(value as string),
  files: isCount,
  folders: isCount,
  links: isCount,
  bytes: isCount,
  addedBytes: isCount,
  linked: (value) => typeof value === 'boolean',
  excluded: isNotes,
  unreadable: isNotes,
  evidence: isNotes,
  extensions: (value) => value === undefined || isExtensionList(value),
};

/**
 * The record of a snapshot that comes from somebody else, and its id.
 * @throws SnapstageError `damaged` for bytes that no store of this version would write; `newer-format`.
 */
export function parseRecord(bytes: Buffer): { readonly id: string; readonly record: SnapshotRecord } {
  const fields = parseJson(bytes, 'The snapshot’s record');
  // Written again it must give the same bytes, or the snapshot would have another id here.
  if (!isCanonical(fields, bytes)) throw damaged('The snapshot’s record', 'it is not written as records are');
  if (typeof fields['version'] === 'number' && fields['version'] > 1) {
    throw new SnapstageError('newer-format', 'This snapshot was taken by a newer Snapstage.', { version: fields['version'] });
  }
  for (const [name, isGood] of Object.entries(RECORD_FIELDS)) {
    if (!isGood(fields[name])) throw damaged('The snapshot’s record', `its ${name} makes no sense`);
  }
  return { id: snapshotId(bytes), record: fields as unknown as SnapshotRecord };
}

/** The labels of a snapshot that comes from somebody else. @throws SnapstageError `damaged`. */
export function parseLabels(bytes: Buffer): Labels {
  const { name, description, pinned } = parseJson(bytes, 'The snapshot’s labels');
  const isGood = isTextOrNull(name) && isTextOrNull(description) && typeof pinned === 'boolean';
  if (!isGood) throw damaged('The snapshot’s labels', 'they make no sense');
  return { name: name as string | null, description: description as string | null, pinned };
}

/** JSON of a stranger that must be an object. @throws SnapstageError `damaged`. */
export function parseJson(bytes: Buffer, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (!isFields(value)) throw damaged(what, 'it can’t be read');
  return value;
}

function isCanonical(fields: Fields, bytes: Buffer): boolean {
  try {
    return Buffer.from(JSON.stringify(fields)).equals(bytes);
  } catch {
    return false; // nested too deeply to be written
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

function damaged(what: string, why: string): SnapstageError {
  return new SnapstageError('damaged', `${what} is damaged: ${why}.`);
}
