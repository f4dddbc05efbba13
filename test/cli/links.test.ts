/** Linked instances from the command line. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fakeEngine, runFake } from './fakes.ts';
import { command } from '../support/command.ts';

describe('cli: linked instances', () => {
  let base: string;

  beforeEach(() => {
    base = fs.realpathSync(fs.mkdtempSync(path.join(tmpdir(), 'snapstage-links-')));
    fs.mkdirSync(path.join(base, 'parent'));
    fs.writeFileSync(path.join(base, 'parent', 'data'), 'data '.repeat(100_000));
    run('parent', 'init');
    run('parent', 'take', '--name', 'one');
  });
  afterEach(() => fs.rmSync(base, { recursive: true, force: true }));

  function run(name: string, ...argv: readonly string[]): { status: number | null; out: string; err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, '-C', name, ...argv], { cwd: base, encoding: 'utf8' });
    return { status, out: stdout, err: stderr };
  }

  function json(name: string, ...argv: readonly string[]): Record<string, unknown> {
    return JSON.parse(run(name, ...argv, '--json').out) as Record<string, unknown>;
  }

  it('are cloned, block the deletion of their snapshot, and are detached', () => {
    const made = json('parent', 'clone', 'one', 'child', '--linked');
    assert.deepEqual([made['linked'], made['folder'], made['files']], [true, path.join(base, 'child'), 1]);
    const refused = run('parent', 'delete', 'one', '--yes', '--json');
    assert.equal(refused.status, 3);
    assert.match(refused.out, /the linked instance in .*child depends on it/);
    assert.match(run('parent', 'links').out, /^[0-9a-f]{8} {2}depends on snapshot [0-9a-f]{8}: .*child\n$/);
    const { parent } = json('child', 'links');
    assert.deepEqual((parent as { folder: string; found: boolean }).folder, path.join(base, 'parent'));
    assert.match(run('child', 'detach', '--dry-run').out, /^Would copy what this instance needs from .*parent, and end the link\.\n$/);
    assert.match(run('child', 'detach').out, /^This instance is independent now: \d+ objects, 500.* copied\.\n$/);
    const again = run('child', 'detach');
    assert.deepEqual([again.status, again.err], [3, 'snapstage: This instance is not linked to another one.\n']);
    assert.equal(run('parent', 'delete', 'one', '--yes').status, 0);
    assert.match(run('child', 'verify', '--read-data').out, /all well/);
  });

  it('are there at once without their files, which restoring brings', () => {
    const made = run('parent', 'clone', 'one', 'child', '--linked', '--no-files');
    assert.match(made.out, /a new, linked instance with snapshot .*: 1 file, 500.*Its folder is empty: “restore latest” there fills it/);
    assert.deepEqual(fs.readdirSync(path.join(base, 'child')), ['.snapstage']);
    assert.equal(run('child', 'restore', 'latest', '--yes').status, 0);
    assert.equal(fs.statSync(path.join(base, 'child', 'data')).size, 500_000);
    const alone = run('parent', 'clone', 'one', 'other', '--no-files');
    assert.deepEqual([alone.status, /--no-files goes with --linked/.test(alone.err)], [2, true]);
  });

  it('whose parent was moved say so, and are told its new place', () => {
    run('parent', 'clone', 'one', 'child', '--linked');
    fs.renameSync(path.join(base, 'parent'), path.join(base, 'moved'));
    const lost = run('child', 'cat', 'one', 'data');
    assert.equal(lost.status, 1);
    assert.match(lost.err, /^snapstage: The instance that this one is linked to is not at .*parent any more.*“links --parent DIR”\.\n$/);
    assert.match(run('child', 'links').out, /^linked to snapshot \w{8} of .*parent \(not found there\)\n$/);
    assert.match(run('child', 'links', '--parent', 'moved', '--dry-run').out, /^Would count on the instance in .*moved from now on\.\n$/);
    assert.match(run('child', 'links', '--parent', 'moved').out, /^linked to snapshot \w{8} of .*moved\n$/);
    assert.equal(run('child', 'cat', 'one', 'data').out.length, 500_000);
  });

  it('that are gone for good are forgotten, after a question', () => {
    run('parent', 'clone', 'one', 'child', '--linked');
    const [{ id }] = json('parent', 'links')['dependants'] as [{ id: string }];
    assert.equal(run('parent', 'links', '--forget', id, '--yes').status, 3, 'it is there');
    fs.rmSync(path.join(base, 'child'), { recursive: true });
    assert.match(run('parent', 'links').out, /child \(not found there\)\n$/);
    const asked = run('parent', 'links', '--forget', id.slice(0, 8));
    assert.equal(asked.status, 3);
    assert.match(asked.out, /^Nothing will be kept any more for the linked instance that was in .*child\.\n/);
    assert.equal(run('parent', 'links', '--forget', id, '--dry-run').status, 0);
    assert.equal(run('parent', 'links', '--forget', 'abcd').status, 1);
    assert.match(run('parent', 'links', '--forget', id, '--yes').out, /^Nothing is linked to this instance/);
    assert.equal(run('parent', 'delete', 'one', '--yes').status, 0);
  });

  it('want one thing at a time', async () => {
    assert.equal((await runFake(['links', '--parent', 'a', '--forget', 'b'], { engine: fakeEngine() })).code, 2);
    assert.equal((await runFake(['detach', 'x'], { engine: fakeEngine() })).code, 2);
  });
});
