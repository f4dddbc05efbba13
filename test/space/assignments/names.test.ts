/** Names of what is handed in and given back, which not every system takes as they are. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RenamedPath } from '../../../src/engine/assignmentApi.ts';
import { Classroom, type Person } from '../../support/classroom.ts';
import { systemError } from '../../support/faultyFiles.ts';
import { withFolderFaults, type FolderCall } from '../../support/folderFaults.ts';
import { readFiles, Workbench, writeFiles } from '../../support/folders.ts';
import { skip } from '../../rig/skip.ts';

const bench = new Workbench();
const ending = `${'あ'.repeat(80)}.md`;

/** Contents tell which is which. */
const odd = {
  'A.md': 'capital',
  'a.md': 'small',
  'Part/x': 'in capitals',
  'part/x': 'in small letters',
  'caf\u00e9': 'composed',
  'cafe\u0301': 'decomposed',
  'con.txt': 'a device',
  'what?': 'a question',
  'end.': 'with a dot',
  [ending]: 'as long as it may be here',
  [`.envrc:${'n'.repeat(248)}`]: 'too long with a mark in front',
  '.vscode/tasks.json': 'runs',
  '.devcontainer/devcontainer.json': 'runs too',
  '.envrc': 'runs as well',
  '_.envrc': 'mine',
};
const contents = Object.values(odd).toSorted();

/** As on another system, as far as names go. */
async function asOn<T>(platform: NodeJS.Platform, run: () => Promise<T>): Promise<T> {
  const own = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...own, value: platform });
  try {
    return await run();
  } finally {
    Object.defineProperty(process, 'platform', own);
  }
}

/** Each file is there, under its own name or the one that is told, and nothing else is. */
function isWhole(folder: string, below: string, renamed: readonly RenamedPath[], files: Readonly<Record<string, string>> = odd): void {
  const found = readFiles(path.join(folder, below));
  const told = new Map(renamed.map(({ from, to }) => [from, to]));
  const prefix = below === '' ? '' : `${below}/`;
  const placeOf = (name: string): string => {
    const names = name.split('/');
    const known = names.map((_, depth) => told.get(prefix + names.slice(0, depth + 1).join('/')));
    const last = known.findLastIndex((to) => to !== undefined);
    const place = last < 0 ? prefix + name : [known[last]!, ...names.slice(last + 1)].join('/');
    return place.slice(prefix.length);
  };
  for (const [name, content] of Object.entries(files)) assert.equal(found[placeOf(name)], content, `${name} as ${placeOf(name)}`);
  assert.deepEqual(Object.keys(found).filter((name) => !name.endsWith('/')).length, Object.keys(files).length);
}

describe('space: names in hand-ins and feedback', () => {
  let room: Classroom;
  let ada: Person;
  let id: string;

  before(function () {
    const folder = bench.folder();
    writeFiles(folder, { A: '', 'caf\u00e9': '' });
    if (process.platform !== 'linux' || fs.existsSync(path.join(folder, 'a')) || fs.existsSync(path.join(folder, 'cafe\u0301')))
      skip(this, 'its file system folds names');
  });
  beforeEach(async () => {
    room = await Classroom.open(bench, { 'hw1/task.md': 'task' });
    ada = await room.join('Ada');
    const parts = [{ path: 'hw1', patterns: [] }];
    ({ id } = await room.master.engine.createAssignment({ title: 'あ'.repeat(100), deadline: '2100-01-01T00:00:00Z', parts }));
    await ada.receiveAll();
    fs.rmSync(path.join(ada.folder, 'hw1/task.md'));
    ada.write(Object.fromEntries(Object.entries(odd).map(([name, content]) => [`hw1/${name}`, content])));
  });
  afterEach(async () => {
    await room.close();
    await bench.clear();
  });

  it('come as they are where they can, else under others that are told; none takes another’s place', async () => {
    const { handIn } = await ada.engine.handIn({ assignment: id });
    assert.equal(handIn.files, contents.length);
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const { folder, items } = await asOn(platform, () => room.master.engine.collect({ assignment: id, to: bench.place() }));
      const [item] = items;
      assert.deepEqual([item!.outcome, item!.problem], ['collected', null]);
      isWhole(item!.folder!, 'hw1', item!.renamed);
      const told = new Map(item!.renamed.map(({ from, why }) => [from, why]));
      assert.deepEqual(
        ['hw1/.vscode', 'hw1/.devcontainer', 'hw1/.envrc', 'hw1/_.envrc'].map((name) => told.get(name)),
        ['code', 'code', 'code', 'code'],
      );
      assert.equal(told.get('hw1/a.md'), platform === 'linux' ? undefined : 'name');
      assert.equal(told.get('hw1/con.txt'), platform === 'win32' ? 'name' : undefined);
      assert.equal(told.get('hw1/caf\u00e9'), platform === 'darwin' ? 'name' : undefined);
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('that are Unicode of any kind, or not, come back to their author as feedback, each told', async () => {
    const { handIn } = await ada.engine.handIn({ assignment: id });
    await room.master.engine.space({ sync: true });
    const remarks = path.join(bench.folder(), 'remarks');
    writeFiles(remarks, odd);
    await room.master.engine.giveFeedback({ handIn: handIn.id, files: [remarks], visibility: 'returned' });
    await ada.engine.space({ sync: true });
    for (const platform of ['linux', 'win32'] as const) {
      const to = bench.place();
      const got = await asOn(platform, () => ada.engine.fetchFeedback({ handIn: handIn.id, to }));
      assert.deepEqual([got.files, got.leftOut], [contents.length, []]);
      isWhole(to, 'remarks', got.renamed);
    }
  });

  it('that can’t be written make no copy at all: it is told, and made when they can', async () => {
    await ada.engine.handIn({ assignment: id });
    const to = bench.place();
    const collect = async (): Promise<readonly (string | null)[]> => {
      const [item] = (await room.master.engine.collect({ assignment: id, to })).items;
      return [item!.outcome, item!.folder, item!.problem];
    };
    // Nobody is to find half of a hand-in, and take it for all of it.
    const failing = ({ path: at }: FolderCall): void => {
      if (at.endsWith('/what?')) throw systemError('EIO', at);
    };
    const [failed, none, problem] = await withFolderFaults(to, failing, collect);
    assert.deepEqual([failed, none], ['failed', null]);
    assert.match(problem!, /“hw1\/what\?” could not be written/);
    const left = fs.existsSync(to) ? fs.readdirSync(to, { recursive: true, withFileTypes: true }) : [];
    assert.deepEqual(
      left.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
    const [outcome, folder] = await collect();
    assert.equal(outcome, 'collected');
    assert.equal(Object.keys(readFiles(folder!)).filter((name) => !name.endsWith('/')).length, contents.length);
  });
});
