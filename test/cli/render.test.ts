import assert from 'node:assert/strict';
import { progressText, ProgressLine } from '../../src/cli/render/progress.ts';
import { changeLines, changesSummary, firstLines } from '../../src/cli/render/changes.ts';
import { createFormats } from '../../src/cli/render/format.ts';
import { restoreItemLines, restoreSentence } from '../../src/cli/render/plans.ts';
import { statusLines } from '../../src/cli/render/status.ts';
import { renderTable } from '../../src/cli/render/table.ts';
import { cutText, escapeText, textWidth, unescapeBytes } from '../../src/cli/render/text.ts';
import type { Progress } from '../../src/base/progress.ts';
import { restorePlan, snapshot, status } from './fakes.ts';
import { noCounts } from '../support/restoreCounts.ts';

const formats = createFormats('en-US', 'UTC');
const plain = (_: unknown, text: string): string => text;

describe('cli: text', () => {
  it('shows nothing that a terminal would obey', () => {
    assert.equal(escapeText('\u001b[2J\u001b]0;gone\u0007'), '\\x1b[2J\\x1b]0;gone\\x07');
    assert.equal(escapeText('a\nb\tc\rd\u0000e\u007f'), 'a\\nb\\tc\\rd\\x00e\\x7f');
    assert.equal(escapeText('\u009b2J'), '\\u009b2J');
    assert.equal(escapeText('a\u2028b\u2029c'), 'a\\u2028b\\u2029c');
    assert.equal(escapeText('invoice\u202efdp.exe'), 'invoice\\u202efdp.exe');
  });

  it('leaves alone what shows as itself', () => {
    const names = ['naïve café.txt', '日本語.md', '👩‍🔬 notes', 'ä\u0308', 'a\\b'];
    for (const name of names) assert.equal(escapeText(name), name);
  });

  it('shows raw bytes as bytes, and reads them back', () => {
    assert.equal(escapeText('caf\udce9.txt'), 'caf\\xe9.txt');
    assert.equal(unescapeBytes('caf\\xe9.txt'), 'caf\udce9.txt');
    assert.equal(escapeText('\ud800'), '\\ud800');
  });

  it('is as wide as a terminal draws it', () => {
    assert.equal(textWidth('abc'), 3);
    assert.equal(textWidth('日本'), 4);
    assert.equal(textWidth('e\u0301'), 1);
    assert.equal(textWidth('👩‍🔬'), 2);
    assert.equal(cutText('日本語', 5), '日本…');
    assert.equal(cutText('abc', 3), 'abc');
  });
});

describe('cli: numbers and times', () => {
  it('gives sizes in decimal units', () => {
    const sizes: [number, string][] = [
      [0, '0 bytes'],
      [1, '1 byte'],
      [999, '999 bytes'],
      [1000, '1 kB'],
      [1_234_567, '1.2 MB'],
      [999_949, '999.9 kB'],
      [999_999, '1 MB'],
      [5e15, '5 PB'],
      [5e18, '5,000 PB'],
    ];
    for (const [bytes, text] of sizes) assert.equal(formats.size(bytes), text);
    assert.equal(createFormats('de-DE', 'UTC').size(1_234_567), '1,2 MB');
  });

  it('gives local times with their zone', () => {
    assert.equal(formats.time('2026-11-20T13:02:03.004Z').replaceAll('\u202f', ' '), 'Nov 20, 2026, 01:02:03 PM UTC');
    assert.match(createFormats('en-GB', 'Europe/Berlin').time('2026-11-20T13:02:03.004005006Z'), /^20 Nov 2026, 14:02:03 (CET|GMT\+1)$/);
    assert.equal(formats.time('no time'), 'no time');
  });

  it('gives durations roughly, and counts with their noun', () => {
    assert.equal(formats.duration(4.6), '5 s');
    assert.equal(formats.duration(125), '2 min 5 s');
    assert.equal(formats.duration(7300), '2 h 1 min');
    assert.equal(formats.count(1, 'file'), '1 file');
    assert.equal(formats.count(1200, 'entry', 'entries'), '1,200 entries');
  });
});

describe('cli: tables', () => {
  const columns = [
    { title: 'Name', cell: (row: { name: string; size: number }) => row.name },
    { title: 'Size', align: 'right' as const, cell: (row: { name: string; size: number }) => formats.size(row.size) },
    { title: 'End', cell: () => 'x' },
  ];
  const rows = [
    { name: '日本', size: 5 },
    { name: 'abcde', size: 12_000 },
  ];

  it('are aligned by width on a terminal', () => {
    assert.deepEqual([...renderTable(rows, columns, true, plain)], ['Name      Size  End', '日本   5 bytes  x', 'abcde    12 kB  x']);
  });

  it('are tab-separated lines without a head otherwise', () => {
    assert.deepEqual([...renderTable(rows, columns, false, plain)], ['日本\t5 bytes\tx', 'abcde\t12 kB\tx']);
  });

  it('colour cells without moving columns', () => {
    const styled = [
      ...renderTable(rows, [{ ...columns[0]!, style: () => 'red' as const }, ...columns.slice(1)], true, (_, text) => `<${text}>`),
    ];
    assert.deepEqual(styled, ['<Name>      <Size>  <End>', '<日本>   5 bytes  x', '<abcde>    12 kB  x']);
  });
});

describe('cli: the progress line', () => {
  const progress: Progress = { phase: 'read', files: 1234, totalFiles: 78_579, bytes: 5e6, totalBytes: 1.36e9, rate: 3.5e8, eta: 65 };

  it('says phase, files, bytes, rate and time left, as far as known', () => {
    assert.equal(progressText(progress, formats), 'Reading 1,234 of 78,579 files · 5 MB of 1.4 GB · 350 MB/s · 1 min 5 s left');
    assert.equal(progressText({ phase: 'scan', files: 1, bytes: 0 }, formats), 'Scanning 1 file · 0 bytes');
    assert.equal(progressText({ phase: 'delete', files: 2, totalFiles: 30, bytes: 0 }, formats), 'Deleting 2 of 30 snapshots');
  });

  it('is redrawn at most ten times a second, fits the terminal, and goes away', () => {
    const written: string[] = [];
    let now = 0;
    const output = {
      terminal: true,
      columns: 20,
      paint: plain,
      write: async (chunk: string | Uint8Array) => {
        written.push(chunk.toString());
      },
    };
    const line = new ProgressLine(output, formats, () => now);
    line.clear();
    assert.deepEqual(written, []);
    for (now = 0; now < 1000; now += 10) line.draw(progress);
    assert.equal(written.length, 10);
    assert.equal(written[0], '\r\u001b[2KReading 1,234 of 7…');
    line.clear();
    line.clear();
    assert.equal(written.length, 11);
    assert.equal(written.at(-1), '\r\u001b[2K');
  });

  it('that cannot be written is no failure', async () => {
    const output = { terminal: true, columns: 80, paint: plain, write: () => Promise.reject(new Error('gone')) };
    new ProgressLine(output, formats, () => 0).draw(progress);
    await new Promise((resolve) => setImmediate(resolve));
  });
});

describe('cli: changes and plans in words', () => {
  const diff = {
    added: [{ path: 'plots', kind: 'folder' as const, size: 0 }],
    changed: [{ path: 'b', kind: 'file' as const, size: 12 }],
    removed: [{ path: 'a\u001b', kind: 'link' as const, size: 3 }],
    moved: [{ path: 'z', from: 'c', kind: 'file' as const, size: 5 }],
  };

  it('lists changes by path', () => {
    assert.deepEqual(changeLines(diff, formats, plain), ['D  a\\x1b', 'M  b  (12 bytes)', 'A  plots/', 'R  c → z  (5 bytes)']);
    assert.equal(changesSummary(diff, formats), '1 changed, 1 new, 1 removed, 1 moved');
    assert.equal(changesSummary({ added: [], changed: [], removed: [], moved: [] }, formats), '');
  });

  it('shortens long lists and says so', () => {
    assert.deepEqual(firstLines(['a', 'b', 'c'], 3, formats, 'all'), ['a', 'b', 'c']);
    assert.deepEqual(firstLines(['a', 'b', 'c'], 2, formats, 'all'), ['a', 'b', '… and 1 more: all']);
  });

  it('says in a sentence what a restore will do', () => {
    const sentence = restoreSentence(restorePlan, formats);
    assert.equal(sentence, 'Replace 3 files, bring back 1, delete 2 that came later (2 kB). The state now is kept as a snapshot first.');
    const one = {
      ...restorePlan,
      counts: { ...noCounts, delete: 1 },
      items: [{ path: 'd', action: 'delete' as const, kind: 'folder' as const, size: 0 }],
    };
    assert.equal(restoreSentence(one, formats), 'Delete 1 item that came later. The state now is kept as a snapshot first.');
    assert.equal(restoreSentence({ ...restorePlan, counts: noCounts }, formats), 'Nothing differs: there is nothing to restore.');
    const away = { ...restorePlan, request: { state: 'x', to: '/out' }, counts: { ...noCounts, add: 6, bytes: 10 } };
    assert.equal(restoreSentence(away, formats), 'Write 6 files in /out (10 bytes).');
  });

  it('lists what a restore will do, also under another name', () => {
    const items = [
      { path: 'CON', action: 'add' as const, kind: 'file' as const, size: 3, as: 'CON~1', reason: 'a reserved name' },
      { path: 'old', action: 'delete' as const, kind: 'folder' as const, size: 0 },
    ];
    assert.deepEqual(restoreItemLines(items, formats, plain), ['bring back  CON as CON~1  (3 bytes): a reserved name', 'delete      old/']);
  });

  it('says how an instance stands', () => {
    const text = statusLines({ ...status, folder: '/course', changes: diff }, formats, plain).join('\n');
    assert.match(text, /^Instance \/course\n1 snapshot, the store takes 400 kB\nLatest: aaaaaaaa "before the refactor", taken /);
    assert.match(text, /Since then: 1 changed, 1 new, 1 removed, 1 moved\n {2}D {2}a/);
    assert.match(statusLines({ ...status, latest: null, changes: null }, formats, plain).join('\n'), /`snapstage take`/);
    const undo = { snapshot, safety: snapshot, paths: [], at: snapshot.created };
    assert.match(statusLines({ ...status, undo }, formats, plain).join('\n'), /`snapstage undo`/);
  });
});
