/**
 * Names and paths inside an instance.
 *
 * A name is a JavaScript string. One that is not valid UTF-8 on disk keeps its raw bytes 0x80–0xFF as the lone
 * surrogates U+DC80–U+DCFF, so that every name is a string and no byte is lost (the `surrogateescape` of PEP 383).
 * A path is instance-relative, with `/` between names; the folder itself is `''`.
 */
import { SnapstageError } from './errors.ts';

const ESCAPED = /[\uDC80-\uDCFF]/;
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** True when the name carries raw bytes, and so must be given to the system as bytes. */
export function hasRawBytes(name: string): boolean {
  if (!ESCAPED.test(name)) return false;
  return !name.isWellFormed();
}

/** The string for a name's bytes. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaped(bytes);
  }
}

function decodeEscaped(bytes: Uint8Array): string {
  let name = '';
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes[i]!);
    const piece = bytes.subarray(i, i + length);
    const char = length > 0 && piece.length === length ? tryDecode(piece) : undefined;
    if (char === undefined) {
      name += String.fromCharCode(0xdc00 + bytes[i]!);
      i += 1;
    } else {
      name += char;
      i += length;
    }
  }
  return name;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The bytes of a name or path; the inverse of `decodeName`. */
export function encodeName(name: string): Buffer {
  if (!hasRawBytes(name)) return Buffer.from(name, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00) {
      i += 1; // a pair: its second half is no raw byte
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      parts.push(Buffer.from(name.slice(from, i), 'utf8'), Buffer.of(unit - 0xdc00));
      from = i + 1;
    }
  }
  parts.push(Buffer.from(name.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

/** As much of the beginning of a name as has this many bytes at most, with no character cut in two. */
export function startOfName(name: string, bytes: number): string {
  let end = Math.min(name.length, bytes);
  while (end > 0 && encodeName(name.slice(0, end)).length > bytes) end -= 1;
  return end < name.length && isHighSurrogate(name.charCodeAt(end - 1)) ? name.slice(0, end - 1) : name.slice(0, end);
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** Orders paths as a walk does: by name within each folder, and what is in a folder right after it. */
export function comparePaths(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return x === SLASH ? -1 : y === SLASH ? 1 : x - y;
  }
  return a.length - b.length;
}

const SLASH = 0x2f;

/** `folder/name`, where the folder may be `''`. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The folder a path lies in; `''` for a name at the top. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True when `path` is `folder` or lies below it. */
export function isInside(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** Why a name can't be an entry of a folder, or `undefined` when it can. */
export function badName(name: string): string | undefined {
  if (name === '') return 'an empty name';
  if (name === '.' || name === '..') return `the name “${name}”`;
  if (name.includes('/')) return 'a name with a slash';
  if (name.includes('\0')) return 'a name with a zero byte';
  return undefined;
}

/**
 * A path from outside, normalised.
 * @throws SnapstageError `usage` when it is absolute, leads out of the folder, or holds a zero byte.
 */
export function parsePath(text: string): string {
  if (text.startsWith('/') || /^[A-Za-z]:[\\/]/.test(text)) throw outside(text);
  const names: string[] = [];
  for (const name of text.split('/')) {
    if (name === '' || name === '.') continue;
    if (badName(name) !== undefined) throw outside(text);
    names.push(name);
  }
  return names.join('/');
}

function outside(path: string): SnapstageError {
  return new SnapstageError('usage', `“${path}” is not a path inside the folder.`, { path });
}

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

/** Whether Windows keeps a name for a device, whatever it ends in. */
export function isDeviceName(name: string): boolean {
  return RESERVED.test(name);
}
