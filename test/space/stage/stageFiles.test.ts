/** The Stage and its bundles in the files of a store: what a crash, a full disk and damage leave of them. */
import assert from 'node:assert/strict';
import { encodeChecked } from '../../../src/store/reservations.ts';
import { BundleFiles } from '../../../src/space/stage/bundles.ts';
import { neededByStage } from '../../../src/space/stage/holding.ts';
import { StageFiles } from '../../../src/space/stage/stageFiles.ts';
import { placeId, type StagedRecord } from '../../../src/space/stage/stagedObject.ts';
import { FaultyFiles, isRead, killer, MemoryFiles, systemError, VolatileFiles, wasKilled } from '../../support/faultyFiles.ts';

const snapshot = 'c'.repeat(32);
const added = '2026-11-21T10:00:00.000Z';
const file = (path: string, state = 'current'): StagedRecord => ({ type: 'file', state, path, strategy: null, added });

/** What of it counts: state by path. */
function stateOf(files: MemoryFiles): Record<string, string> {
  const { objects, unreadable } = new StageFiles(files).read();
  assert.deepEqual(unreadable, []);
  return Object.fromEntries([...objects.values()].map(({ path, state }) => [path, state]));
}

const before = [file('kept'), file('replaced')];
const after = [file('replaced', snapshot), file('new'), file('newer')];

function filled(files = new MemoryFiles()): MemoryFiles {
  new StageFiles(files).put(before);
  return files;
}

describe('space: the files of the Stage', () => {
  it('hold each object as it was or as it was to be, wherever a crash comes in', () => {
    const was: Record<string, string> = { kept: 'current', replaced: 'current' };
    const is: Record<string, string> = { ...was, replaced: snapshot, new: 'current', newer: 'current' };
    for (const torn of [false, true]) {
      for (let at = 1; ; at++) {
        const files = filled();
        const { before: show } = killer(at, torn);
        let error: unknown;
        try {
          new StageFiles(new FaultyFiles(files, show)).put(after);
        } catch (thrown) {
          error = thrown;
        }
        const state = stateOf(files);
        if (error === undefined) {
          assert.deepEqual(state, is);
          break;
        }
        assert.ok(wasKilled(error), 'it ended otherwise than by being killed');
        for (const path of Object.keys(is)) assert.ok([was[path], is[path]].includes(state[path]), `${path} at ${at}`);
      }
    }
  });

  it('hold all or none of what was to be put there where the disk refuses, whichever operation it is', () => {
    let failed = 0;
    for (let at = 1; ; at++) {
      const files = filled();
      let count = 0;
      let hasFailed = false;
      const faulty = new FaultyFiles(files, (operation) => {
        if (isRead(operation) || ++count !== at) return;
        hasFailed = true;
        throw systemError('ENOSPC', operation.name);
      });
      try {
        new StageFiles(faulty).put(after);
      } catch (error) {
        assert.equal((error as { code: string }).code, 'ENOSPC');
      }
      if (!hasFailed) break;
      failed += 1;
      assert.deepEqual(stateOf(files), { kept: 'current', replaced: 'current' });
    }
    assert.equal(failed, after.length);
  });

  it('are as before when it is cancelled, or the last look says no', () => {
    const files = filled();
    const refusal = (): never => {
      throw new Error('no');
    };
    assert.throws(() => new StageFiles(files).put(after, { last: refusal }), /^Error: no$/);
    assert.deepEqual(stateOf(files), { kept: 'current', replaced: 'current' });
    let left = 2;
    const cancelled = (): void => void (left-- === 0 && refusal());
    assert.throws(() => new StageFiles(files).put(after, { before: cancelled }), /^Error: no$/);
    assert.deepEqual(stateOf(files), { kept: 'current', replaced: 'current' });
  });

  it('survive a power cut as soon as a call has returned', () => {
    const files = new VolatileFiles();
    const stage = new StageFiles(files);
    stage.put(before);
    assert.deepEqual(stateOf(files.afterCut('everything')), { kept: 'current', replaced: 'current' });
    stage.remove([placeId(file('kept'))]);
    assert.deepEqual(stateOf(files.afterCut('everything')), { replaced: 'current' });
    new BundleFiles(files).save({ name: 'one', saved: added, objects: before });
    const left = files.afterCut('everything');
    assert.equal(new BundleFiles(left).list().bundles.length, 1);
    new BundleFiles(files).remove(['one']);
    assert.equal(new BundleFiles(files.afterCut('everything')).list().bundles.length, 0);
  });

  it('tell what is damaged, forged or newer, and go on with the others', () => {
    const files = filled();
    const [kept, replaced] = [placeId(file('kept')), placeId(file('replaced'))];
    const other = placeId(file('other'));
    files.contents.set(`stage/${kept}`, files.read(`stage/${kept}`)!.subarray(0, 20));
    files.contents.set(`stage/${other}`, encodeChecked({ version: 1, ...file('not other') }));
    files.contents.set('stage/1.tmp', Buffer.from('x'));
    files.contents.set(`stage/${'0'.repeat(32)}`, encodeChecked({ ...file('newer'), version: 2 }));
    files.contents.set(`stage/${'1'.repeat(32)}`, Buffer.from('2c0e1ff6\n{'));
    const { objects, unreadable } = new StageFiles(files).read();
    assert.deepEqual([...objects.keys()], [replaced]);
    assert.deepEqual(
      new Map(unreadable.map(({ id, reason }) => [id, reason])),
      new Map([
        [kept, 'its record is damaged'],
        [other, 'its record is damaged'],
        ['0'.repeat(32), 'it was written by a newer Snapstage'],
        ['1'.repeat(32), 'its record is damaged'],
      ]),
    );
    assert.equal(new StageFiles(files).remove([kept, other, '../format', 'f'.repeat(32)]), 2);
    assert.equal(new StageFiles(files).read().unreadable.length, 2);
  });

  it('have an end', () => {
    const files = new MemoryFiles();
    const many = Array.from({ length: 10_000 }, (_, i) => file(`f${i}`));
    new StageFiles(files).put(many);
    assert.throws(() => new StageFiles(files).put([file('one more')]), { code: 'refused', message: /room for 10000 objects/ });
    new StageFiles(files).put([file('f1', snapshot)]);
    assert.equal(new StageFiles(files).read().objects.size, 10_000);
  });
});

describe('space: bundles', () => {
  const bundle = { name: 'Week 1', saved: added, objects: [file('a', snapshot), file('b')] };

  it('come back as they were kept, and need the snapshots that are in them', () => {
    const files = filled();
    const bundles = new BundleFiles(files);
    bundles.save(bundle);
    bundles.save({ ...bundle, name: 'a “first” one', objects: [] });
    assert.deepEqual(
      bundles.list().bundles.map(({ name }) => name),
      ['Week 1', 'a “first” one'],
    );
    assert.deepEqual(bundles.mustGet('Week 1'), bundle);
    new StageFiles(files).put([file('c', snapshot)]);
    assert.deepEqual(neededByStage(files).get(snapshot), ['something of it is on the Stage', 'the bundle “Week 1” has something of it']);
    bundles.save({ ...bundle, objects: [file('b')] });
    assert.deepEqual(neededByStage(files).get(snapshot), ['something of it is on the Stage']);
  });

  it('are not there under other names, and have none that can’t be shown', () => {
    const bundles = new BundleFiles(new MemoryFiles());
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(201)]) assert.throws(() => bundles.save({ ...bundle, name }), { code: 'usage' });
    bundles.save(bundle);
    assert.throws(() => bundles.mustGet('week 1'), { code: 'not-found' });
    assert.throws(() => bundles.remove(['Week 1', 'Week 2']), { code: 'not-found', message: 'There is no bundle “Week 2”.' });
    assert.ok(bundles.has('Week 1'), 'all stay when one is missing');
  });

  it('that are damaged or forged are told, and can be deleted by their ids', () => {
    const files = new MemoryFiles();
    const bundles = new BundleFiles(files);
    bundles.save(bundle);
    const [name] = [...files.contents.keys()];
    const forged = [
      { ...bundle, version: 1, name: 'another' },
      { ...bundle, version: 1, objects: [{ ...file('../x') }] },
      { ...bundle, version: 1, objects: 'many' },
      { ...bundle, version: 1, saved: 'soon' },
    ];
    for (const record of forged) {
      files.contents.set(name!, encodeChecked(record));
      assert.throws(() => bundles.mustGet('Week 1'), { code: 'damaged' });
      assert.deepEqual(bundles.list(), {
        bundles: [],
        unreadable: [{ id: name!.slice('bundles/'.length), reason: 'its record is damaged' }],
      });
    }
    bundles.remove([name!.slice('bundles/'.length)]);
    assert.equal(files.contents.size, 0);
  });
});
