import assert from 'node:assert/strict';
import { pathVersions, versionChange } from '../../../src/editor/history/versions.ts';
import type { EntryInfo, EntryKind, SnapshotInfo, Version } from '../../../src/engine/api.ts';

const entry = (id: string, kind: EntryKind = 'file'): EntryInfo => ({ path: 'a', kind, size: 1, mode: 0o644, modified: '', id });
const snapshot = (id: string): SnapshotInfo => ({
  id,
  name: null,
  description: null,
  kind: 'quick',
  reason: null,
  created: '2026-01-01T00:00:00Z',
  consistency: 'consistent',
  partial: false,
  pinned: false,
  files: 1,
  folders: 0,
  links: 0,
  bytes: 1,
  addedBytes: 1,
});

describe('versions of a path', () => {
  const versions: readonly Version[] = [
    { entry: null, states: ['current', 's6'], since: '6' },
    { entry: entry('y', 'folder'), states: ['s5'], since: '5' },
    { entry: entry('y'), states: ['s4'], since: '4' },
    { entry: null, states: ['s3'], since: '3' },
    { entry: entry('x'), states: ['s2', 's1'], since: '1' },
  ];
  const snapshots = ['s6', 's5', 's4', 's3', 's2', 's1'].map(snapshot);

  it('know their snapshots, their neighbour, and how they came about', () => {
    const rows = pathVersions(versions, snapshots);
    assert.deepEqual(rows.map(versionChange), ['deleted', 'kind', 'back', 'deleted', 'first']);
    assert.deepEqual(
      rows.map(({ snapshots: holders }) => holders.map(({ id }) => id)),
      [['s6'], ['s5'], ['s4'], ['s3'], ['s2', 's1']],
    );
    assert.deepEqual(
      rows.map(({ isCurrent }) => isCurrent),
      [true, false, false, false, false],
    );
    rows.forEach((row, index) => assert.equal(row.previous, rows[index + 1]));
  });

  it('leave out one whose snapshots have been deleted meanwhile', () => {
    const rows = pathVersions(
      versions,
      snapshots.filter(({ id }) => id !== 's3'),
    );
    assert.deepEqual(rows.map(versionChange), ['deleted', 'kind', 'changed', 'first']);
  });
});
