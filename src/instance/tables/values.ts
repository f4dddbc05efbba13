/** TEXT whose bytes are no valid UTF-8. */
export class RawText {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A value as SQLite has it (https://www.sqlite.org/datatype3.html): INTEGER is a bigint, REAL a number, BLOB bytes. */
export type Value = null | bigint | number | string | RawText | Buffer;

/** A name or a piece of SQL. */
export function textOf(value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  return value instanceof RawText ? value.bytes.toString('utf8') : value.toString();
}

/**
 * A value as plain data, exact and told apart by its form: a number is an INTEGER where it is whole and a REAL where it is not;
 * `integer` is one beyond 2^53, `real` one that is whole or infinite. `text` is long TEXT, cut, or one that is no valid UTF-8; `blob`
 * the beginning of a BLOB in hex; `bytes` are the whole length of both.
 */
export type Cell =
  | null
  | number
  | string
  | { readonly integer: string }
  | { readonly real: string }
  | { readonly text: string; readonly bytes: number }
  | { readonly blob: string; readonly bytes: number };

export function cellOf(value: Value, bytes?: number): Cell {
  if (value === null) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : { integer: String(value) };
  }
  if (typeof value === 'number') return Number.isInteger(value) || !Number.isFinite(value) ? { real: realText(value) } : value;
  if (typeof value === 'string') return bytes === undefined ? value : { text: value, bytes };
  if (value instanceof RawText) return { text: value.bytes.toString('utf8'), bytes: bytes ?? value.bytes.length };
  return { blob: value.toString('hex'), bytes: bytes ?? value.length };
}

/** `2.0`, as SQLite writes it; the exponent where JavaScript does. */
function realText(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The same as text that survives JSON, for a place in a table to go on from. */
export function encodeValues(values: readonly Value[]): string {
  return JSON.stringify(
    values.map((value) => {
      if (typeof value === 'bigint') return { i: String(value) };
      if (typeof value === 'number') return { r: realText(value) };
      if (value instanceof RawText) return { t: value.bytes.toString('hex') };
      return value instanceof Buffer ? { b: value.toString('hex') } : value;
    }),
  );
}

/** The inverse; `undefined` for what `encodeValues` can't have written. */
export function decodeValues(text: string): Value[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const values = list.map(decodeValue);
  return values.includes(undefined) ? undefined : (values as Value[]);
}

function decodeValue(item: unknown): Value | undefined {
  if (item === null || typeof item === 'string') return item;
  if (typeof item !== 'object') return undefined;
  const [[kind, text] = [], ...more] = Object.entries(item);
  if (typeof text !== 'string' || more.length > 0) return undefined;
  if (kind === 'i' && /^-?\d{1,19}$/.test(text)) return BigInt(text);
  if (kind === 'r' && text !== '' && !Number.isNaN(Number(text))) return Number(text);
  if (!/^([0-9a-f]{2})*$/.test(text)) return undefined;
  if (kind === 'b') return Buffer.from(text, 'hex');
  return kind === 't' ? new RawText(Buffer.from(text, 'hex')) : undefined;
}
