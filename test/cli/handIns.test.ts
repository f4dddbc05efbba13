/** What the command line says of what was collected and came back. */
import assert from 'node:assert/strict';
import { createFormats } from '../../src/cli/render/format.ts';
import { standingColumns } from '../../src/cli/render/assignments.ts';
import type { CollectedInfo, FetchedFeedback } from '../../src/engine/assignmentApi.ts';
import { handIn, standing } from '../support/dashboardScenes.ts';
import { fakeEngine, runFake } from './fakes.ts';

const changed: Pick<FetchedFeedback, 'renamed' | 'leftOut'> = {
  renamed: [
    { from: 'hw1/.vscode', to: 'hw1/_.vscode', why: 'code' },
    { from: 'hw1/a\u001b', to: 'hw1/a~12345678', why: 'name' },
  ],
  leftOut: ['hw1/up'],
};

describe('cli: hand-ins', () => {
  it('name each path that is another one in a copy, and why', async () => {
    const item: CollectedInfo = {
      handIn: 'e'.repeat(64),
      member: { id: 'a'.repeat(32), name: 'Ada' },
      outcome: 'collected',
      folder: '/copies/HW 1/Ada/1',
      files: 3,
      bytes: 1200,
      fetched: 1000,
      problem: null,
      ...changed,
    };
    const engine = fakeEngine({
      collect: async () => ({ folder: '/copies/HW 1', items: [item] }),
      fetchFeedback: async () => ({ state: 'feedback-1', files: 3, ...changed }),
    });
    const lines = (out: string): readonly string[] => out.trimEnd().split('\n');
    assert.deepEqual(lines((await runFake(['collect', 'HW 1'], { engine })).out), [
      'Collected 1 hand-in into /copies/HW 1; 1 kB came from the hub.',
      '  Ada: hw1/.vscode can run programs, and is called hw1/_.vscode in the copy',
      '  Ada: hw1/a\\x1b is a name that can’t be used here, and is called hw1/a~12345678 in the copy',
      '  Ada: hw1/up leads out of the folder, and was left out',
    ]);
    const fetched = lines((await runFake(['feedback', 'e'.repeat(64), '--save', '/back'], { engine })).out);
    assert.match(fetched[0]!, /^Wrote 3 files to .*back\.$/);
    assert.deepEqual(fetched.slice(1), [
      '  hw1/.vscode can run programs, and is called hw1/_.vscode in the copy',
      '  hw1/a\\x1b is a name that can’t be used here, and is called hw1/a~12345678 in the copy',
      '  hw1/up leads out of the folder, and was left out',
    ]);
  });

  it('that were returned say that there is a newer draft', () => {
    const state = standingColumns(createFormats('en', 'UTC')).find(({ title }) => title === 'State')!;
    const cells = (['returned', 'draft'] as const).map((visibility) =>
      state.cell(standing('Ada', 'returned', [handIn('a1', { grade: '5', visibility })])),
    );
    assert.deepEqual(cells, ['returned', 'returned, with a newer draft']);
  });
});
