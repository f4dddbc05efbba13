/** What kind of text a file holds, by its name. */
import { baseName } from '../../base/paths.ts';

/** How comments and strings of a family of programming languages are written. */
export interface Grammar {
  /** What starts a comment up to the end of the line. */
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [start: string, end: string])[];
  readonly quotes: string;
}

export type Language = Grammar | 'prose' | 'notebook';

const SLASHES = { lineComments: ['//'], blockComments: [['/*', '*/']] } as const;
const CURLY: Grammar = { ...SLASHES, quotes: `"'` };
const WEB: Grammar = { ...SLASHES, quotes: `"'\`` };
/** An apostrophe is more than a quote there. */
const RUST: Grammar = { ...SLASHES, quotes: '"' };
const PHP: Grammar = { ...SLASHES, lineComments: ['//', '#'], quotes: `"'` };
const STYLES: Grammar = { ...SLASHES, lineComments: [], quotes: `"'` };
const HASH: Grammar = { lineComments: ['#'], blockComments: [], quotes: `"'` };
/** Strings between three quotes are what takes the place of comments there. */
export const PYTHON: Grammar = {
  ...HASH,
  blockComments: [
    ['"""', '"""'],
    [`'''`, `'''`],
  ],
};
const JULIA: Grammar = {
  lineComments: ['#'],
  blockComments: [
    ['#=', '=#'],
    ['"""', '"""'],
  ],
  quotes: '"',
};
const POWERSHELL: Grammar = { ...HASH, blockComments: [['<#', '#>']] };
const SQL: Grammar = { lineComments: ['--'], blockComments: [['/*', '*/']], quotes: `"'` };
const HASKELL: Grammar = { lineComments: ['--'], blockComments: [['{-', '-}']], quotes: '"' };
const LUA: Grammar = { lineComments: ['--'], blockComments: [['--[[', ']]']], quotes: `"'` };
const ADA: Grammar = { lineComments: ['--'], blockComments: [], quotes: '"' };
const LISP: Grammar = { lineComments: [';'], blockComments: [['#|', '|#']], quotes: '"' };
const ASSEMBLER: Grammar = { lineComments: [';', '#', '//'], blockComments: [['/*', '*/']], quotes: '"' };
const MATLAB: Grammar = { lineComments: ['%'], blockComments: [['%{', '%}']], quotes: '"' };
const PROLOG: Grammar = { lineComments: ['%'], blockComments: [['/*', '*/']], quotes: '"' };
const FORTRAN: Grammar = { lineComments: ['!'], blockComments: [], quotes: `"'` };
const BASIC: Grammar = { lineComments: [`'`], blockComments: [], quotes: '"' };
const ML: Grammar = { lineComments: [], blockComments: [['(*', '*)']], quotes: '"' };
const PASCAL: Grammar = {
  lineComments: ['//'],
  blockComments: [
    ['{', '}'],
    ['(*', '*)'],
  ],
  quotes: `'`,
};

/** Extensions, names of files without any, and of languages as notebooks call them. */
const NAMES: readonly (readonly [Language, string])[] = [
  [
    CURLY,
    'c h cc cpp cxx c++ hh hpp hxx ino cu cl glsl hlsl java kt kts scala cs swift dart groovy gradle proto zig sol d mm scss less csharp',
  ],
  [WEB, 'js mjs cjs jsx javascript ts mts cts tsx typescript vue svelte go'],
  [RUST, 'rs rust v sv'],
  [PHP, 'php'],
  [STYLES, 'css'],
  [PYTHON, 'py pyw pyi pyx python sage'],
  [HASH, 'r rb ruby pl pm sh bash zsh fish awk tcl nim cr ex exs coffee gd mk makefile cmake dockerfile gnuplot gp'],
  [JULIA, 'jl julia'],
  [POWERSHELL, 'ps1 psm1'],
  [SQL, 'sql'],
  [HASKELL, 'hs haskell elm purs agda idr'],
  [LUA, 'lua'],
  [ADA, 'ada adb ads vhd vhdl'],
  [LISP, 'lisp lsp scm ss rkt clj cljs cljc el'],
  [ASSEMBLER, 'asm s'],
  [MATLAB, 'm matlab octave'],
  [PROLOG, 'pro prolog erl hrl'],
  [FORTRAN, 'f f77 f90 f95 f03 f08 for'],
  [BASIC, 'vb vbs bas'],
  [ML, 'ml mli fs fsi fsx sml wl'],
  [PASCAL, 'pas pp dpr'],
  ['prose', 'md markdown mdx qmd rmd txt text tex ltx bib rst adoc org typ html htm xhtml readme'],
  ['notebook', 'ipynb'],
];

const LANGUAGES: ReadonlyMap<string, Language> = new Map(
  NAMES.flatMap(([language, names]) => names.split(' ').map((name) => [name, language] as const)),
);

/** `undefined` for what is compared by its content alone: data, binaries and languages that are not known. */
export function languageOf(path: string): Language | undefined {
  return languageOfName(baseName(path).replace(/^.*\./, ''));
}

/** By an extension, or a language's own name as notebooks have it. */
export function languageOfName(name: string): Language | undefined {
  return LANGUAGES.get(name.toLowerCase());
}
