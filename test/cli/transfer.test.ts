/** Snapshots that leave and arrive, from the command line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededBytes } from '../support/folders.ts';
import { course, fakeEngine, runFake } from './fakes.ts';
import { command } from '../support/command.ts';

describe('cli: export, import, copy', () => {
  it('choose the format by the name of the file, or as told', async () => {
    const asked = async (...argv: string[]): Promise<unknown> => {
      const engine = fakeEngine();
      assert.equal((await runFake(['export', 'x', ...argv], { engine })).code, 0);
      return engine.calls.find(({ name }) => name === 'exportSnapshot')?.request;
    };
    const to = (name: string): string => path.join(course, name);
    const request = { state: 'x', force: false };
    assert.deepEqual(await asked('out'), { ...request, to: to('out'), format: 'bundle' });
    assert.deepEqual(await asked('out.tar.zst', '--force'), { ...request, to: to('out.tar.zst'), format: 'tar', force: true });
    assert.deepEqual(await asked('out.TZST'), { ...request, to: to('out.TZST'), format: 'tar' });
    assert.deepEqual(await asked('out.tar.zst', '--format', 'snapstage'), { ...request, to: to('out.tar.zst'), format: 'bundle' });
    assert.deepEqual(await asked('-', '--format', 'tar'), { ...request, to: 1, format: 'tar' });
    assert.equal((await runFake(['export', 'x', 'y', '--format', 'zip'])).code, 2);
    assert.equal((await runFake(['export', 'x', '-', '--json'])).code, 2);
    assert.equal((await runFake(['export', 'x', '-'], { terminal: true })).code, 2);
  });

  it('say what came of it', async () => {
    const told = async (argv: string[], outcome: 'present' | 'mended' | 'imported'): Promise<string> => {
      const snapshot = (await fakeEngine().list())[0]!;
      const report = async () => ({ outcome, snapshot, storedBytes: 5_000_000 });
      return (await runFake(argv, { engine: fakeEngine({ importSnapshot: report, copySnapshot: report }) })).out;
    };
    assert.match(
      await told(['import', 'f'], 'imported'),
      /^Snapshot aaaaaaaa "before the refactor" is here now: 12 files.*grew by 5 MB\.\n$/,
    );
    assert.match(await told(['import', 'f'], 'present'), /is here already: nothing was done\.\n$/);
    assert.match(await told(['copy', 'x', 'there'], 'mended'), /was in .*there, but something of it was missing, and is there again/);
    const streamed = await runFake(['export', 'x', '-']);
    assert.deepEqual([streamed.out, streamed.err.startsWith('Wrote snapshot')], ['', true]);
  });
});

describe('cli: the program exports, imports and copies', () => {
  let base: string;

  beforeEach(() => {
    base = fs.mkdtempSync(path.join(tmpdir(), 'snapstage-cli-'));
    for (const name of ['one', 'two']) fs.mkdirSync(path.join(base, name));
    fs.writeFileSync(path.join(base, 'one', 'data'), seededBytes(1, 30_000_000));
    for (const name of ['one', 'two']) assert.equal(run(name, ['init']).status, 0);
    assert.equal(run('one', ['take', '--name', 'sent']).status, 0);
  });
  afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

  function run(name: string, argv: readonly string[], input?: Buffer): { status: number | null; out: Buffer; err: string } {
    const cwd = path.join(base, name);
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...argv], { cwd, input: input ?? '', maxBuffer: 1 << 28 });
    return { status, out: stdout, err: stderr.toString() };
  }

  const ids = (name: string): string[] =>
    (JSON.parse(run(name, ['list', '--json']).out.toString()) as { id: string }[]).map(({ id }) => id);

  it('through files', () => {
    assert.equal(run('one', ['export', 'sent', '../sent.snapshot']).status, 0);
    const again = run('one', ['export', 'sent', '../sent.snapshot']);
    assert.deepEqual([again.status, /exists already\.\nGive another name, or --force/.test(again.err)], [3, true]);
    assert.equal(run('one', ['export', 'sent', '../sent.snapshot', '--force']).status, 0);
    assert.equal(run('two', ['import', '../none']).status, 1);
    const planned = run('two', ['import', '../sent.snapshot', '--dry-run', '--json']);
    assert.equal((JSON.parse(planned.out.toString()) as { plan: { present: boolean } }).plan.present, false);
    assert.deepEqual(ids('two'), []);
    assert.equal(run('two', ['import', '../sent.snapshot']).status, 0);
    assert.deepEqual(ids('two'), ids('one'));
    assert.match(run('two', ['show', 'sent']).out.toString(), /^Imported:/m);
    assert.match(run('two', ['import', '../sent.snapshot']).out.toString(), /is here already/);
  });

  it('through pipes', () => {
    const { status, out, err } = run('one', ['export', 'sent', '-']);
    assert.deepEqual([status, err.startsWith('Wrote snapshot')], [0, true]);
    const cut = run('two', ['import', '-'], out.subarray(0, -1));
    assert.equal(cut.status, 5);
    assert.match(cut.err, /ends too early.*Nothing was imported\.\nGet the file once more/);
    assert.equal(run('two', ['import', '-'], out).status, 0);
    assert.deepEqual(ids('two'), ids('one'));
  });

  it('to another instance', () => {
    const refused = run('one', ['copy', 'sent', '../three']);
    assert.deepEqual([refused.status, /--init/.test(refused.err)], [1, true]);
    assert.equal(run('one', ['copy', 'sent', '../three', '--init']).status, 0);
    const copied = JSON.parse(run('one', ['copy', 'sent', '../two', '--json']).out.toString()) as { outcome: string; folder: string };
    assert.deepEqual([copied.outcome, path.basename(copied.folder)], ['imported', 'two']);
    assert.deepEqual([ids('two'), ids('three')], [ids('one'), ids('one')]);
  });
});
