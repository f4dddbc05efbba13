import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instance } from '../../../src/editor/instance.ts';
import { Unfinished } from '../../../src/editor/restore/unfinished.ts';

const at = '2026-11-20T10:00:00.000Z';

/** As much of an instance as is asked for. */
function folderWith(...snapshots: readonly { readonly id: string; readonly created?: string }[]): Instance {
  const known = snapshots.map((snapshot) => ({ kind: 'quick', created: '2026-11-19T10:00:00.000Z', ...snapshot }));
  const state = { kind: 'ready', status: { interrupted: null }, snapshots: known };
  return { folder: { uri: { toString: () => 'file:///course' } }, state } as unknown as Instance;
}

describe('what a window did not end', () => {
  let place: string;
  const dead = (): boolean => false;
  const whats = (unfinished: Unfinished, folder: Instance): unknown => unfinished.list(folder).map(({ what }) => what);

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'snapstage-unfinished-'));
  });

  afterEach(() => rmSync(place, { recursive: true }));

  /** A window that is killed in the middle: its note stays. */
  async function killedDuring(what: (window: Unfinished, never: () => Promise<never>) => Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    void what(new Unfinished(place), () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
    await promise;
  }

  it('is nothing when all went its way, or failed', async () => {
    const unfinished = new Unfinished(place);
    assert.equal(await unfinished.taking(folderWith(), { at }, async () => 7), 7);
    await assert.rejects(unfinished.deleting(folderWith(), { ids: ['a'], at }, async () => Promise.reject(new Error('no'))));
    assert.deepEqual(readdirSync(place), []);
    assert.equal(await new Unfinished(undefined).taking(folderWith(), { at }, async () => 7), 7);
  });

  it('is a snapshot that was being taken, unless it was there in the end', async () => {
    await killedDuring((window, never) => window.taking(folderWith(), { name: 'mine', at }, never));
    assert.deepEqual(whats(new Unfinished(place, dead), folderWith({ id: 'a' })), ['take']);
    assert.deepEqual(whats(new Unfinished(place, dead), folderWith({ id: 'a', created: '2026-11-20T10:00:01.000Z' })), []);
    assert.deepEqual(whats(new Unfinished(place), folderWith({ id: 'a' })), [], 'another window is still at it');
    const next = new Unfinished(place, dead);
    next.forget(folderWith(), 'delete');
    assert.deepEqual(whats(next, folderWith({ id: 'a' })), ['take']);
    next.forget(folderWith(), 'take');
    assert.deepEqual(whats(next, folderWith({ id: 'a' })), []);
    assert.deepEqual(readdirSync(place), []);
  });

  it('is what is left of a deletion', async () => {
    await killedDuring((window, never) => window.deleting(folderWith(), { ids: ['a', 'b', 'c'], at }, never));
    const [one] = new Unfinished(place, dead).list(folderWith({ id: 'b' }, { id: 'c' }, { id: 'd' }));
    assert.deepEqual(one?.what === 'delete' && one.left, ['b', 'c']);
    assert.deepEqual(whats(new Unfinished(place, dead), folderWith({ id: 'd' })), []);
  });

  it('is not what was cut off while it was noted', () => {
    writeFileSync(join(place, 'unfinished-1234567-1.json'), '{"what":"ta');
    assert.deepEqual(whats(new Unfinished(place, dead), folderWith()), []);
  });
});
