import assert from 'node:assert/strict';
import type { EntryInfo, EntryKind } from '../../../src/engine/api.ts';
import { byFolderAndName } from '../../../src/editor/entryOrder.ts';

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
