/** Where records of the Stage come in: the files are the user's, and anything may have been written to them. */
import { SnapstageError } from '../../base/errors.ts';
import { parsePath } from '../../base/paths.ts';
import { APPLICATION_KINDS } from '../../instance/applications/application.ts';
import { CURRENT } from '../../instance/states.ts';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import { isStrategy } from '../strategy.ts';
import { OBJECT_TYPES, type StagedRecord } from './stagedObject.ts';

/** Of the records, and of bundles. */
const VERSION = 1;

const ID = /^[0-9a-f]{32}$/;
const NEWER = 'it was written by a newer Snapstage';
const DAMAGED = 'its record is damaged';

type Fields = Readonly<Record<string, unknown>>;

/** A record that can't be understood, and why. */
export class Unreadable {
  readonly reason: string;

  constructor(reason: string = DAMAGED) {
    this.reason = reason;
  }
}

export function encodeRecord(fields: object): Buffer {
  return encodeChecked({ version: VERSION, ...fields });
}

/** The fields of a record that `encodeRecord` of this version wrote. */
export function decodeRecord(bytes: Buffer | undefined): Fields | Unreadable {
  const fields = decoded(bytes);
  if (!isFields(fields) || !Number.isSafeInteger(fields['version'])) return new Unreadable();
  if (fields['version'] === VERSION) return fields;
  return new Unreadable((fields['version'] as number) > VERSION ? NEWER : DAMAGED);
}

function decoded(bytes: Buffer | undefined): unknown {
  try {
    return decodeChecked(bytes);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // its checksum is right, and it is no JSON
    throw error;
  }
}

/** A staged object out of fields that may be anybody's. */
export function parseStaged(value: unknown): StagedRecord | undefined {
  if (!isFields(value)) return undefined;
  const { type, state, path, table, application, strategy, added } = value;
  const objectType = OBJECT_TYPES.find((one) => one === type);
  const kind = APPLICATION_KINDS.find((one) => one === application);
  const isGood =
    typeof state === 'string' &&
    (state === CURRENT || ID.test(state)) &&
    typeof path === 'string' &&
    isPlainPath(path) &&
    typeof added === 'string' &&
    !Number.isNaN(Date.parse(added)) &&
    (table === undefined || typeof table === 'string') &&
    (application === undefined || kind !== undefined) &&
    (strategy === null || isStrategy(strategy));
  if (!isGood || objectType === undefined) return undefined;
  // What has one of these is of its type, and the other way round.
  if ((table !== undefined) !== (objectType === 'table') || (kind !== undefined) !== (objectType === 'application')) return undefined;
  if (objectType === 'snapshot' && (path !== '' || state === CURRENT)) return undefined;
  if ((objectType === 'file' || objectType === 'table') && path === '') return undefined;
  return {
    type: objectType,
    state,
    path,
    ...(table === undefined ? {} : { table }),
    ...(kind === undefined ? {} : { application: kind }),
    strategy,
    added,
  };
}

function isPlainPath(path: string): boolean {
  try {
    return parsePath(path) === path;
  } catch (error) {
    if (error instanceof SnapstageError) return false;
    throw error;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
