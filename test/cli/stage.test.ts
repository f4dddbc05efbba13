/** The commands of the Stage: against an engine of plain values, and the real program on a real folder. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StagedObject } from '../../src/engine/stageApi.ts';
import { fakeEngine, id, runFake, snapshot } from './fakes.ts';
import { command } from '../support/command.ts';

const file: StagedObject = {
  id: id('1'),
  type: 'file',
  state: 'current',
  snapshot: null,
  path: 'a\u001b[2J.txt',
  table: null,
  application: null,
  strategy: 'skip',
  added: snapshot.created,
  size: 12,
  within: id('2'),
  problem: null,
};
const objects: readonly StagedObject[] = [
  { ...file, id: id('2'), type: 'folder', path: '', strategy: null, within: null },
  { ...file, id: id('3'), type: 'application', path: '', application: 'python', strategy: null },
  file,
  { ...file, id: id('4'), type: 'table', path: 'app.db', table: 'ord\ners', state: snapshot.id, snapshot, within: null },
  { ...file, id: id('5'), type: 'file', path: 'b', state: id('d'), problem: 'its snapshot was deleted' },
];
const stage = { objects, unreadable: [{ id: id('e'), reason: 'its record is damaged' }] };

describe('cli: the Stage', () => {
  it('is listed, with nothing that a terminal would obey; JSON has all of it', async () => {
    const engine = fakeEngine({ stage: async () => stage });
    const { out, code } = await runFake(['stage', 'list'], { engine });
    assert.equal(code, 0);
    assert.deepEqual(out.split('\n'), [
      './\tfolder\tcurrent\t\t',
      'python:.\tapplication\tcurrent\t\twithin ./',
      'a\\x1b[2J.txt\tfile\tcurrent\tskip\twithin ./',
      'app.db:ord\\ners\ttable\taaaaaaaa "before the refactor"\tskip\t',
      'b\tfile\tdddddddd\tskip\tits snapshot was deleted',
      `${id('e')}\t?\t\t\tits record is damaged`,
      '',
    ]);
    assert.deepEqual((await runFake(['stage', 'list', '--json'], { engine })).json(), stage);
    assert.match((await runFake(['stage', 'list'], { terminal: true })).out, /The Stage is empty: `snapstage stage add`/);
  });

  it('gets what is named, each as often as one likes', async () => {
    const engine = fakeEngine();
    const run = async (...argv: string[]): Promise<unknown> => {
      const { code, err } = await runFake(['stage', 'add', ...argv], { engine });
      assert.equal(code, 0, err);
      return engine.calls.findLast(({ name }) => name !== 'dispose')?.request;
    };
    const current = { state: 'current' };
    assert.deepEqual(await run('a', 'sub/../b/'), {
      objects: [
        { type: 'path', ...current, path: 'a' },
        { type: 'path', ...current, path: 'b' },
      ],
    });
    assert.deepEqual(await run('--table', 'x.db:a:b', '--from', 'one', '--table', 'x.db:c', '--app', 'python', '--app', 'node:web'), {
      objects: [
        { type: 'table', state: 'one', path: 'x.db', table: 'a:b' },
        { type: 'table', state: 'one', path: 'x.db', table: 'c' },
        { type: 'application', state: 'one', application: 'python' },
        { type: 'application', state: 'one', application: 'node:web' },
      ],
    });
    assert.deepEqual(await run('--snapshot', 'latest~2', '--strategy', 'ask'), {
      objects: [{ type: 'snapshot', state: 'latest~2' }],
      strategy: 'ask',
    });
    assert.deepEqual(await run('a', '--dry-run'), { objects: [{ type: 'path', ...current, path: 'a' }] });
    assert.equal(engine.calls.filter(({ name }) => name === 'planStage').length, 1);
  });

  it('refuses what makes no sense with the usage line', async () => {
    const wrong: readonly (readonly [argv: string[], message: RegExp])[] = [
      [['add'], /What is to be staged\?/],
      [['add', 'a', '--strategy', 'delete'], /“delete” is no strategy: choose overwrite, skip, rename, mirror, ask\./],
      [['add', '--table', 'orders'], /Name the table as DB:TABLE\./],
      [['add', '--snapshot', 'current'], /The current state is no snapshot/],
      [['add', '../out'], /lies outside the instance/],
      [['remove'], /What is to be taken off\?/],
      [['strategy', 'skip'], /Of what\?/],
      [['strategy', 'never', 'a'], /no strategy/],
      [['use'], /NAME is missing/],
      [['nothing'], /no command 'stage nothing'/],
    ];
    for (const [argv, message] of wrong) {
      const { code, err } = await runFake(['stage', ...argv], {});
      assert.equal(code, 2, argv.join(' '));
      assert.match(err, message);
    }
    const missing = await runFake(['stage', 'remove', 'c'], { engine: fakeEngine({ stage: async () => stage }) });
    assert.deepEqual([missing.code, missing.err], [1, 'snapstage: “c” is not on the Stage.\n`snapstage stage list` shows what is.\n']);
  });

  it('is left by what is named, an unreadable record by its id', async () => {
    const engine = fakeEngine({ stage: async () => stage });
    const removed = async (...argv: string[]): Promise<unknown> => {
      const { code, err } = await runFake(['stage', 'remove', ...argv], { engine });
      assert.equal(code, 0, err);
      return engine.calls.findLast(({ name }) => name === 'removeFromStage')?.request;
    };
    assert.deepEqual(await removed('.', 'b'), [id('2'), id('5')]);
    assert.deepEqual(await removed('--table', 'app.db:ORD\ners', '--app', 'python'), [id('4'), id('3')]);
    assert.deepEqual(await removed('--id', 'eeee'), [id('e')]);
    const clear = await runFake(['stage', 'clear', '--json'], { engine });
    assert.deepEqual(clear.json(), { removed: { objects, unreadable: [id('e')] } });
    assert.equal((await runFake(['stage', 'clear', '--dry-run'], { engine })).out, 'Would take 6 objects off the Stage.\n');
    assert.equal(engine.calls.filter(({ name }) => name === 'removeFromStage').length, 4);
  });

  it('asks before it replaces or deletes a bundle', async () => {
    const engine = fakeEngine({
      bundles: async () => ({ bundles: [{ name: 'Week 1', saved: snapshot.created, objects: 2 }], unreadable: [] }),
    });
    for (const argv of [
      ['save', 'Week 1'],
      ['delete', 'Week 1'],
    ]) {
      const { code, err } = await runFake(['stage', ...argv], { engine });
      assert.equal(code, 3, argv.join(' '));
      assert.match(err, /needs --yes\. Nothing was changed/);
      assert.equal((await runFake(['stage', ...argv, '--yes'], { engine })).code, 0);
    }
    assert.equal((await runFake(['stage', 'save', 'Week 2'], { engine })).code, 0);
    assert.deepEqual(
      engine.calls.filter(({ name }) => /saveBundle|deleteBundles/.test(name)).map(({ request }) => request),
      [{ name: 'Week 1', replace: true }, ['Week 1'], { name: 'Week 2', replace: false }],
    );
  });
});

describe('cli: the Stage of a real folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'snapstage-stage-')));
    fs.mkdirSync(path.join(folder, 'hw1'));
    fs.writeFileSync(path.join(folder, 'hw1', 'task.md'), 'task');
    fs.writeFileSync(path.join(folder, 'gone.txt'), 'soon');
    const db = new DatabaseSync(path.join(folder, 'app.db'));
    db.exec('CREATE TABLE orders (id INTEGER PRIMARY KEY)');
    db.close();
    assert.equal(run('init').code, 0);
    assert.equal(run('take', '--name', 'Week 1 ready').code, 0);
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function run(...argv: string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], { cwd: folder, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  }

  it('goes from adding to a bundle and back, and keeps a snapshot from being deleted', () => {
    assert.equal(run('stage', 'add', 'hw1', '--from', 'Week 1 ready', '--strategy', 'overwrite').out, stagedFromSnapshot());
    assert.equal(run('stage', 'add', 'gone.txt', '--table', 'app.db:ORDERS').code, 0);
    assert.equal(run('stage', 'strategy', 'skip', '--table', 'app.db:orders').out, 'The strategy of 1 object is skip now.\n');
    assert.match(
      run('stage', 'add', 'hw1').out,
      /^Staged hw1\/ {2}from current, strategy overwrite, in place of the one from \w{8} "Week 1 ready"\n$/,
    );
    run('stage', 'add', 'hw1', '--from', 'latest');
    const refused = run('delete', 'Week 1 ready', '--yes');
    assert.deepEqual([refused.code, /something of it is on the Stage/.test(refused.err)], [3, true]);
    fs.rmSync(path.join(folder, 'gone.txt'));
    assert.match(
      run('stage', 'list').out,
      /^app\.db:orders\ttable\tcurrent\tskip\t\ngone\.txt\tfile\tcurrent\t\tit is not there any more\nhw1\//,
    );
    assert.equal(run('stage', 'save', 'Week 1').out, 'Kept 3 objects as the bundle “Week 1”.\n');
    assert.equal(run('stage', 'clear').out, 'Took 3 objects off the Stage.\n');
    const used = run('stage', 'use', 'Week 1', '--json');
    assert.deepEqual([used.code, used.err], [1, 'snapstage: gone.txt from current was not staged: it is not there any more.\n']);
    const { changes, missing } = JSON.parse(used.out) as { changes: { object: StagedObject }[]; missing: StagedObject[] };
    assert.deepEqual([changes.map(({ object }) => object.path), missing.map(({ path: name }) => name)], [['app.db', 'hw1'], ['gone.txt']]);
    assert.match(run('stage', 'bundles').out, /^Week 1\t3\t/);
    assert.equal(run('stage', 'delete', 'Week 1', '--yes').code, 0);
    const nothing = run('stage', 'use', 'Week 1', '--json');
    assert.deepEqual([nothing.code, (JSON.parse(nothing.out) as { error: { code: string } }).error.code], [1, 'not-found']);
  });

  function stagedFromSnapshot(): string {
    const [{ id: taken }] = JSON.parse(run('list', '--json').out) as [{ id: string }];
    return `Staged hw1/  from ${taken.slice(0, 8)} "Week 1 ready", strategy overwrite\n`;
  }

  it('stays as it is when something of what is named is not there, with a dry run, and with a plain mistake', () => {
    const missing = run('stage', 'add', 'hw1', 'no such', '--json');
    assert.equal(missing.code, 1);
    const { error } = JSON.parse(missing.out) as { error: { code: string; details: { missing: unknown[] } } };
    assert.deepEqual([error.code, error.details.missing.length], ['not-found', 1]);
    assert.match(run('stage', 'add', 'hw1', '--dry-run').out, /^Would stage hw1\/ {2}from current\n$/);
    assert.equal(run('stage', 'add', '.snapstage').code, 3);
    assert.deepEqual(JSON.parse(run('stage', 'list', '--json').out), { objects: [], unreadable: [] });
  });
});
