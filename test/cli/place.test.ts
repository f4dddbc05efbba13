import assert from 'node:assert/strict';
import path from 'node:path';
import { SnapstageError } from '../../src/base/errors.ts';
import { hubPlace, instancePath } from '../../src/cli/place.ts';
import { course, fakeEngine, runFake } from './fakes.ts';

const inside = { cwd: '/course/week 1', roots: ['/course'] };
const outside = { cwd: '/home', roots: ['/course'] };
const isUsage = (error: unknown): boolean => error instanceof SnapstageError && error.code === 'usage';

describe('cli: paths', () => {
  it('start at the current folder inside the instance', () => {
    assert.equal(instancePath('a.txt', inside, path.posix), 'week 1/a.txt');
    assert.equal(instancePath('.', inside, path.posix), 'week 1');
    assert.equal(instancePath('..', inside, path.posix), '');
    assert.equal(instancePath('../week 2//./b/', inside, path.posix), 'week 2/b');
  });

  it('start at the instance elsewhere', () => {
    assert.equal(instancePath('a.txt', outside, path.posix), 'a.txt');
    assert.equal(instancePath('./x/../y', outside, path.posix), 'y');
    assert.equal(instancePath('..hidden', outside, path.posix), '..hidden');
  });

  it('may be absolute, by either name of the instance', () => {
    assert.equal(instancePath('/course/a', outside, path.posix), 'a');
    const linked = { cwd: '/home', roots: ['/link', '/real/course'] };
    assert.equal(instancePath('/link/a', linked, path.posix), 'a');
    assert.equal(instancePath('/real/course/a', linked, path.posix), 'a');
    assert.equal(instancePath('a', { ...linked, cwd: '/real/course/sub' }, path.posix), 'sub/a');
  });

  it('never lead out', () => {
    for (const out of ['..', '../..', '../../course2/a', '/etc/passwd', '/course2', '/']) {
      assert.throws(() => instancePath(out, out === '..' ? outside : inside, path.posix), isUsage, out);
    }
    assert.throws(() => instancePath('a/../../b', outside, path.posix), isUsage);
  });

  it('are written with backslashes on Windows, where drives and case count as Windows says', () => {
    const windows = { cwd: 'C:\\Course\\Week 1', roots: ['C:\\course'] };
    assert.equal(instancePath('data\\prices.db', windows, path.win32), 'Week 1/data/prices.db');
    assert.equal(instancePath('..\\a/b', windows, path.win32), 'a/b');
    assert.equal(instancePath('c:\\course\\x', windows, path.win32), 'x');
    assert.throws(() => instancePath('D:\\course\\x', windows, path.win32), isUsage);
    assert.throws(() => instancePath('..\\..\\x', windows, path.win32), isUsage);
  });

  it('keep a backslash that is part of a name elsewhere, and read raw bytes as they are shown', () => {
    assert.equal(instancePath('a\\b', outside, path.posix), 'a\\b');
    assert.equal(instancePath('caf\\xe9.txt', outside, path.posix), 'caf\udce9.txt');
    assert.equal(instancePath('tab\\x09', outside, path.posix), 'tab\\x09');
  });

  it('that lead out are wrong usage, before the engine is asked', async () => {
    const engine = fakeEngine();
    const wrong = await runFake(['cat', 'latest', '../secret'], { engine });
    assert.equal(wrong.code, 2);
    assert.ok(wrong.err.includes(`outside the instance ${course}`));
    assert.deepEqual(
      engine.calls.map((call) => call.name),
      ['dispose'],
    );
  });

  it('reach the engine as instance paths', async () => {
    const engine = fakeEngine();
    const cwd = '/course/sub';
    await runFake(['ls', 'latest'], { engine, cwd });
    await runFake(['ls', 'latest', '.', '-R'], { engine, cwd });
    await runFake(['diff', 'a', 'b', 'x'], { engine, cwd });
    await runFake(['history', 'x'], { engine, cwd });
    await runFake(['restore', 'a', 'x', '../y', '--to', '../out', '--dry-run'], { engine, cwd });
    await runFake(['restore', 'a', '..', '--dry-run'], { engine, cwd });
    await runFake(['clone', 'a', '../copy'], { engine, cwd });
    assert.deepEqual(
      engine.calls.filter((call) => call.name !== 'dispose').map((call) => call.request),
      [
        { state: 'latest', path: '', recursive: false },
        { state: 'latest', path: 'sub', recursive: true },
        { a: 'a', b: 'b', path: 'sub/x' },
        'sub/x',
        { state: 'a', paths: ['sub/x', 'y'], to: path.resolve('/course/out') },
        { state: 'a' },
        { state: 'a', to: path.resolve('/course/copy'), linked: false, withoutFiles: false },
      ],
    );
  });
});

describe('cli: the instance', () => {
  it('is the nearest one upward, or exactly the folder that -C names', async () => {
    assert.equal((await runFake(['list'], { cwd: '/course/deep/down' })).code, 0);
    assert.equal((await runFake(['-C', '/course', 'list'], { cwd: '/' })).code, 0);
    assert.equal((await runFake(['-C', '/course/deep', 'list'], { cwd: '/' })).code, 1);
  });

  it('missing is an error that names init', async () => {
    const missing = await runFake(['status'], { cwd: '/elsewhere' });
    assert.equal(missing.code, 1);
    assert.equal(
      missing.err,
      `snapstage: There is no instance in ${path.resolve('/elsewhere')}.\n\`snapstage init\` makes the folder one.\n`,
    );
    const { error } = (await runFake(['status', '--json'], { cwd: '/elsewhere' })).json() as { error: { code: string } };
    assert.equal(error.code, 'not-found');
  });

  it('is made by init where there is none', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['init'], { engine, cwd: '/elsewhere' })).code, 0);
    assert.equal((await runFake(['init', '--dry-run'], { engine, cwd: '/elsewhere' })).code, 0);
    assert.deepEqual(
      engine.calls.map((call) => call.name),
      ['init', 'dispose', 'dispose'],
    );
  });
});

describe('cli: the place of a hub', () => {
  it('starts where paths do, but never in the instance', () => {
    assert.equal(hubPlace('../hub', outside, path.posix), '/hub');
    assert.equal(hubPlace('hub', outside, path.posix), '/home/hub');
    assert.equal(hubPlace('/srv/hub', inside, path.posix), '/srv/hub');
    assert.equal(hubPlace('C:\\hub', { cwd: 'D:\\', roots: [] }, path.win32), 'C:\\hub');
  });

  it('may be an address, which is left as it is', () => {
    for (const address of ['git+ssh://git@example.org/course.git', 's3://course/hub?region=eu-west-1', 'file:///srv/hub'])
      assert.equal(hubPlace(address, inside, path.posix), address);
    assert.equal(hubPlace('./file:hub', { cwd: '/home', roots: [] }, path.posix), '/home/file:hub');
  });
});
