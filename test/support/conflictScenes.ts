/** Deliveries to look at. */
import { MemoryDeliveries, type Given } from './memoryDeliveries.ts';

const merged = {
  isClean: false,
  conflicts: 1,
  text: 'one\n<<<<<<< mine\ntwo by me\n||||||| base\ntwo\n=======\ntwo by Master\n>>>>>>> incoming\nthree\n',
};

const row = (id: number, mine: readonly string[], incoming: readonly string[], base: readonly string[]) => ({
  key: [String(id)],
  mine: [String(id), ...mine],
  incoming: [String(id), ...incoming],
  base: [String(id), ...base],
});

/** A conflict of every kind, and some changes that are none. */
export const smallScene: readonly Given[] = [
  { place: 'README.md', state: 'safe', base: 'a', incoming: 'b', mine: 'a' },
  { place: 'data/new.csv', state: 'new', incoming: '1,2' },
  {
    place: 'hw2/report.ipynb',
    state: 'edited',
    base: '{}',
    incoming: '{ "cells": [] }',
    mine: '{ "cells": [1] }',
    mergeable: 'notebook',
    merged: { isClean: true, conflicts: 0, text: '{ "cells": [1] }' },
  },
  {
    place: 'hw2/notes.md',
    state: 'edited',
    base: 'one\ntwo\nthree\n',
    incoming: 'one\ntwo by Master\nthree\n',
    mine: 'one\ntwo by me\nthree\n',
    mergeable: 'text',
    merged,
  },
  {
    place: 'data/prices.db',
    part: 'orders',
    type: 'table',
    state: 'edited',
    base: 'b'.repeat(4000),
    incoming: 'i'.repeat(5000),
    mine: 'm'.repeat(6000),
    mergeable: 'table',
    table: {
      columns: ['id', 'price', 'status'],
      incomingOnly: 40,
      mineOnly: 120,
      rows: [
        row(17, ['9.90', 'open'], ['10.50', 'open'], ['9.00', 'open']),
        row(23, ['4.00', 'shipped'], ['4.20', 'cancelled'], ['4.00', 'open']),
      ],
    },
  },
  { place: 'plots/logo.png', state: 'deleted-there', base: 'old', incoming: 'new logo' },
  { place: 'data/raw', state: 'kind-clash', incoming: 'a file', mine: '', kinds: { mine: 'folder' } },
  { place: 'Data.csv', path: 'data.csv', state: 'case-clash', incoming: '1,2,3', mine: '1,2' },
  { place: '.vscode/tasks.json', state: 'new', incoming: '{ "tasks": [] }', hold: 'code' },
  { place: 'hw2/plan.txt', state: 'edited', incoming: 'their plan', mine: 'my plan', offered: 'both' },
  {
    place: 'scripts/run.py',
    state: 'edited',
    strategy: 'overwrite',
    base: 'x',
    incoming: 'print(1)',
    mine: 'print(2)',
    mergeable: 'text',
    merged,
  },
  { place: 'sub/.snapstage', state: 'edited', incoming: 'x', mine: 'y', hold: 'store' },
];

const extensions = ['csv', 'py', 'ipynb', 'md', 'R'];

/** So many conflicts in 40 folders, each side with contents and times of its own, and as many safe changes. */
function manyConflicts(count: number): readonly Given[] {
  return Array.from({ length: count }, (_, index): readonly Given[] => {
    const name = `week-${String(index % 40).padStart(2, '0')}/part-${String(index % 7)}/measurement-${String(index).padStart(5, '0')}`;
    const place = `${name}.${extensions[index % extensions.length]}`;
    return [
      {
        place,
        state: 'edited',
        base: `base ${index}`,
        incoming: `incoming ${index}`,
        mine: `mine ${index % 3 === 0 ? 'and longer ' : ''}${index}`,
        mergeable: 'text',
      },
      { place: `${name}.log`, state: 'safe', base: 'a', incoming: 'b', mine: 'a' },
    ];
  }).flat();
}

export function deliveriesOf(scene: string): MemoryDeliveries {
  const [name, count] = scene.split(':');
  return new MemoryDeliveries(name === 'many' ? manyConflicts(Number(count)) : smallScene);
}
