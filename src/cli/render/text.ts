/** Text that is safe and true on a terminal: names can hold anything, also what moves the cursor. */
import { replaceUnseen } from '../../base/format.ts';

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with everything escaped that would not show as itself; raw bytes of a name as `\xNN`. */
export function escapeText(text: string): string {
  return replaceUnseen(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const short = shortEscapes[character];
    if (short !== undefined) return short;
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
    return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The other way round for what cannot be typed: `\x80` … `\xff` become the raw bytes they stand for. */
export function unescapeBytes(text: string): string {
  return text.replace(/\\x([89a-f][0-9a-f])/gi, (_, byte: string) => String.fromCharCode(0xdc00 + Number.parseInt(byte, 16)));
}

/** Columns that the text takes on a terminal: East Asian wide characters and emoji take two. */
export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;

/** The text cut to a number of columns, with an ellipsis where something is missing. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (textWidth(cut + segment) > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** An id as people see it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
