/**
 * Tar as POSIX.1-2001 describes it (pax, “pax Interchange Format”): a header of 512 bytes for each member, its content, zeros up to the
 * next 512 bytes, and two blocks of zeros at the end. What a header's fields have no room for is in a member before it, in records of
 * the form `LENGTH KEY=VALUE\n`.
 */
export const TAR_BLOCK = 512;

/** Two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

export const TarType = { file: '0', hardLink: '1', link: '2', folder: '5', pax: 'x' } as const;
export type TarType = (typeof TarType)[keyof typeof TarType];

export interface TarMember {
  /** As bytes, for a name need not be text. */
  readonly name: Buffer;
  readonly type: TarType;
  /** Permission bits. */
  readonly mode: number;
  /** Nanoseconds since 1970. */
  readonly mtime: bigint;
  /** Bytes of content that follow. */
  readonly size: number;
  /** Where a link leads, or the name of the member that a hard link is the same file as. */
  readonly target?: Buffer;
}

const NAME_BYTES = 100;
/** The most that eleven octal digits can say. */
export const MAX_NUMBER = 8 ** 11 - 1;
const BILLION = 1_000_000_000n;

/** The header of a member, with the records that it needs before it. */
export function tarHeader(member: TarMember): Buffer {
  const { name, target = Buffer.alloc(0), mtime, size } = member;
  const seconds = mtime / BILLION;
  const records: Buffer[] = [];
  if (name.length > NAME_BYTES) records.push(paxRecord('path', name));
  if (target.length > NAME_BYTES) records.push(paxRecord('linkpath', target));
  if (size > MAX_NUMBER) records.push(paxRecord('size', Buffer.from(String(size))));
  const isExact = seconds * BILLION === mtime && mtime >= 0n && seconds <= MAX_NUMBER;
  if (!isExact) records.push(paxRecord('mtime', Buffer.from(decimalSeconds(mtime))));
  const header = plainHeader(member);
  if (records.length === 0) return header;
  const body = Buffer.concat(records);
  const before = plainHeader({ name: Buffer.from('pax'), type: TarType.pax, mode: 0o644, mtime: 0n, size: body.length });
  return Buffer.concat([before, body, tarPadding(body.length), header]);
}

/** Zeros that fill content up to whole blocks. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

function plainHeader({ name, type, mode, mtime, size, target }: TarMember): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, at: number, length: number): void =>
    void header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  const seconds = Number(mtime / BILLION);
  name.copy(header, 0, 0, NAME_BYTES);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(Math.min(size, MAX_NUMBER), 124, 12);
  octal(Math.min(Math.max(0, seconds), MAX_NUMBER), 136, 12);
  header.write(type, 156, 'latin1');
  target?.copy(header, 157, 0, NAME_BYTES);
  header.write('ustar\x0000', 257, 'latin1');
  octal(0, 329, 8);
  octal(0, 337, 8);
  header.write(`${headerSum(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** The sum of all bytes, those of the sum itself taken as spaces. */
function headerSum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum;
}

/** Its length counts the digits of the length too. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = value.length + key.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}

function decimalSeconds(time: bigint): string {
  const size = time < 0n ? -time : time;
  return `${time < 0n ? '-' : ''}${size / BILLION}.${(size % BILLION).toString().padStart(9, '0')}`;
}

/** Name and size of a plain file's member, or `undefined` for anything but the header that `tarHeader` makes of one. */
export function decodeTarFile(header: Buffer): { readonly name: string; readonly size: number; readonly mtime: bigint } | undefined {
  const field = (at: number, length: number): string => header.toString('latin1', at, at + length).split('\0')[0]!;
  const numbers = [field(124, 12), field(136, 12)];
  if (!numbers.every((text) => /^[0-7]{11}$/.test(text))) return undefined;
  const [size, seconds] = numbers.map((text) => Number.parseInt(text, 8)) as [number, number];
  const found = { name: field(0, NAME_BYTES), size, mtime: BigInt(seconds) * BILLION };
  const same = tarHeader({ ...found, name: Buffer.from(found.name, 'latin1'), type: TarType.file, mode: 0o644 });
  return same.equals(header) ? found : undefined;
}
