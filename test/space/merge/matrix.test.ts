/** The whole of (base, incoming, mine) × strategy × kind, as PRODUCT's table has it. */
import assert from 'node:assert/strict';
import type { Files } from '../../support/memoryTrees.ts';
import type { Strategy } from '../../../src/space/merge/staged.ts';
import { deliver } from './delivering.ts';

const STRATEGIES = ['overwrite', 'skip', 'rename', 'mirror', 'ask'] as const satisfies Strategy[];

/**
 * What is at `x.txt`: `-` nothing, a digit a file, `@1` a link, `d` a folder with files, `e` an empty one.
 * Where the base is what comes, nothing new does: nobody is asked, and what is here stays unless the sender insists.
 * Afterwards: the same; `+` what lies beside it as `x (from Master).txt`; `?`: it waits.
 */
const MATRIX = `
  base incoming mine | state         | overwrite skip  rename  mirror ask
  -    2        -    | new           | 2         2     2       2      2
  -    2        2    | same          | 2         2     2       2      2
  -    2        3    | edited        | 2         3     3+2     2      3?
  1    1        1    | same          | 1         1     1       1      1
  1    2        1    | safe          | 2         2     2       2      2
  1    2        2    | same          | 2         2     2       2      2
  1    2        3    | edited        | 2         3     3+2     2      3?
  1    1        3    | edited        | 1         3     3       1      3
  1    2        -    | deleted-there | 2         -     -+2     2      -?
  1    1        -    | deleted-there | 1         -     -       1      -
  -    @2       -    | new           | @2        @2    @2      @2     @2
  -    @2       @2   | same          | @2        @2    @2      @2     @2
  -    @2       @3   | edited        | @2        @3    @3+@2   @2     @3?
  @1   @2       @1   | safe          | @2        @2    @2      @2     @2
  @1   @2       @3   | edited        | @2        @3    @3+@2   @2     @3?
  @1   @1       @3   | edited        | @1        @3    @3      @1     @3
  @1   @1       -    | deleted-there | @1        -     -       @1     -
  @1   @1       3    | kind-clash    | @1        3     3       @1     3
  1    1        @3   | kind-clash    | 1         @3    @3      1      @3
  1    1        d    | kind-clash    | 1         d     d       1      d
  @1   @2       -    | deleted-there | @2        -     -+@2    @2     -?
  -    2        @2   | kind-clash    | 2         @2    @2+2    2      @2?
  -    @2       2    | kind-clash    | @2        2     2+@2    @2     2?
  1    @2       1    | safe          | @2        @2    @2      @2     @2
  1    @2       3    | kind-clash    | @2        3     3+@2    @2     3?
  @1   2        @1   | safe          | 2         2     2       2      2
  @1   2        1    | edited        | 2         1     1+2     2      1?
  @1   2        @3   | kind-clash    | 2         @3    @3+2    2      @3?
  -    d        -    | new           | d         d     d       d      d
  -    d        d    | same          | d         d     d       d      d
  -    d        3    | kind-clash    | d         3     3+d     d      3?
  -    d        @3   | kind-clash    | d         @3    @3+d    d      @3?
  1    d        1    | safe          | d         d     d       d      d
  1    d        3    | kind-clash    | d         3     3+d     d      3?
  d    d        3    | kind-clash    | d         3     3       d      3
  d    d        @3   | kind-clash    | d         @3    @3      d      @3
  -    2        d    | kind-clash    | 2         d     d+2     2      d?
  d    2        d    | safe          | 2         2     2       2      2
  d    2        D    | kind-clash    | 2         D     D+2     2      D?
  d    2        -    | deleted-there | 2         -     -+2     2      -?
  d    @2       d    | safe          | @2        @2    @2      @2     @2
  -    e        -    | new           | e         e     e       e      e
  -    e        e    | same          | e         e     e       e      e
  -    e        3    | kind-clash    | e         3     3+e     e      3?
  e    e        -    | deleted-there | e         -     -       e      -
  e    2        e    | safe          | 2         2     2       2      2
  -    e        d    | same          | d         d     d       e      d
  d    e        d    | same          | d         d     d       e      d
`;

const FOLDER = { one: '1', 'deep/two': '2' };

/** What is at a path. */
function at(path: string, what: string): Files {
  if (what === '-') return {};
  if (what === 'e') return { [`${path}/`]: '' };
  if (!/[dD]/.test(what)) return { [path]: what };
  const files = what === 'd' ? FOLDER : { ...FOLDER, own: '3' };
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${path}/${name}`, text]));
}

const rows = MATRIX.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [objects = '', state = '', results = ''] = line.split('|').map((part) => part.trim());
    const [base = '', incoming = '', mine = ''] = objects.split(/ +/);
    return { base, incoming, mine, state, results: results.split(/ +/) };
  });

const OTHERS = { 'else.txt': 'not delivered', 'folder/else': 'nor this' };

describe('space: the matrix of base, incoming and mine', () => {
  for (const { base, incoming, mine, state, results } of rows) {
    it(`${base} ${incoming} ${mine}: ${state}`, () => {
      for (const [i, strategy] of STRATEGIES.entries()) {
        const [here, beside] = results[i]!.replace('?', '').split('+');
        const type = incoming === 'd' || incoming === 'e' ? 'folder' : 'file';
        const delivered = { incoming: at('x.txt', incoming), items: [{ type, path: 'x.txt' } as const], strategy };
        const first = deliver({ ...delivered, base: at('x.txt', base), mine: { ...OTHERS, ...at('x.txt', mine) } });
        const expected = { ...OTHERS, ...at('x.txt', here!), ...(beside === undefined ? {} : at('x (from Master).txt', beside)) };
        assert.deepEqual(sorted(first.files), sorted(expected), strategy);
        assertState(first.told, state, strategy);
        const waits = results[i]!.endsWith('?');
        assert.equal(first.plan.counts.waiting, waits ? 1 : 0, strategy);
        const received = { ...at('x.txt', waits ? base : incoming), ...(beside === undefined ? {} : at('x (from Master).txt', beside)) };
        const union = strategy !== 'mirror' && base === 'd' && incoming === 'e' ? at('x.txt', 'd') : received;
        assert.deepEqual(sorted(first.received), sorted(union), `base after ${strategy}`);
        const again = deliver({ ...delivered, base: first.base, mine: first.root });
        assert.ok(again.root.equals(first.root), `${strategy} again`);
        assert.ok(again.base.equals(first.base), `base after ${strategy} again`);
      }
    });
  }

  /** Of a folder in the way the whole is told, otherwise what is in it. */
  function assertState(told: Readonly<Record<string, string>>, state: string, strategy: string): void {
    const states = Object.entries(told).flatMap(([place, text]) => (place.startsWith('x.txt') ? [text.split(':')[0]!] : []));
    if (state === 'same')
      assert.deepEqual(
        states.filter((one) => one !== 'extra'),
        [],
        strategy,
      );
    else assert.equal(states[0], state, strategy);
  }
});

function sorted(files: Files): Files {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}
