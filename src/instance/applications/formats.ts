/**
 * Formats of files that are not ours. Each function gives the plain value that the text stands for, or throws whatever its parser
 * does, a stack overflow among it: who calls makes a remark of that. None of them follows what the text refers to, or runs any of it.
 */
import { loadAll } from 'js-yaml';
import { parse as parseCommented, printParseErrorCode, type ParseError } from 'jsonc-parser';
import sax from 'sax';
import { parse as parseTomlText } from 'smol-toml';

export interface Format {
  readonly parse: (text: string) => unknown;
  /** Bytes; what is larger is not parsed. Parsers differ by far in what a byte costs them. */
  readonly limit: number;
}

const MB = 1_000_000;

/** What can't be a file of ours to read at all. */
export const TEXT_LIMIT = 16 * MB;

export const json: Format = { parse: (text) => JSON.parse(withoutMark(text)) as unknown, limit: TEXT_LIMIT };

/** JSON with comments and trailing commas, as the editor takes it. */
export const jsonc: Format = {
  parse(text) {
    const errors: ParseError[] = [];
    const value: unknown = parseCommented(withoutMark(text), errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first !== undefined) throw new SyntaxError(`${printParseErrorCode(first.error)} at ${first.offset}`);
    return value;
  },
  limit: 4 * MB,
};

export const toml: Format = { parse: (text) => parseTomlText(withoutMark(text), { maxDepth: 100 }), limit: 4 * MB };

/** The first document; how deep it goes and how often it repeats itself is bounded. */
export const yaml: Format = { parse: (text) => loadAll(withoutMark(text), { maxDepth: 100, maxAliases: 1000 })[0], limit: 8 * MB };

/** Elements as values: a text, or elements by name, in a list where there are several of one. Entities are those of XML alone. */
export const xml: Format = { parse: (text) => elementsOf(withoutMark(text)), limit: MB };

type Element = Record<string, unknown>;

function elementsOf(text: string): Element {
  // Without a prototype, every name is one.
  const root = Object.create(null) as Element;
  const open: { element: Element; content: string }[] = [{ element: root, content: '' }];
  const parser = sax.parser(true);
  const add = (piece: string): void => {
    open.at(-1)!.content += piece;
  };
  Object.assign(parser, {
    ontext: add,
    oncdata: add,
    onopentag: () => open.push({ element: Object.create(null) as Element, content: '' }),
    onclosetag(name: string) {
      const { element, content } = open.pop()!;
      addField(open.at(-1)!.element, name, Object.keys(element).length > 0 ? element : content);
    },
    onerror(error: Error) {
      throw error;
    },
  });
  parser.write(text).close();
  return root;
}

function addField(element: Element, name: string, value: unknown): void {
  const known = element[name];
  if (known === undefined) element[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else element[name] = [known, value];
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
