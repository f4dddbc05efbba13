import { isFields, parseNotebook, sourceOf, type Notebook } from '../merge/notebook.ts';
import type { ComparedFile } from './comparedFile.ts';
import { languageOf, languageOfName, PYTHON, type Grammar } from './languages.ts';
import { programTokens, type Tokens } from './programTokens.ts';
import { proseTokens } from './proseTokens.ts';
import type { Grain } from './winnowing.ts';

/**
 * Found for sure are 31 tokens of a program, some five lines, and 15 words of prose. What is shorter than 20 or 8 never is: it is often
 * alike by chance.
 */
const PROGRAM: Grain = { gram: 20, window: 12 };
const PROSE: Grain = { gram: 8, window: 8 };

/** Tokens that are compared as one sequence. */
export interface Passage {
  readonly grain: Grain;
  readonly tokens: readonly number[];
  /** For each token its line in the text, from 1. */
  readonly lines: readonly number[];
  /** For each token which one of the whole sequence it is: there are gaps where something was cut out. */
  readonly places: readonly number[];
}

/** A file as it is compared, and as it can be shown beside another one. */
export interface ReadText {
  /** A notebook is the sources of its cells, each below a line `# %%` or, of prose, `# %% [markdown]`. */
  readonly text: string;
  readonly passages: readonly Passage[];
}

/** In bytes; what is larger is data, whatever its name says. Outputs make notebooks large: of them it is the sources that count. */
const LARGEST_TEXT = 8 << 20;
const LARGEST_NOTEBOOK = 32 << 20;

/** `undefined` for what is no text by its name, its size or its content. Bytes that are not UTF-8 count as some letter. */
export function readText(file: ComparedFile): ReadText | undefined {
  const language = languageOf(file.path);
  if (language === undefined || file.size > (language === 'notebook' ? LARGEST_NOTEBOOK : LARGEST_TEXT)) return undefined;
  const bytes = file.read();
  if (language === 'notebook') return readNotebook(parseNotebook(bytes));
  if (bytes.includes(0)) return undefined;
  const text = new TextDecoder().decode(bytes);
  const builder = new PassageBuilder(language === 'prose' ? PROSE : PROGRAM);
  builder.add(text, language === 'prose' ? proseTokens(text) : programTokens(text, language), 1);
  return { text, passages: [builder.passage] };
}

/** All code is one passage and all prose another, because most cells alone are too short to be compared. */
function readNotebook(notebook: Notebook | undefined): ReadText | undefined {
  if (notebook === undefined || lengthOf(notebook) > LARGEST_TEXT) return undefined;
  const grammar = grammarOf(notebook);
  const [programs, prose] = [new PassageBuilder(PROGRAM), new PassageBuilder(PROSE)];
  const texts: string[] = [];
  let line = 1;
  for (const cell of notebook.cells) {
    const source = sourceOf(cell);
    const isCode = cell.cell_type === 'code';
    if (isCode) programs.add(source, programTokens(source, grammar), line + 1);
    else prose.add(source, proseTokens(source), line + 1);
    texts.push(isCode ? '# %%' : '# %% [markdown]', source);
    line += 1 + (source.match(LINE_END)?.length ?? 0) + 1;
  }
  return { text: texts.join('\n'), passages: [programs.passage, prose.passage] };
}

function lengthOf({ cells }: Notebook): number {
  return cells.reduce((sum, cell) => sum + sourceOf(cell).length, 0);
}

function grammarOf({ fields }: Notebook): Grammar {
  const metadata = fields['metadata'];
  const [info, kernel] = ['language_info', 'kernelspec'].map((key) => (isFields(metadata) ? metadata[key] : undefined));
  const name = (isFields(info) && info['name']) || (isFields(kernel) && kernel['language']);
  const language = typeof name === 'string' ? languageOfName(name) : undefined;
  return typeof language === 'object' ? language : PYTHON;
}

const LINE_END = /\r\n|\n|\r/g;

class PassageBuilder {
  readonly passage: Passage;
  private readonly tokens: number[] = [];
  private readonly lines: number[] = [];
  private readonly places: number[] = [];

  constructor(grain: Grain) {
    this.passage = { grain, tokens: this.tokens, lines: this.lines, places: this.places };
  }

  /** Goes on with the tokens of a text that starts at a line. */
  add(text: string, { values, offsets }: Tokens, line: number): void {
    const ends = text.matchAll(LINE_END);
    let end = ends.next();
    for (const [i, offset] of offsets.entries()) {
      for (; !end.done && end.value.index < offset; end = ends.next()) line += 1;
      this.places.push(this.places.length);
      this.tokens.push(values[i]!);
      this.lines.push(line);
    }
  }
}
