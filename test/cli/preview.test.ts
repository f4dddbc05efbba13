/** Previews from the command line. */
import assert from 'node:assert/strict';
import { previewLines } from '../../src/cli/render/preview.ts';
import { createFormats } from '../../src/cli/render/format.ts';
import { renderTable } from '../../src/cli/render/table.ts';
import type { Report } from '../../src/cli/report.ts';
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../src/engine/previewApi.ts';
import { fakeEngine, runFake } from './fakes.ts';

const formats = createFormats('en', 'UTC');

const none: Record<PreviewState, number> = { new: 0, same: 0, safe: 0, edited: 0, 'deleted-there': 0, 'kind-clash': 0, unknown: 0 };
const object: PreviewObject = {
  path: 'hw1/a\u001b[2J',
  type: 'folder',
  part: null,
  kind: 'file',
  size: 3,
  strategy: 'mirror',
  runsCode: false,
  counts: { ...none, edited: 2, 'deleted-there': 1 },
};
const target: PreviewTarget = {
  id: 'ad'.repeat(16),
  name: 'Ada',
  role: 'editor',
  published: '2026-11-21T10:00:00.000Z',
  entries: 12,
  unknown: null,
  states: ['edited', 'new'],
  becomes: ['replaced', 'created'],
  exceptions: [
    { path: 'hw1/a\u001b[2J', table: null, strategy: 'skip' },
    { path: 'shop.db', table: 'orders', strategy: 'ask' },
  ],
  removed: { count: 3, paths: ['hw1/old\u001b[2J'], others: 5 },
  counts: { ...none, edited: 1, new: 1 },
  outcomes: { created: 1, updated: 0, replaced: 1, kept: 0, 'saved-beside': 0, deleted: 0, merged: 0, waiting: 0 },
};
const shown: DistributionPreview = {
  objects: [object, { ...object, path: '.vscode/tasks.json', runsCode: true, counts: { ...none, new: 3 } }],
  targets: [
    target,
    { ...target, name: null, published: null, unknown: 'viewer', removed: null, exceptions: [], counts: { ...none, unknown: 2 } },
  ],
  isMirror: true,
  isWhole: false,
};

describe('cli: preview', () => {
  it('shows a line for each target, what is in conflict, what can run programs, and what a mirror may delete', () => {
    const paint = (_style: unknown, text: string): string => text;
    const report: Pick<Report, 'formats' | 'table'> = { formats, table: (rows, columns) => renderTable(rows, columns, false, paint) };
    assert.deepEqual(
      [...previewLines(shown, report)],
      [
        '2 objects for 2 targets, by what each last published; each looks again when it applies them:',
        'Ada\tNov 21, 2026, 10:00:00 AM UTC\t1 new, 1 edited there',
        'adadadad\t(a viewer)\t2 unknown',
        'In conflict:',
        '  hw1/a\\x1b[2J  edited at 2, deleted at 1',
        '1 object can run programs, and will wait for a decision everywhere.',
        'Ada: hw1/a\\x1b[2J  skip',
        'Ada: shop.db:orders  ask',
        'Deleted at Ada: hw1/old\\x1b[2J, and 2 more',
        'A mirror also deletes what is not delivered. What else than earlier distributions brought that is, only the targets know; more than half of all has to be confirmed there.',
      ],
    );
  });

  it('asks for the same as distribute does, and gives it all as JSON', async () => {
    const engine = fakeEngine({ preview: async () => shown });
    const exceptions = ['--strategy-at', 'Ada:a:b=c=skip', '--strategy-at-table', 'Ada:shop.db:my:orders=ask'];
    const options = ['--to', 'Ada', '--to', 'group:g1', '--strategy', 'ask', '--strategy-for', 'folder=mirror', ...exceptions];
    const run = await runFake(['preview', ...options, '--json'], { engine });
    assert.deepEqual([run.code, run.json()], [0, shown]);
    const asked = {
      to: ['Ada', 'group:g1'],
      strategy: 'ask',
      strategies: { folder: 'mirror' },
      exceptions: [
        { target: 'Ada', path: 'a:b=c', strategy: 'skip' },
        { target: 'Ada', path: 'shop.db', table: 'my:orders', strategy: 'ask' },
      ],
    };
    assert.deepEqual(engine.calls.find(({ name }) => name === 'preview')!.request, asked);
    const handedOut = await runFake(['distribute', ...options], { engine });
    assert.equal(handedOut.code, 0);
    for (const name of ['planDistribution', 'distribute'])
      assert.deepEqual(engine.calls.find((call) => call.name === name)!.request, asked);
  });

  it('takes no strategy that there is not, and no exception that makes no sense', async () => {
    const wrong = [
      ['--strategy', 'hope'],
      ['--strategy-at', 'Ada=skip'],
      ['--strategy-at', 'Ada:hw1'],
      ['--strategy-at', ':hw1=skip'],
      ['--strategy-at', 'Ada:../hw1=skip'],
      ['--strategy-at', 'Ada:hw1=mirror'],
      ['--strategy-at', 'Ada:hw1='],
      ['--strategy-at-table', 'Ada:shop.db=skip'],
      ['--strategy-at-table', 'Ada:shop.db:=skip'],
    ];
    for (const options of wrong) {
      const run = await runFake(['preview', ...options]);
      assert.deepEqual([run.code, run.out], [2, ''], options.join(' '));
    }
    const own = await runFake(['distribute', '--to', 'me', '--strategy-at', 'Ada:hw1=skip']);
    assert.deepEqual([own.code, own.err.includes('Usage: snapstage distribute')], [2, true]);
  });
});
