import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GradeRow } from '../../../src/engine/assignmentApi.ts';
import { gradesCsv, gradesJson } from '../../../src/engine/gradesFile.ts';

const row: GradeRow = {
  assignment: 'a1',
  title: 'HW 1',
  member: { id: 'b2', name: 'Ada' },
  state: 'returned',
  handIn: 'c3',
  identifier: null,
  made: '2026-12-01T22:59:00.000Z',
  lateness: 'on-time',
  grade: '5',
  comment: 'well done',
  visibility: 'returned',
};
const titles = 'assignment,title,member,name,state,handIn,identifier,made,lateness,grade,comment,visibility';

/** The cells of a file by RFC 4180, whatever is in them. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let [cells, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === ',') [cells, cell] = [[...cells, cell], ''];
    else if (character === '\r' && text[at + 1] === '\n') {
      rows.push([...cells, cell]);
      [cells, cell] = [[], ''];
      at++;
    } else cell += character;
  }
  assert.deepEqual([isQuoted, cells, cell], [false, [], ''], 'the file ends with a line');
  return rows;
}

const commented = (comment: string): string => gradesCsv([{ ...row, comment }]).slice(titles.length + 2);

describe('grades as a file', () => {
  it('have a line of titles, and one for each member', () => {
    assert.equal(gradesCsv([]), `${titles}\r\n`);
    const line = 'a1,HW 1,b2,Ada,returned,c3,,2026-12-01T22:59:00.000Z,on-time,5,well done,returned';
    assert.equal(gradesCsv([row, { ...row, grade: null }]), `${titles}\r\n${line}\r\n${line.replace(',5,', ',,')}\r\n`);
  });

  it('quote what would be more than one cell', () => {
    assert.ok(commented('said "no",\nthen "yes"').includes(',"said ""no"",\nthen ""yes""",'));
  });

  it('hold nothing that a spreadsheet would run', () => {
    for (const cell of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")', '=1\r\n,"'])
      assert.equal(parse(commented(cell))[0]![10], `'${cell}`);
    for (const cell of ['1+1', 'a=b', "'=1", ' =1']) assert.equal(parse(commented(cell))[0]![10], cell);
  });

  it('hold any text so that it can be read back', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', 'a') }),
    );
    const any = fc.record({ name: fc.option(text), grade: fc.option(text), comment: fc.option(text) });
    fc.assert(
      fc.property(fc.array(any), (all) => {
        const rows = all.map(({ name, ...rest }): GradeRow => ({ ...row, ...rest, member: { id: 'b2', name } }));
        const [first, ...lines] = parse(gradesCsv(rows));
        assert.deepEqual(first, titles.split(','));
        assert.ok(lines.flat().every((cell) => !/^[=+\-@\t\r]/.test(cell)));
        assert.deepEqual(
          lines.map((cells) => [cells[3]!, cells[9]!, cells[10]!].map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, ''))),
          all.map(({ name, grade, comment }) => [name, grade, comment].map((one) => one ?? '')),
        );
        assert.deepEqual(JSON.parse(gradesJson(rows)), rows);
      }),
    );
  });
});
