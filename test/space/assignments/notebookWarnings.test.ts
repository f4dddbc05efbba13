import assert from 'node:assert/strict';
import fc from 'fast-check';
import { notebookWarnings } from '../../../src/space/assignments/notebookWarnings.ts';

const PRINTED = [{ output_type: 'stream', name: 'stdout', text: ['1\n'] }];

const text = { cell_type: 'markdown', metadata: {}, source: ['# Task'] };

function code(count: unknown, source = 'print(1)', outputs: unknown = []): object {
  return { cell_type: 'code', execution_count: count, metadata: {}, outputs, source: [source] };
}

function judge(...cells: object[]) {
  return notebookWarnings(Buffer.from(JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 })));
}

describe('assignments: notebooks before they are handed in', () => {
  it('says nothing of what was run from top to bottom', () => {
    assert.deepEqual(judge(text, code(1), code(2), text, code(7)), { isBroken: false, neverRun: [], stale: [] });
    assert.deepEqual(judge(), { isBroken: false, neverRun: [], stale: [] });
  });

  it('names cells that were never run, but no empty ones', () => {
    assert.deepEqual(judge(text, code(null), code(1), code(null, ' \n'), code(null)).neverRun, [2, 5]);
  });

  it('names cells whose outputs are older than the run of a cell above', () => {
    assert.deepEqual(judge(code(5), text, code(3), code(4), code(6), code(1)).stale, [3, 4, 6]);
  });

  it('names a cell with the count of a cell above: they ran in two sessions', () => {
    assert.deepEqual(judge(code(1), code(1)).stale, [2]);
  });

  it('names outputs without a count as stale', () => {
    assert.deepEqual(judge(code(1), code(null, 'x', PRINTED)), { isBroken: false, neverRun: [], stale: [2] });
  });

  it('takes counts that are none for no run', () => {
    const counts = ['1', -1, 0, 1.5, {}, [1], true];
    assert.deepEqual(
      judge(...counts.map((count) => code(count))).neverRun,
      counts.map((_, i) => i + 1),
    );
    assert.deepEqual(judge(code(1, 'x', 'no list'), { cell_type: 'code', source: 'x' }).neverRun, [2]);
  });

  it('tells a broken notebook, whatever the bytes', () => {
    const broken = { isBroken: true, neverRun: [], stale: [] };
    for (const bytes of [
      '',
      '{',
      'null',
      '{"cells": [], "nbformat": 3}',
      '[['.repeat(100_000),
      '{"nbformat":4,"nbformat_minor":4,"cells":[1]}',
    ]) {
      assert.deepEqual(notebookWarnings(Buffer.from(bytes)), broken);
    }
    assert.deepEqual(notebookWarnings(Buffer.from([0xff, 0xfe, 0])), broken);
    fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(notebookWarnings(bytes), broken)));
  });

  it('names none exactly where counts are there and increase', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 1, max: 8 })), { maxLength: 6 }), (counts) => {
        const { neverRun, stale } = judge(...counts.map((count) => code(count)));
        const isRunInOrder = counts.every((count, i) => count !== null && counts.slice(0, i).every((before) => before! < count));
        assert.equal(neverRun.length + stale.length === 0, isRunInOrder);
        assert.deepEqual(
          neverRun,
          counts.flatMap((count, i) => (count === null ? [i + 1] : [])),
        );
      }),
    );
  });
});
