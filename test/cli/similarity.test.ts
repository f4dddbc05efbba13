/** How alike hand-ins are, from the command line. */
import assert from 'node:assert/strict';
import type { SimilarityReport, SimilarMatches } from '../../src/engine/assignmentApi.ts';
import { fakeEngine, runFake } from './fakes.ts';

const report: SimilarityReport = {
  assignment: 'a'.repeat(64),
  compared: 40,
  notHere: ['n'],
  found: 1234,
  pairs: [
    {
      one: { handIn: '1'.repeat(64), member: { id: 'ad'.repeat(16), name: 'Ada\u001b' }, part: 0.931, lines: 1025 },
      other: { handIn: '2'.repeat(64), member: { id: 'b0'.repeat(16), name: null }, part: 0.4, lines: 25 },
      shared: 80,
      sameFiles: [{ one: 'a.png', other: 'b.png' }],
      passages: 3,
      largest: 18,
      files: 4,
      mainFiles: { one: 'a.py', other: 'b.py' },
    },
  ],
};

describe('cli: similarity', () => {
  it('tells of each pair how much of each is in the other, in lines and passages, and what was left out', async () => {
    const engine = fakeEngine({ similarity: async () => report });
    const { code, out } = await runFake(['similarity', 'HW 1'], { engine });
    assert.equal(code, 0);
    assert.deepEqual(out.split('\n'), [
      'Compared 40 hand-ins; how alike they are says nothing of why.',
      'Shown are the 1 most alike of 1,234 pairs.',
      '1 hand-in not collected yet: `snapstage collect` first.',
      'Ada\\x1b 11111111\tb0b0b0b0 22222222\t93 %\t40 %\t1,025 / 25\t3\t18\t1',
      '',
    ]);
    assert.deepEqual((await runFake(['similarity', 'HW 1', '--json'], { engine })).json(), report);
    const alone = fakeEngine({ similarity: async () => ({ ...report, found: 1, notHere: [] }) });
    assert.doesNotMatch((await runFake(['similarity', 'HW 1'], { engine: alone })).out, /most alike|not collected/);
  });

  it('shows two of them place by place', async () => {
    const matches: SimilarMatches = {
      regions: [{ one: { path: 'a.py', fromLine: 3, toLine: 20 }, other: { path: 'b.py', fromLine: 5, toLine: 22 } }],
      contents: [{ one: 'x.db', other: 'y.db', shared: 12 }],
    };
    const engine = fakeEngine({ similarMatches: async () => matches });
    const { out } = await runFake(['similarity', 'HW 1', '--between', 'a', '--between', 'b'], { engine });
    assert.deepEqual(out.split('\n'), ['  a.py:3-20  b.py:5-22', '  x.db  y.db  12 pieces', '']);
    assert.equal((await runFake(['similarity', 'HW 1', '--between', 'a'], { engine })).code, 2);
  });
});
