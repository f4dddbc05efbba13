/** A workspace for crash tests, and what must be true of its store after whatever happened. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineApi } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { decodeChecked, encodeChecked } from '../../src/store/reservations.ts';

/** Paths with content; a link's with its target. */
export type State = Readonly<Record<string, string>>;

export function tempFolder(name: string): string {
  return fs.mkdtempSync(join(tmpdir(), `snapstage-${name}-`));
}

/** Makes the folder's content this state, with times of the past so that nothing is racy. */
export function makeState(folder: string, state: State): void {
  for (const name of fs.readdirSync(folder)) if (name !== '.snapstage') fs.rmSync(join(folder, name), { recursive: true });
  for (const [path, content] of Object.entries(state)) {
    const full = join(folder, path);
    fs.mkdirSync(join(full, '..'), { recursive: true });
    if (content.startsWith('-> ')) fs.symlinkSync(content.slice(3), full);
    else fs.writeFileSync(full, content);
  }
}

/** What is in a folder, with its store left out. */
export function readState(folder: string, below = ''): State {
  const state: Record<string, string> = {};
  for (const entry of fs.readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (path === '.snapstage') continue;
    if (entry.isDirectory()) Object.assign(state, readState(folder, path));
    else state[path] = entry.isSymbolicLink() ? `-> ${fs.readlinkSync(join(folder, path))}` : fs.readFileSync(join(folder, path), 'utf8');
  }
  return sorted(state);
}

export function sorted(state: State): State {
  return Object.fromEntries(Object.entries(state).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A snapshot's content, read from the store. */
export async function snapshotState(engine: EngineApi, id: string): Promise<State> {
  const state: Record<string, string> = {};
  for (const entry of await engine.ls({ state: id, path: '', recursive: true })) {
    if (entry.kind === 'folder') continue;
    const content = Buffer.from(await engine.read({ state: id, path: entry.path })).toString('utf8');
    state[entry.path] = entry.kind === 'link' ? `-> ${content}` : content;
  }
  return sorted(state);
}

/** States that differ in every way: added, changed by a little, deleted, moved, kinds changed. */
export const states: readonly State[] = [
  { 'a.txt': 'first\n', 'data/table.csv': lines(400), 'data/old.txt': 'old', 'deep/er/x': 'x', link: '-> a.txt', kind: 'a file' },
  {
    'a.txt': 'second\n',
    'data/table.csv': `${lines(400)}one more\n`,
    'data/new.txt': 'new',
    'deep/er/y': 'x',
    link: '-> data/new.txt',
    'kind/inside': 'a folder',
  },
  { 'a.txt': 'second\n', 'data/table.csv': lines(399), 'other/z': lines(300).toUpperCase(), link: 'a file now', kind: '-> nowhere' },
];

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i},${(i * 7919) % 1013},${(i * 104_729) % 997}\n`).join('');
}

const DEAD = 4_194_304; // above the largest number that Linux gives a process

/** Makes everything that this process left in a store look left by one that has ended. */
export function bury(folder: string): void {
  const store = join(folder, '.snapstage');
  const rename = (name: string): string => name.replace(`.${process.pid}.`, `.${DEAD}.`);
  if (!fs.existsSync(store)) return;
  for (const name of list(join(store, 'sessions'))) fs.renameSync(join(store, 'sessions', name), join(store, 'sessions', rename(name)));
  for (const lock of fs.readdirSync(store, { recursive: true, encoding: 'utf8' })) {
    const full = join(store, lock);
    if (/^(locks|restoring|speaking|staging)\b/.test(lock) && fs.statSync(full).isFile())
      fs.writeFileSync(full, rename(fs.readFileSync(full, 'utf8')));
  }
  const journal = join(store, 'journal', 'restore');
  const intent = fs.existsSync(journal) ? (decodeChecked(fs.readFileSync(journal)) as { session: string } | undefined) : undefined;
  if (intent !== undefined) fs.writeFileSync(journal, encodeChecked({ ...intent, session: rename(intent.session) }));
}

function list(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}

/** Every file of a store that has no business there when nobody is at work. */
export function garbageOf(folder: string): string[] {
  const store = join(folder, '.snapstage');
  const files = fs.readdirSync(store, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  const snapshots = new Set(list(join(store, 'snapshots')));
  const isOrphan = (name: string): boolean =>
    name.endsWith('.labels') && !snapshots.has(name.slice('snapshots/'.length, -'.labels'.length));
  const isWork = (name: string): boolean => /^((sessions|trash|damaged)\/|journal\/(new-|(staging|restore)$))/.test(name);
  return files.filter((name) => name.endsWith('.tmp') || isOrphan(name) || isWork(name));
}

/** The store is sound, each snapshot reads back as what was taken, and work goes on without leaving garbage. */
export async function checkSound(folder: string, expected: ReadonlyMap<string, State>, known: readonly State[]): Promise<void> {
  const engine = openEngine({ folder });
  try {
    const first = await engine.verify({ readData: true });
    assert.deepEqual(
      first.damage.filter((one) => !one.healed),
      [],
    );
    const listed = await engine.list();
    for (const id of expected.keys())
      assert.ok(
        listed.some((one) => one.id === id),
        `snapshot ${id} is gone`,
      );
    for (const { id, reason } of listed) {
      const found = await snapshotState(engine, id);
      const wanted = expected.get(id);
      if (wanted !== undefined) assert.deepEqual(found, sorted(wanted));
      else if (reason !== 'before recovery')
        assert.ok(
          known.some((one) => isEqual(one, found)),
          `snapshot ${id} is of no state that there was`,
        );
    }
    if ((await engine.status({ changes: false })).interrupted !== null) await engine.recover('finish');
    const now = await engine.take({});
    assert.deepEqual(await snapshotState(engine, now.id), readState(folder));
    await engine.compact();
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    for (const [id, wanted] of expected) assert.deepEqual(await snapshotState(engine, id), sorted(wanted));
    assert.deepEqual(garbageOf(folder), []);
  } finally {
    await engine.dispose();
  }
}

export function isEqual(a: State, b: State): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Numbers between 0 and 1, the same in every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A hundred and more files, some of them large enough for several chunks. */
export function midSize(seed: number, files = 160): State {
  const next = random(seed);
  const state: Record<string, string> = {};
  for (let i = 0; i < files; i++) {
    const line = `${Math.floor(next() * 1e9)} of ${i}\n`;
    if (next() < 0.9) state[`dir${i % 37}/sub${i % 5}/file${i}-${i % 3 === 0 ? seed : 0}`] = line.repeat(1 + Math.floor(next() * 200));
  }
  for (let i = 0; i < 2; i++) state[`large${i}`] = Array.from({ length: 60_000 }, (_, k) => `${k * (i + seed)},`).join('');
  return state;
}
