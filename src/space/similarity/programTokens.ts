import type { Grammar } from './languages.ts';

/** What a text consists of, in its order: a number for each kind of token, and where it starts, in UTF-16 units. */
export interface Tokens {
  readonly values: number[];
  readonly offsets: number[];
}

/** Words of control flow and declarations, of all languages together. All others are names. */
const KEYWORDS =
  'if else elif elseif elsif endif fi then end for foreach done while until loop do repeat break continue return yield goto switch case when ' +
  'default try catch except finally rescue ensure raise throw throws with using def defn fn func fun function lambda proc sub procedure ' +
  'subroutine begin class struct union enum interface trait impl module namespace package import from include require use extends ' +
  'implements new delete del in is not and or xor div mod true false null nil none undefined let const var static public private protected ' +
  'internal final override virtual abstract async await go defer global nonlocal local pass self this super typeof instanceof sizeof ' +
  'operator typedef select where into having join distinct';

/** Values of tokens. Characters stand for themselves; keywords come after all of them. */
const NAME = 1;
const NUMBER = 2;
const STRING = 3;
const KEYWORD_VALUES: ReadonlyMap<string, number> = new Map(KEYWORDS.split(' ').map((word, i) => [word, 0x10000 + i]));
const LONGEST_KEYWORD = Math.max(...KEYWORDS.split(' ').map(({ length }) => length));

/** What formatters add and take away. */
const OF_NO_MEANING = codesOf(';,{}\\');

/**
 * A program as its structure: names, numbers and strings are told apart from one another but not among themselves; comments, white space and
 * what formatters may add count for nothing. So renaming and formatting anew change nothing. Takes time in proportion to the length,
 * whatever the text is; nothing is an error.
 */
export function programTokens(text: string, grammar: Grammar): Tokens {
  // Old ends of lines, one for one, so that places stay.
  return new Lexer(text.replaceAll('\r', '\n'), grammar).tokens();
}

class Lexer {
  private readonly text: string;
  private readonly grammar: Grammar;
  private readonly values: number[] = [];
  private readonly offsets: number[] = [];
  /** Ends of comments that are nowhere in the rest: looking for one again at each start would take quadratic time. */
  private readonly absent = new Set<string>();
  /** First characters of what starts a comment. */
  private readonly starts: ReadonlySet<number>;
  private readonly quotes: ReadonlySet<number>;
  private at = 0;

  constructor(text: string, grammar: Grammar) {
    this.text = text;
    this.grammar = grammar;
    const starts = [...grammar.lineComments, ...grammar.blockComments.map(([start]) => start)];
    this.starts = codesOf(starts);
    this.quotes = codesOf(grammar.quotes);
  }

  tokens(): Tokens {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (this.starts.has(code) && this.skipComment()) continue;
      if (isSpace(code) || OF_NO_MEANING.has(code)) this.at += 1;
      else if (this.quotes.has(code)) this.add(STRING, this.endOfString());
      else if (isDigit(code)) this.add(NUMBER, this.endOf(isPartOfNumber));
      else if (isLetter(code)) this.addWord();
      else this.add(code, this.at + 1);
    }
    return { values: this.values, offsets: this.offsets };
  }

  private add(value: number, end: number): void {
    this.values.push(value);
    this.offsets.push(this.at);
    this.at = end;
  }

  private addWord(): void {
    const end = this.endOf(isPartOfWord);
    const isShort = end - this.at <= LONGEST_KEYWORD;
    this.add((isShort ? KEYWORD_VALUES.get(this.text.slice(this.at, end).toLowerCase()) : undefined) ?? NAME, end);
  }

  private endOf(isPart: (code: number) => boolean): number {
    let end = this.at + 1;
    while (end < this.text.length && isPart(this.text.charCodeAt(end))) end += 1;
    return end;
  }

  /** What starts and never ends is no comment. */
  private skipComment(): boolean {
    const { text, at, grammar, absent } = this;
    for (const [start, end] of grammar.blockComments) {
      if (absent.has(end) || !text.startsWith(start, at)) continue;
      const found = text.indexOf(end, at + start.length);
      if (found >= 0) {
        this.at = found + end.length;
        return true;
      }
      absent.add(end);
    }
    if (!grammar.lineComments.some((start) => text.startsWith(start, at))) return false;
    const end = text.indexOf('\n', at);
    this.at = end < 0 ? text.length : end;
    return true;
  }

  /** A string ends with its line at the latest, but for those between backquotes. */
  private endOfString(): number {
    const { text, at } = this;
    const quote = text.charCodeAt(at);
    for (let end = at + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === quote) return end + 1;
      if (code === LINE_FEED && quote !== BACKQUOTE) return end;
      if (code === BACKSLASH) end += 1;
    }
    return text.length;
  }
}

/** The first unit of each text, or of each character of one. */
function codesOf(texts: Iterable<string>): ReadonlySet<number> {
  return new Set(Array.from(texts, (text) => text.charCodeAt(0)));
}

const LINE_FEED = 10;
const DOT = 46;
const BACKSLASH = 92;
const BACKQUOTE = 96;

function isSpace(code: number): boolean {
  return code <= 32 || code === 0xa0 || code === 0x2028 || code === 0x2029 || code === 0xfeff;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Beyond ASCII all counts as letters. */
function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36 || code >= 128;
}

function isPartOfWord(code: number): boolean {
  return isLetter(code) || isDigit(code);
}

function isPartOfNumber(code: number): boolean {
  return isPartOfWord(code) || code === DOT;
}
