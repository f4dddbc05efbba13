import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mergeFile, mergeRun } from '../../../src/space/merge/mergeFile.ts';
import { mergeNotebook } from '../../../src/space/merge/mergeNotebook.ts';
import { differsInOutputs } from '../../../src/space/merge/notebook.ts';

const LABELS = { mine: 'mine', base: 'base', incoming: 'Master' };

interface TestCell {
  readonly [key: string]: unknown;
  readonly source: string;
  readonly id?: string;
}

function code(id: string | undefined, source: string, more: object = {}): TestCell {
  return { cell_type: 'code', execution_count: null, ...(id === undefined ? {} : { id }), metadata: {}, outputs: [], source, ...more };
}

function text(id: string | undefined, source: string): TestCell {
  return { cell_type: 'markdown', ...(id === undefined ? {} : { id }), metadata: {}, source };
}

interface Style {
  readonly minor?: number;
  readonly indent?: number;
  readonly end?: string;
  readonly metadata?: object;
  readonly lists?: boolean;
}

/** As Jupyter writes it: sources as lists of lines, one space of indentation. */
function notebook(cells: readonly TestCell[], { minor = 5, indent = 1, end = '\n', metadata, lists = true }: Style = {}): Buffer {
  const written = cells.map((cell) => ({
    ...cell,
    source: lists ? (cell.source === '' ? [] : cell.source.split(/(?<=\n)/)) : cell.source,
  }));
  return Buffer.from(
    JSON.stringify({ cells: written, metadata: metadata ?? {}, nbformat: 4, nbformat_minor: minor }, undefined, indent) + end,
  );
}

function run(source: string, count: number): object {
  return { execution_count: count, outputs: [{ output_type: 'stream', name: 'stdout', text: [`ran ${source} ${count}`] }] };
}

function merge(mine: Buffer, base: Buffer | undefined, incoming: Buffer) {
  const merged = mergeNotebook(mine, base, incoming, LABELS);
  assert.ok(merged !== undefined);
  const parsed = JSON.parse(merged.content.toString()) as {
    cells: (Omit<TestCell, 'source'> & { source: string | string[] })[];
    nbformat_minor: number;
  };
  const cells = parsed.cells.map((cell): TestCell => ({ ...cell, source: [cell.source].flat().join('') }));
  for (const cell of cells) isValid(cell, parsed.nbformat_minor);
  assert.equal(new Set(cells.map(({ id }) => id)).size, parsed.nbformat_minor < 5 ? Math.min(1, cells.length) : cells.length);
  return { ...merged, bytes: merged.content, cells, sources: cells.map(({ source }) => source) };
}

/** What the schema asks of a cell. */
function isValid(cell: TestCell, minor: number): void {
  const wanted =
    cell['cell_type'] === 'code' ? ['cell_type', 'execution_count', 'metadata', 'outputs', 'source'] : ['cell_type', 'metadata', 'source'];
  const keys = Object.keys(cell).filter((key) => key !== 'attachments');
  assert.deepEqual(keys.toSorted(), [...wanted, ...(minor < 5 ? [] : ['id'])].sort());
}

describe('space: merging notebooks', () => {
  for (const withIds of [true, false]) {
    const id = (name: string): string | undefined => (withIds ? name : undefined);
    const book = (cells: readonly TestCell[]): Buffer => notebook(cells, { minor: withIds ? 5 : 4 });
    const base = book([text(id('t'), '# Title'), code(id('a'), 'x = 1\ny = 2\nz = 3'), code(id('b'), 'print(x)\nprint(y)')]);

    describe(withIds ? 'by ids' : 'without ids', () => {
      it('takes cells that either side edited, added or took away', () => {
        const mine = book([
          text(id('t'), '# Title'),
          code(id('a'), 'x = 1\ny = 2\nz = 4'),
          code(id('m'), 'mine = True'),
          code(id('b'), 'print(x)\nprint(y)'),
        ]);
        const incoming = book([
          text(id('t'), '# Better title'),
          code(id('a'), 'x = 0\ny = 2\nz = 3'),
          code(id('b'), 'print(x)\nprint(y)'),
          text(id('n'), 'New'),
        ]);
        const { sources, conflicts } = merge(mine, base, incoming);
        assert.deepEqual(sources, ['# Better title', 'x = 0\ny = 2\nz = 4', 'mine = True', 'print(x)\nprint(y)', 'New']);
        assert.equal(conflicts, 0);
        const shorter = book([text(id('t'), '# Title'), code(id('b'), 'print(x)\nprint(y)')]);
        assert.deepEqual(merge(shorter, base, base).sources, ['# Title', 'print(x)\nprint(y)']);
        assert.deepEqual(merge(base, base, shorter).sources, ['# Title', 'print(x)\nprint(y)']);
      });

      it('keeps what both add at the same place, once where it is the same', () => {
        const added = (...more: TestCell[]): Buffer =>
          book([text(id('t'), '# Title'), code(id('a'), 'x = 1\ny = 2\nz = 3'), code(id('b'), 'print(x)\nprint(y)'), ...more]);
        const { sources, conflicts } = merge(added(code(id('m'), 'mine')), base, added(code(id('n'), 'sent')));
        assert.deepEqual([sources.slice(3), conflicts], [['mine', 'sent'], 0]);
        assert.deepEqual(merge(added(code(id('s'), 'both')), base, added(code(id('s'), 'both'))).sources.slice(3), ['both']);
      });

      it('puts what both changed between markers in the cell', () => {
        const edited = (line: string): Buffer =>
          book([text(id('t'), '# Title'), code(id('a'), `x = 1\n${line}\nz = 3`), code(id('b'), 'print(x)\nprint(y)')]);
        const { sources, conflicts } = merge(edited('y = 5'), base, edited('y = 6'));
        assert.equal(sources[1], 'x = 1\n<<<<<<< mine\ny = 5\n||||||| base\ny = 2\n=======\ny = 6\n>>>>>>> Master\nz = 3');
        assert.equal(conflicts, 1);
      });

      it('a cell that one side edited and the other took away is in conflict', () => {
        const edited = book([text(id('t'), '# Title'), code(id('a'), 'x = 1\ny = 2\nz = 30'), code(id('b'), 'print(x)\nprint(y)')]);
        const without = book([text(id('t'), '# Title'), code(id('b'), 'print(x)\nprint(y)')]);
        for (const [mine, incoming] of [
          [edited, without],
          [without, edited],
        ] as const) {
          const { sources, conflicts } = merge(mine, base, incoming);
          assert.equal(conflicts, 1);
          assert.match(sources[1]!, /<<<<<<< mine[^]*z = 30[^]*>>>>>>> Master/);
        }
      });

      it('outputs are no conflict: they stay with their source', () => {
        const ran = (count: number, a = 'x = 1\ny = 2\nz = 3'): Buffer =>
          book([text(id('t'), '# Title'), code(id('a'), a, run('a', count)), code(id('b'), 'print(x)\nprint(y)', run('b', count))]);
        const both = merge(ran(1), base, ran(2));
        assert.deepEqual([both.conflicts, both.cells.map((cell) => cell['execution_count'])], [0, [undefined, 1, 1]]);
        const newer = merge(ran(1), base, ran(2, 'x = 9\ny = 2\nz = 3'));
        assert.deepEqual([newer.conflicts, newer.cells.map((cell) => cell['execution_count'])], [0, [undefined, 2, 1]]);
        const merged = merge(ran(1, 'x = 1\ny = 2\nz = 9'), base, ran(2, 'x = 9\ny = 2\nz = 3'));
        assert.deepEqual([merged.conflicts, merged.cells[1]!['outputs']], [0, []], 'nobody ran the merged source');
        assert.deepEqual(
          merge(base, base, ran(2)).cells.map((cell) => cell['execution_count']),
          [undefined, 2, 2],
        );
        const gone = merge(ran(1), base, book([text(id('t'), '# Title'), code(id('a'), 'x = 1\ny = 2\nz = 3')]));
        assert.deepEqual([gone.conflicts, gone.cells.length], [0, 2], 'to run a cell is not to edit it');
      });
    });
  }

  it('without a base tells cells by each other', () => {
    const mine = notebook([code('a', 'x = 1\nshared'), code('m', 'mine')]);
    const incoming = notebook([code('a', 'x = 2\nshared'), code('n', 'sent')]);
    const { sources, conflicts } = merge(mine, undefined, incoming);
    assert.deepEqual([sources.slice(1), conflicts], [['mine', 'sent'], 1]);
    const old = (cells: TestCell[]): Buffer => notebook(cells, { minor: 4 });
    assert.equal(merge(old([code(undefined, 'a\nb\nc')]), undefined, old([code(undefined, 'a\nb\nd')])).cells.length, 1);
  });

  it('a moved cell is there once', () => {
    const cells = [code('a', '1'), code('b', '2'), code('c', '3')];
    const base = notebook(cells);
    const mine = notebook([cells[1]!, cells[2]!, cells[0]!]);
    const incoming = notebook([code('a', '1 edited'), cells[1]!, cells[2]!]);
    assert.deepEqual(merge(mine, base, incoming).sources, ['2', '3', '1 edited']);
    assert.deepEqual(merge(mine, base, notebook([cells[2]!, cells[0]!, cells[1]!])).sources.toSorted(), ['1', '2', '3']);
  });

  it('ids that a program made anew tell nothing', () => {
    const named = (prefix: string, ...sources: string[]): Buffer => notebook(sources.map((source, i) => code(`${prefix}${i}`, source)));
    const { sources, cells } = merge(named('m', 'a', 'b2', 'c'), named('o', 'a', 'b', 'c'), named('n', 'a', 'b', 'c2'));
    assert.deepEqual(
      [sources, cells.map(({ id }) => id)],
      [
        ['a', 'b2', 'c2'],
        ['m0', 'm1', 'm2'],
      ],
    );
  });

  it('gives ids where the newer format asks for them, and takes none into the older', () => {
    const old = notebook([code(undefined, 'a'), code(undefined, 'a')], { minor: 4 });
    const newer = notebook([code('x', 'a'), code('y', 'b')]);
    const { cells } = merge(old, old, newer);
    assert.ok(cells.every(({ id }) => /^[\w-]{1,64}$/.test(id ?? '')));
    merge(newer, old, old);
    merge(old, undefined, old);
    const again = merge(old, old, newer);
    assert.deepEqual(again.cells, cells, 'the same every time');
  });

  it('a type changed by one side brings the fields of that type', () => {
    const base = notebook([code('a', 'text')]);
    const ran = notebook([code('a', 'text', run('a', 1))]);
    const changed = notebook([text('a', 'text')]);
    assert.equal(merge(ran, base, changed).cells[0]!['cell_type'], 'markdown');
    assert.equal(merge(changed, base, ran).cells[0]!['cell_type'], 'markdown');
    merge(base, changed, changed);
  });

  it('merges metadata and attachments key by key, mine where both changed', () => {
    const cell = (tags: unknown, picture: string, other = 1): Buffer =>
      notebook([{ ...text('a', '![](p)'), metadata: { tags, other }, attachments: { p: { 'image/png': picture } } }], {
        metadata: { kernel: tags },
      });
    const { cells, conflicts } = merge(cell(['m'], 'AA'), cell([], 'AA'), cell(['n'], 'BB', 2));
    assert.deepEqual(
      [cells[0]!['metadata'], cells[0]!['attachments'], conflicts],
      [{ tags: ['m'], other: 2 }, { p: { 'image/png': 'BB' } }, 0],
    );
    assert.equal(merge(cell([], 'BB'), cell([], 'AA'), cell([], 'CC')).conflicts, 1);
  });

  it('is written as mine: order of keys, indentation, end, form of sources, numbers', () => {
    for (const [indent, end, lists] of [
      [1, '\n', true],
      [2, '', true],
      [4, '\n', false],
      [0, '', false],
    ] as const) {
      const styled = (source: string): Buffer => notebook([code('z', source), text('a', 'é\u2028')], { indent, end, lists });
      assert.equal(merge(styled('mine\nx\ny'), styled('x\ny'), styled('x\ny')).bytes.toString(), styled('mine\nx\ny').toString());
      const other = notebook([code('z', 'x\ny\nsent'), text('a', 'é\u2028')]);
      assert.equal(merge(styled('x\ny'), styled('x\ny'), other).bytes.toString(), styled('x\ny\nsent').toString());
    }
    const odd =
      '{\n "nbformat": 4,\n "nbformat_minor": 4,\n "metadata": {\n  "z": 1.0,\n  "a": 12345678901234567890,\n  "e": 1e3,\n  "__proto__": 1\n },\n "cells": []\n}\n';
    assert.equal(merge(Buffer.from(odd), Buffer.from(odd), Buffer.from(odd)).bytes.toString(), odd);
  });

  it('what is no notebook of version 4 is not merged', () => {
    const good = notebook([code('a', '1')]);
    const bad = ['', '{', '[]', 'null', '{"nbformat":3,"worksheets":[]}', '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":{}}'];
    const cells = [
      '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[1]}',
      '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","source":[1]}]}',
    ];
    for (const one of [...bad, ...cells, '['.repeat(100_000)]) {
      assert.equal(mergeNotebook(Buffer.from(one), good, good, LABELS), undefined, one.slice(0, 80));
      assert.equal(mergeNotebook(good, Buffer.from(one), good, LABELS), undefined);
      assert.equal(mergeNotebook(good, good, Buffer.from(one), LABELS), undefined);
    }
  });

  it('tells a run from an edit', () => {
    const base = notebook([code('a', '1'), text('t', 'x')], { metadata: { language_info: { version: '3.11' } } });
    const ran = notebook([code('a', '1', { ...run('1', 1), metadata: { execution: { started: 'now' } } }), text('t', 'x')], {
      metadata: { language_info: { version: '3.12' } },
      lists: false,
    });
    assert.equal(differsInOutputs(ran, base), true);
    for (const edited of [notebook([code('a', '2', run('1', 1)), text('t', 'x')]), notebook([code('a', '1')]), Buffer.from('{}')]) {
      assert.equal(differsInOutputs(edited, base), false);
    }
  });

  it('that was only run on one side is no conflict, and keeps the outputs of what stayed', () => {
    const base = notebook([code('a', 'x = 1'), code('b', 'y = 1')]);
    const ran = notebook([code('a', 'x = 1', run('a', 1)), code('b', 'y = 1', run('b', 2))]);
    const sent = notebook([code('a', 'x = 2'), code('b', 'y = 1')]);
    const edited = notebook([code('a', 'x = 3'), code('b', 'y = 1')]);
    const merged = mergeRun('hw/1.ipynb', { mine: ran, base, incoming: sent }, LABELS)!;
    const counts = (JSON.parse(merged.toString()) as { cells: TestCell[] }).cells.map((cell) => cell['execution_count']);
    assert.deepEqual(counts, [null, 2]);
    assert.ok(mergeRun('1.IPYNB', { mine: edited, base, incoming: ran }, LABELS) !== undefined);
    assert.ok(mergeRun('1.ipynb', { mine: ran, base: undefined, incoming: base }, LABELS) !== undefined);
    assert.equal(mergeRun('1.ipynb', { mine: edited, base, incoming: sent }, LABELS), undefined);
    assert.equal(mergeRun('1.ipynb', { mine: edited, base: undefined, incoming: sent }, LABELS), undefined);
    assert.equal(mergeRun('1.json', { mine: ran, base, incoming: sent }, LABELS), undefined);
  });

  it('that is none is merged as the text that it is', () => {
    const sides = { mine: Buffer.from('a\nx\nb2\n'), base: Buffer.from('a\nx\nb\n'), incoming: Buffer.from('a2\nx\nb\n') };
    for (const name of ['a.txt', 'a.ipynb']) assert.equal(mergeFile(name, sides, LABELS)!.content.toString(), 'a2\nx\nb2\n');
    const book = notebook([code('a', '1')]);
    assert.ok(mergeFile('a.ipynb', { mine: book, base: book, incoming: book }, LABELS)!.content.equals(book));
    assert.equal(mergeFile('a.png', { ...sides, incoming: Buffer.alloc(10) }, LABELS), undefined);
  });

  it('never loses a cell that only one side wrote, and takes one side where the other did nothing', () => {
    const cell = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), source: fc.constantFrom('1', '2', '1\n2', 'x\ny\nz', '') });
    const books = fc.boolean().chain((ids) =>
      fc.uniqueArray(cell, { selector: ({ id }) => id, maxLength: 5 }).map((cells) =>
        notebook(
          cells.map(({ id, source }) => code(ids ? id : undefined, source)),
          { minor: ids ? 5 : 4 },
        ),
      ),
    );
    fc.assert(
      fc.property(books, books, books, (mine, base, incoming) => {
        const sources = (bytes: Buffer): string[] =>
          (JSON.parse(bytes.toString()) as { cells: { source: string[] }[] }).cells.map(({ source }) => source.join(''));
        assert.deepEqual(merge(mine, base, base).sources, sources(mine));
        assert.deepEqual(merge(base, base, incoming).sources, sources(incoming));
        const lines = merge(mine, base, incoming).sources.join('\n').split('\n');
        const known = new Set(sources(base).join('\n').split('\n'));
        for (const line of [...sources(mine), ...sources(incoming)].join('\n').split('\n'))
          assert.ok(line === '' || known.has(line) || lines.includes(line), line);
      }),
      { numRuns: 1000 },
    );
  });
});
