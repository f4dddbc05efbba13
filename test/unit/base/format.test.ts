import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCommand, formatDate, formatNumber, formatSize, parseSize, parseTime, replaceUnseen } from '../../../src/base/format.ts';

const LOCALES = ['en', 'de', 'ar-EG', 'ja', 'hi', 'fr-CH'];

/** As it is said without anything remembered. */
function slowly(scaled: number, unit: string, locale: string): string {
  const unitDisplay = unit === 'byte' ? 'long' : 'short';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }).format(scaled);
}

describe('sizes as people write them', () => {
  it('are bytes, in units of 1000 or, with an i, of 1024', () => {
    const sizes: [string, number | undefined][] = [
      ['0', 0],
      ['4096', 4096],
      ['12B', 12],
      ['500MB', 500_000_000],
      ['500 mb', 500_000_000],
      ['2GB', 2_000_000_000],
      ['2g', 2_000_000_000],
      ['1GiB', 1_073_741_824],
      [' 1.5 KiB ', 1536],
      ['0.1kB', 100],
      ['', undefined],
      ['GB', undefined],
      ['-1GB', undefined],
      ['1,5GB', undefined],
      ['1GiX', undefined],
      ['1Gi', undefined],
      ['1iB', undefined],
      ['0x10', undefined],
      ['99999PB', undefined],
    ];
    for (const [text, bytes] of sizes) assert.equal(parseSize(text), bytes, text);
  });
});

describe('formats', () => {
  it('write sizes in decimal units', () => {
    const sizes: [number, string][] = [
      [0, '0 bytes'],
      [1, '1 byte'],
      [999, '999 bytes'],
      [1000, '1 kB'],
      [1_234_567, '1.2 MB'],
      [999_949, '999.9 kB'],
      [999_950, '1 MB'],
      [5e15, '5 PB'],
      [5e18, '5,000 PB'],
      [12.34, '12.3 bytes'],
      [-1500, '-1.5 kB'],
    ];
    for (const [bytes, text] of sizes) assert.equal(formatSize(bytes, 'en'), text);
    assert.equal(formatSize(1_234_567, 'de'), '1,2 MB');
  });

  it('round a size as the language would, whatever came before', () => {
    const cases = fc.tuple(
      fc.constantFrom(...LOCALES),
      fc.constantFrom('kilobyte', 'megabyte', 'gigabyte'),
      fc.integer({ min: 1000, max: 999_949 }),
    );
    fc.assert(
      fc.property(cases, ([locale, unit, thousandths]) => {
        const bytes = thousandths * { kilobyte: 1, megabyte: 1e3, gigabyte: 1e6 }[unit];
        assert.equal(formatSize(bytes, locale), slowly(thousandths / 1000, unit, locale));
      }),
      { numRuns: 1000 },
    );
    for (let bytes = 0; bytes < 1000; bytes += 7)
      for (const locale of LOCALES) assert.equal(formatSize(bytes, locale), slowly(bytes, 'byte', locale));
  });

  it('write numbers and dates as the place does, each with its own options', () => {
    assert.equal(formatNumber(78_579, 'de'), '78.579');
    assert.equal(formatNumber(78_579, 'en'), '78,579');
    assert.equal(formatNumber(0.25, 'en', { style: 'percent' }), '25%');
    const date = new Date(Date.UTC(2026, 10, 21, 14, 2));
    assert.equal(formatDate(date, 'en-GB', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }), '14:02');
    assert.equal(formatDate(date, 'en-GB', { hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Kolkata' }), '19:32');
  });

  it('read times with nanoseconds', () => {
    assert.equal(parseTime('2026-11-21T01:02:03.123456789Z').getTime(), Date.UTC(2026, 10, 21, 1, 2, 3, 123));
    assert.ok(Number.isNaN(parseTime('no time').getTime()));
  });

  it('replace what would not show as itself, and nothing else', () => {
    assert.equal(
      replaceUnseen('a\nb\u202ec\udc80 \u007f✓ 🙂 ~', (character) => `<${character.codePointAt(0)!.toString(16)}>`),
      'a<a>b<202e>c<dc80> <7f>✓ 🙂 ~',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const shown = replaceUnseen(text, () => '');
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.equal(
          replaceUnseen(shown, () => '!'),
          shown,
        );
      }),
    );
  });

  it('write commands as one would type them', () => {
    assert.equal(formatCommand(['npm', 'ci', '--prefix=web/a']), 'npm ci --prefix=web/a');
    assert.equal(formatCommand(['echo', "it's; $(x)", '']), String.raw`echo 'it'\''s; $(x)' ''`);
  });
});
