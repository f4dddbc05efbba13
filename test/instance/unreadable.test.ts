/** What can't be read makes a snapshot partial, with the path named; what is there stays when such a snapshot is restored. */
import assert from 'node:assert/strict';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RestoreOutcome, SnapshotDetails } from '../../src/engine/api.ts';
import { skip } from '../rig/skip.ts';
import { runAsNobody, whyNot } from '../support/nobody.ts';
import { seededBytes, Workbench, writeFiles } from '../support/folders.ts';

const bench = new Workbench();

interface Found {
  readonly partial: SnapshotDetails;
  readonly hinted: SnapshotDetails;
  readonly named: SnapshotDetails;
  readonly damage: readonly unknown[];
  readonly back: RestoreOutcome;
  readonly afterPartial: Record<string, string>;
  readonly readOnly: RestoreOutcome;
  readonly mode: number;
  readonly contents: readonly string[];
  readonly copy: readonly unknown[];
}

describe('instance: what can’t be read', () => {
  let found: Found;
  let folder: string;

  before(function () {
    const reason = whyNot();
    if (reason !== undefined) skip(this, reason);
    const parent = bench.folder();
    folder = path.join(parent, 'instance');
    writeFiles(folder, {
      'open.txt': 'open',
      'secret.txt': 'secret',
      'secret-large.bin': seededBytes(1, 800_000),
      'locked/inside.txt': 'locked',
      'listed only/inside.txt': 'listed',
      'read-only/a.txt': 'a',
      'read-only/deep/b.txt': 'b',
    });
    const script = fileURLToPath(import.meta.resolve('./asNobody.ts'));
    found = JSON.parse(runAsNobody(script, parent, folder)) as Found;
  });
  after(() => bench.clear());

  it('is named, and the snapshot is partial', () => {
    assert.equal(found.partial.partial, true);
    assert.equal(found.partial.consistency, 'crash-consistent');
    const named = found.partial.unreadable.map((note) => note.path);
    for (const name of ['secret.txt', 'secret-large.bin', 'locked'])
      assert.ok(named.includes(name), `${name} is not named: ${named.join(', ')}`);
    assert.ok(
      named.some((name) => name.startsWith('listed only')),
      named.join(', '),
    );
    assert.ok(found.partial.unreadable.every((note) => note.reason.includes('EACCES')));
    assert.deepEqual(found.damage, []);
  });

  it('is not forgotten by a snapshot that looked elsewhere', () => {
    for (const { partial, consistency, unreadable } of [found.hinted, found.named]) {
      assert.deepEqual([partial, consistency], [true, 'crash-consistent']);
      assert.deepEqual(unreadable, found.partial.unreadable);
    }
  });

  it('stays as it is when the partial snapshot is restored', () => {
    assert.equal(found.afterPartial['secret.txt'], 'secret');
    assert.equal(found.afterPartial['locked/inside.txt'], 'locked');
    assert.equal(found.afterPartial['listed only/inside.txt'], 'listed');
    assert.equal(found.afterPartial['secret-large.bin']!.length > 0, true);
    assert.equal(found.afterPartial['open.txt'], 'open');
    const kept = found.back.items.filter((item) => item.action === 'keep').map((item) => item.path);
    assert.ok(kept.includes('secret.txt') && kept.includes('locked/inside.txt'), kept.join(', '));
  });

  it('a folder without write permission is restored by its owner all the same', () => {
    assert.deepEqual(found.readOnly.problems, []);
    assert.deepEqual(found.contents, ['a', 'b']);
    assert.equal(found.mode, 0o755);
    assert.deepEqual(found.copy, []);
  });
});
