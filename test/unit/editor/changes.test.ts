import assert from 'node:assert/strict';
import type { EntryInfo, EntryKind } from '../../../src/engine/api.ts';
import { countChanges, listChanges } from '../../../src/editor/compare/changes.ts';
import { byFolderAndName } from '../../../src/editor/entryOrder.ts';

const file = (path: string): { path: string; kind: 'file'; size: number } => ({ path, kind: 'file', size: 1 });

describe('changes', () => {
  const diff = { added: [file('z')], changed: [file('b'), file('a/x')], removed: [file('c')], moved: [{ ...file('m'), from: 'l' }] };

  it('are listed by path, each with its kind', () => {
    assert.deepEqual(
      listChanges(diff).map(({ change, path, from }) => [change, path, from]),
      [
        ['changed', 'a/x', undefined],
        ['changed', 'b', undefined],
        ['removed', 'c', undefined],
        ['moved', 'm', 'l'],
        ['added', 'z', undefined],
      ],
    );
  });

  it('are counted by kind', () => {
    assert.deepEqual(countChanges(diff), { added: 1, changed: 2, removed: 1, moved: 1 });
  });
});

describe('entries of a folder', () => {
  it('stand with folders first, and numbers in their order', () => {
    const entry = (path: string, kind: EntryKind): EntryInfo => ({ path, kind, size: 0, mode: 0o644, modified: '', id: '' });
    const entries = [entry('a10', 'file'), entry('a2', 'file'), entry('z', 'folder'), entry('b', 'link')];
    assert.deepEqual(
      byFolderAndName(entries, 'en').map(({ path }) => path),
      ['z', 'a2', 'a10', 'b'],
    );
  });
});
