/** What servers of S3 answer, as values. Nothing of it is trusted: what has another form than it must have was garbled. */
import { replaceUnseen } from '../../../base/format.ts';
import { xml } from '../../../instance/applications/formats.ts';
import type { Answer } from './exchange.ts';
import { Garbled, Refusal } from './refusal.ts';

/** One page of a listing. */
export interface Page {
  readonly objects: readonly Found[];
  /** Beginnings of keys, with the slash at their end. */
  readonly folders: readonly string[];
  /** How to ask for the next page. */
  readonly next: string | undefined;
}

export interface Found {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** When it was made by the server's clock, as a text in the order of time. */
  readonly made: string;
}

/** An upload in parts that nobody has completed. */
export interface Unfinished {
  readonly key: string;
  readonly upload: string;
  /** In milliseconds since 1970. */
  readonly begun: number;
}

/** In bytes. More than a page of a thousand keys of 1024 bytes each, all of them escaped. */
const MAX_TEXT = 8 << 20;
const CODE = /^[A-Za-z][A-Za-z0-9.]{0,63}$/;
const MAX_MESSAGE = 200;

type Fields = Readonly<Record<string, unknown>>;

/** The body of an answer that has no more than an answer can need. */
export async function textOf(answer: Answer): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer.body) {
    size += part.length;
    parts.push(part);
    if (size > MAX_TEXT) {
      answer.drop();
      throw new Garbled('its answer makes no sense');
    }
  }
  return Buffer.concat(parts).toString();
}

/** What an answer refuses. @throws what keeps it from being read. */
export async function refusalOf(answer: Answer): Promise<Refusal> {
  const { status, headers } = answer;
  const text = await textOf(answer);
  const fields = rootOf(text, 'Error') ?? {};
  const time = Date.parse(headers.date ?? '');
  const region = headers['x-amz-bucket-region'] ?? field(fields, 'Region');
  return new Refusal(
    status,
    codeIn(fields),
    messageIn(fields),
    Number.isNaN(time) ? undefined : time,
    typeof region === 'string' && /^[a-z0-9-]{1,40}$/.test(region) ? region : undefined,
  );
}

export function pageOf(text: string): Page {
  const fields = rootOf(text, 'ListBucketResult');
  if (fields === undefined) throw new Garbled('its list makes no sense');
  const decode = field(fields, 'EncodingType') === 'url' ? decodeKey : (key: string): string => key;
  const objects = all(fields, 'Contents').map((one) => {
    const [key, size] = [field(one, 'Key'), Number(field(one, 'Size'))];
    if (key === undefined || !Number.isSafeInteger(size) || size < 0) throw new Garbled('its list makes no sense');
    return { key: decode(key), size, made: field(one, 'LastModified') ?? '' };
  });
  const folders = all(fields, 'CommonPrefixes').map((one) => decode(field(one, 'Prefix') ?? ''));
  const next = field(fields, 'IsTruncated') === 'true' ? field(fields, 'NextContinuationToken') : undefined;
  return { objects, folders, next };
}

/** The name of an upload in parts that was begun. */
export function uploadOf(text: string): string {
  const upload = field(rootOf(text, 'InitiateMultipartUploadResult') ?? {}, 'UploadId');
  if (upload === undefined || upload === '') throw new Garbled('its answer makes no sense');
  return upload;
}

export function unfinishedOf(text: string): readonly Unfinished[] {
  return all(rootOf(text, 'ListMultipartUploadsResult') ?? {}, 'Upload').flatMap((one) => {
    const [key, upload, begun] = [field(one, 'Key'), field(one, 'UploadId'), Date.parse(field(one, 'Initiated') ?? '')];
    return key === undefined || upload === undefined || Number.isNaN(begun) ? [] : { key, upload, begun };
  });
}

/** Whether an upload was completed: the status comes before that is known. @throws Refusal when it was refused after all. */
export function mustBeCompleted(text: string): void {
  const error = rootOf(text, 'Error');
  if (error !== undefined) throw new Refusal(500, codeIn(error), messageIn(error));
  if (rootOf(text, 'CompleteMultipartUploadResult') === undefined) throw new Garbled('its answer makes no sense');
}

/** The fields of a document's only element, or `undefined` when that is called otherwise. */
function rootOf(text: string, name: string): Fields | undefined {
  let value: unknown;
  try {
    value = (xml.parse(text) as Fields)[name];
  } catch {
    return undefined;
  }
  if (value === '') return {};
  return isFields(value) ? value : undefined;
}

function all(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isFields);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

function codeIn(fields: Fields): string {
  const code = field(fields, 'Code') ?? '';
  return CODE.test(code) ? code : '';
}

/** For people: of what a server says they see what shows as itself. */
function messageIn(fields: Fields): string {
  const message = (field(fields, 'Message') ?? '').replace(/\.$/, '').slice(0, MAX_MESSAGE);
  return replaceUnseen(message, () => '\ufffd');
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key; // a stranger's
  }
}
