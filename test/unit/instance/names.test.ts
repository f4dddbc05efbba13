import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeName } from '../../../src/base/paths.ts';
import { besideName, escapedNames, platformTraits, shortName } from '../../../src/instance/names.ts';

const windows = platformTraits('win32');
const mac = platformTraits('darwin');
const linux = platformTraits('linux');

describe('names of other systems', () => {
  it('are what they are on Linux', () => {
    assert.equal(escapedNames(['a', 'A', 'con', 'x:y', '\u00e9', 'e\u0301', 'end.'], linux).size, 0);
  });

  it('that Windows reserves or can’t hold get a mark', () => {
    for (const name of [
      'con',
      'NUL',
      'com1.txt',
      'Lpt9',
      'com¹',
      'aux.tar.gz',
      'a:b',
      'a*b',
      'what?',
      'a\\b',
      'end.',
      'end ',
      'tab\t',
      '<x>',
      '"',
      '|',
      '...',
      ' .',
    ]) {
      const escaped = escapedNames([name], windows).get(name);
      assert.ok(escaped !== undefined, `“${name}” is left as it is`);
      assert.doesNotMatch(escaped, /[<>:"|?*\\\x00-\x1f]|[. ]$/, `“${name}” became “${escaped}”`);
      assert.doesNotMatch(escaped, /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i);
    }
    for (const name of ['console', 'com', 'com10', 'a.con', 'nul_', '.hidden', 'é', 'a b', 'x~1'])
      assert.ok(!escapedNames([name], windows).has(name), name);
  });

  it('that clash by case or form keep the first and mark the rest', () => {
    assert.deepEqual([...escapedNames(['README', 'Readme', 'readme'], windows).keys()], ['Readme', 'readme']);
    assert.deepEqual([...escapedNames(['caf\u00e9', 'cafe\u0301'], mac).keys()], ['cafe\u0301']);
    assert.equal(escapedNames(['caf\u00e9', 'cafe\u0301'], windows).size, 0);
    assert.deepEqual([...escapedNames(['CAF\u00c9', 'cafe\u0301'], mac).keys()], ['cafe\u0301']);
    assert.deepEqual([...escapedNames(['stra\u00dfe', 'STRASSE'], windows).keys()], ['STRASSE']);
  });

  it('are all different in the end, whatever they were', () => {
    const tricky = fc.oneof(
      fc.string({ minLength: 1, maxLength: 4 }),
      fc.constantFrom('con', 'CON', 'con.', 'con ', 'a', 'A', 'a.', 'a:', 'a*', 'é', 'e\u0301', 'É', '.', '..x'),
    );
    for (const traits of [windows, mac]) {
      fc.assert(
        fc.property(fc.uniqueArray(tricky, { maxLength: 12 }), (names) => {
          const escaped = escapedNames(names, traits);
          const fold = (name: string): string => (traits.foldsUnicode ? name.normalize('NFC') : name).toLowerCase().toUpperCase();
          const used = names.map((name) => fold(escaped.get(name) ?? name));
          assert.equal(new Set(used).size, names.length, JSON.stringify([...escaped]));
        }),
        { numRuns: 500 },
      );
    }
  });

  it('that somebody has given on purpose take the place of no other', () => {
    for (const traits of [windows, mac]) {
      const mark = escapedNames(['A', 'a'], traits).get('a')!;
      for (const names of [
        ['A', mark, 'a'],
        ['A', mark.toUpperCase(), 'a'],
        ['A', 'a', mark],
      ]) {
        const escaped = escapedNames(names, traits);
        const used = names.map((name) => (escaped.get(name) ?? name).toLowerCase());
        assert.equal(new Set(used).size, names.length, JSON.stringify([...escaped]));
      }
    }
  });

  it('that are too long are cut, with their ending and a mark, and are no other’s', () => {
    for (const name of ['x'.repeat(255), 'ü'.repeat(127), 'é.txt', ''])
      assert.equal(
        shortName(name, () => true),
        name,
      );
    const taken = new Set<string>();
    for (const name of [
      `${'あ'.repeat(150)}.ipynb`,
      `${'あ'.repeat(151)}.ipynb`,
      '🐢'.repeat(64),
      `.${'x'.repeat(300)}`,
      `${'x'.repeat(255)}\udc80`,
    ]) {
      const short = shortName(name, (other) => taken.has(other));
      assert.ok(encodeName(short).length <= 255 && !taken.has(short), short);
      assert.match(short, /~[0-9a-f]{8}(\.ipynb)?$/);
      assert.equal(short.endsWith('.ipynb'), name.endsWith('.ipynb'));
      assert.notEqual(
        shortName(name, (other) => other === short),
        short,
      );
      taken.add(short);
    }
  });

  it('kept beside another say where they are from', () => {
    assert.equal(besideName('report.txt', 'first', 1), 'report (from first).txt');
    assert.equal(besideName('report.txt', 'first', 3), 'report (from first 3).txt');
    assert.equal(besideName('.bashrc', 'a/b:c', 1), '.bashrc (from a-b-c)');
    assert.equal(besideName('none', 'x', 1), 'none (from x)');
    for (const name of [`${'x'.repeat(251)}.txt`, '🐢'.repeat(63), `${'ü'.repeat(125)}.csv`]) {
      const beside = besideName(name, 'first', 12);
      assert.ok(Buffer.byteLength(beside) <= 255 && beside.isWellFormed() && beside.includes(' (from first 12)'), beside);
    }
    const [first, second] = ['A.tar.gz', '.HIDDEN'].map((name) => escapedNames([name.toLowerCase(), name], windows).get(name)!);
    assert.match(first!, /^A~[0-9a-f]{8}\.tar\.gz$/);
    assert.match(second!, /^\.HIDDEN~[0-9a-f]{8}$/);
  });
});
