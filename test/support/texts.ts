/** The texts of the editor's face: what the sources pass to `l10n.t`, and what is put in their place. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const project = join(import.meta.dirname, '..', '..');

/** By key; the keys of a bundle are the English texts themselves. */
export type Texts = Readonly<Record<string, string>>;

export function readTexts(path: string): Texts {
  return JSON.parse(readFileSync(join(project, path), 'utf8')) as Texts;
}

/** A call whose text can't be known from the source. */
export interface Unreadable {
  readonly file: string;
  readonly call: string;
}

/** All texts of src/editor and src/extension.ts, sorted; and the calls of `l10n.t` that are not given a plain string. */
export function sourceTexts(): { readonly texts: readonly string[]; readonly unreadable: readonly Unreadable[] } {
  const files = readdirSync(join(project, 'src', 'editor'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', 'editor', name));
  const texts = new Set<string>();
  const unreadable: Unreadable[] = [];
  for (const file of ['src/extension.ts', ...files]) {
    for (const { text, call } of textCalls(readFileSync(join(project, file), 'utf8'))) {
      if (text === undefined) unreadable.push({ file, call });
      else texts.add(text);
    }
  }
  return { texts: [...texts].sort(), unreadable };
}

/** The calls of `l10n.t` in a source; without a text where the first argument is not a string literal alone. */
export function textCalls(source: string): readonly { readonly text?: string; readonly call: string }[] {
  const literal = /^\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*[,)]/;
  return [...source.matchAll(/\bl10n\.t\(/g)].map(({ index, 0: start }) => {
    const rest = source.slice(index + start.length);
    const found = literal.exec(rest)?.[1];
    const call = `${start}${rest.slice(0, 60)}`;
    return found === undefined ? { call } : { text: unquote(found), call };
  });
}

function unquote(literal: string): string {
  return literal.slice(1, -1).replaceAll(/\\(u\{([0-9a-f]+)\}|u([0-9a-f]{4})|.)/gi, (_, escape: string, long?: string, short?: string) => {
    const code = long ?? short;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return escape === 'n' ? '\n' : escape === 't' ? '\t' : escape;
  });
}

/** `{0}`, `{1}`, …, sorted. */
export function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();
}

/** What links and keys of settings a text has: a translation must have the same. */
export function links(text: string): readonly string[] {
  return [...text.matchAll(/\]\([^)]*\)|#[\w.]+#|`[^`]+`/g)].map(([found]) => found).sort();
}

const accents: Texts = { a: 'á', e: 'ë', i: 'ï', o: 'ö', u: 'ü', A: 'Å', E: 'É', I: 'Ì', O: 'Ø', U: 'Û', n: 'ñ', c: 'ç', s: 'š' };

/** The text in no language: marked and longer, still readable, with its placeholders and links as they were. */
export function pseudo(text: string): string {
  const parts = text.split(/(\{\w+\}|\]\([^)]*\)|\$\([^)]*\)|#[\w.]+#|`[^`]+`|\n)/);
  const changed = parts.map((part, index) =>
    index % 2 === 1 ? part : part.replaceAll(/[a-zA-Z]/g, (letter) => accents[letter] ?? letter),
  );
  return `⟦${changed.join('')}⟧`;
}
