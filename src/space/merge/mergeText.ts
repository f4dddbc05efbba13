import { mergeLines, pickChanged, type Piece } from './mergeLines.ts';

/** The result of merging two versions of a file with the one that both come from. */
export interface Merged {
  readonly content: Buffer;
  /** Places where both changed the same in different ways; in `content` they stand between markers. */
  readonly conflicts: number;
}

/** What the sides are called at conflict markers. */
export interface MergeLabels {
  readonly mine: string;
  readonly base: string;
  readonly incoming: string;
}

/** A text as lines without their ends. */
interface Text {
  readonly lines: readonly string[];
  /** What lines end with; `undefined` where no line has an end. */
  readonly end: '\n' | '\r\n' | undefined;
  /** Whether the last line ends too; `undefined` without any line. */
  readonly isEnded: boolean | undefined;
  readonly hasMark: boolean;
}

const MARK = '\ufeff';
/** Larger ones are nobody's text. */
const MOST_BYTES = 32 << 20;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are valid UTF-8 without a zero; `undefined` for all others: they are binary. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > MOST_BYTES || bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Merges texts by lines. Line ends, a byte order mark and an end of the last line are merged as properties of the whole file, so that
 * a file saved with other line ends is not another file. Without a base all that differs is in conflict.
 * `undefined` when one is no text, or what differs is too long.
 */
export function mergeText(mine: Buffer, base: Buffer | undefined, incoming: Buffer, labels: MergeLabels): Merged | undefined {
  const texts = [mine, base ?? Buffer.alloc(0), incoming].map(decodeText);
  const mixed = texts.some((text) => text !== undefined && hasMixedEnds(text));
  const [a, o, b] = texts.map((text) => (text === undefined ? undefined : split(text, mixed)));
  if (a === undefined || o === undefined || b === undefined) return undefined;
  const pieces = mergeLines(a.lines, o.lines, b.lines);
  if (pieces === undefined) return undefined;
  const { lines, conflicts } = withMarkers(pieces, labels);
  const end = pick(a.end, o.end, b.end) ?? '\n';
  const isEnded =
    isConflict(pieces.findLast((piece) => isConflict(piece) || piece.lines.length > 0)) || pick(a.isEnded, o.isEnded, b.isEnded) !== false;
  const hasMark = base === undefined ? a.hasMark : pickChanged(a.hasMark, o.hasMark, b.hasMark);
  const text = (hasMark ? MARK : '') + lines.join(end) + (isEnded && lines.length > 0 ? end : '');
  return { content: Buffer.from(text), conflicts };
}

/** The lines of a merge, those in conflict between the markers that editors know, and how many such places there are. */
export function withMarkers(pieces: readonly Piece<string>[], labels: MergeLabels): { lines: string[]; conflicts: number } {
  // A name with a line end in it would be a line of the text.
  const marker = (sign: string, label: string): string => `${sign.repeat(7)} ${label.replaceAll(/\s+/g, ' ')}`;
  const lines = pieces.flatMap((piece) => {
    if (!isConflict(piece)) return piece.lines;
    const mine = [marker('<', labels.mine), ...piece.mine];
    const base = [marker('|', labels.base), ...piece.base];
    return [...mine, ...base, '=======', ...piece.incoming, marker('>', labels.incoming)];
  });
  return { lines, conflicts: pieces.filter(isConflict).length };
}

function isConflict(piece: Piece<string> | undefined): piece is Exclude<Piece<string>, { lines: readonly string[] }> {
  return piece !== undefined && 'mine' in piece;
}

/** A property that a text without lines has not: then it is the others’. */
function pick<T>(mine: T | undefined, base: T | undefined, incoming: T | undefined): T | undefined {
  if (mine === undefined || incoming === undefined) return mine ?? incoming;
  return base === undefined ? mine : pickChanged(mine, base, incoming);
}

/** Of mixed ends the carriage returns count as part of the lines. */
function split(text: string, mixed: boolean): Text {
  const hasMark = text.startsWith(MARK);
  const body = hasMark ? text.slice(1) : text;
  if (body === '') return { lines: [], end: undefined, isEnded: undefined, hasMark };
  const end = !body.includes('\n') ? undefined : !mixed && body.includes('\r\n') ? '\r\n' : '\n';
  const lines = body.split(end ?? '\n');
  const isEnded = lines.at(-1) === '';
  return { lines: isEnded ? lines.slice(0, -1) : lines, end, isEnded, hasMark };
}

function hasMixedEnds(text: string): boolean {
  return /(^|[^\r])\n/.test(text) && text.includes('\r\n');
}
