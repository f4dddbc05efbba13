import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lineOf, widthsOf } from '../../../src/editor/columns.ts';

const left = (text: string): { text: string; right: boolean } => ({ text, right: false });
const right = (text: string): { text: string; right: boolean } => ({ text, right: true });

describe('columns of text', () => {
  it('are as wide as the widest of them, numbers to the right', () => {
    const rows = [
      [left('id'), left('name')],
      [right('7'), left('Ada')],
      [right('12345'), left('Größe')],
    ];
    const widths = widthsOf(rows);
    assert.deepEqual(
      rows.map((row) => lineOf(row, widths)),
      ['id     name', '    7  Ada', '12345  Größe'],
    );
  });

  it('count a character once, however it is written', () => {
    assert.deepEqual(widthsOf([[left('e\u0301👩‍🔬')]]), [2]);
    assert.deepEqual(widthsOf([]), []);
    assert.equal(lineOf([], []), '');
  });

  it('keep what is in them', () => {
    const cell = fc.record({ text: fc.stringMatching(/^[!-~]{0,12}$/), right: fc.boolean() });
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((size) => fc.array(fc.array(cell, { minLength: size, maxLength: size }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        const widths = widthsOf(rows);
        for (const row of rows) {
          const line = lineOf(row, widths).padEnd(1000);
          let at = 0;
          for (const [index, { text }] of row.entries()) {
            assert.equal(line.slice(at, at + widths[index]!).trim(), text);
            at += widths[index]! + 2;
          }
        }
      }),
    );
  });
});
