import assert from 'node:assert/strict';
import { referenceOf } from '../../../src/editor/reference.ts';
import type { SnapshotInfo, UndoInfo } from '../../../src/engine/api.ts';

let clock = 0;
const snapshot = (name: string, reason: string | null = null): SnapshotInfo => ({
  id: name,
  name,
  description: null,
  kind: reason === null ? 'quick' : 'automatic',
  reason,
  created: new Date(Date.UTC(2026, 0, 1, 0, clock++)).toISOString(),
  consistency: 'consistent',
  partial: false,
  pinned: false,
  files: 0,
  folders: 0,
  links: 0,
  bytes: 0,
  addedBytes: 0,
});
const undo = (restored: SnapshotInfo, safety: SnapshotInfo, paths: readonly string[] = []): UndoInfo => ({
  snapshot: restored,
  safety,
  paths,
  at: safety.created,
});
const seen = (snapshots: readonly SnapshotInfo[], last: UndoInfo | null): unknown => {
  const reference = referenceOf(snapshots.toReversed(), last);
  return reference && [reference.snapshot.id, reference.restored];
};

describe('what the current state is compared with', () => {
  const a = snapshot('a');
  const b = snapshot('b');
  const before = snapshot('before', 'before restore');

  it('is the newest snapshot', () => {
    assert.equal(seen([], null), null);
    assert.deepEqual(seen([a, b], null), ['b', false]);
  });

  it('is one that was taken by itself too, and one that came from elsewhere only where there is no other', () => {
    assert.deepEqual(seen([a, b, snapshot('scheduled', 'scheduled'), before], null), ['scheduled', false]);
    assert.deepEqual(seen([a, snapshot('debugged', 'before debugging main')], null), ['debugged', false]);
    const imported = { ...snapshot('imported'), imported: '2026-02-01T00:00:00.000Z' };
    assert.deepEqual(seen([a, imported], null), ['a', false]);
    assert.deepEqual(seen([imported], null), ['imported', false]);
  });

  it('is the one that was restored, until the next is taken', () => {
    assert.deepEqual(seen([a, b, before], undo(a, before)), ['a', true]);
    assert.deepEqual(seen([a, b, before, snapshot('c')], undo(a, before)), ['c', false]);
  });

  it('stays what it was when only a part was restored, and after an undo', () => {
    assert.deepEqual(seen([a, b, before], undo(a, before, ['file'])), ['b', false]);
    assert.deepEqual(seen([a, b, before, snapshot('undone', 'before undo')], undo(before, snapshot('undone', 'before undo'))), [
      'b',
      false,
    ]);
  });

  it('is one taken before a restore when somebody chose that, or when there is no other', () => {
    const later = snapshot('later', 'before restore');
    assert.deepEqual(seen([a, before, later], undo(before, later)), ['before', true]);
    assert.deepEqual(seen([before], null), ['before', false]);
  });
});
