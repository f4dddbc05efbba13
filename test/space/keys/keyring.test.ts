import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { boxKey } from '../../../src/space/crypto/hpke.ts';
import { signingKey } from '../../../src/space/crypto/signing.ts';
import { Keyring, type InstanceSeeds } from '../../../src/space/keys/keyring.ts';
import type { InstanceEntry } from '../../../src/space/keys/keyringFile.ts';
import { encodeChecked } from '../../../src/store/reservations.ts';
import { DiskFiles } from '../../../src/store/disk.ts';
import { ExclusiveLock, Sessions } from '../../../src/store/sessions.ts';
import { fullAfter, FaultyFiles, systemError } from '../../support/faultyFiles.ts';
import { skip } from '../../rig/skip.ts';
import { Workbench } from '../../support/folders.ts';

const host = nodeHost();
const SPACE = '5e'.repeat(16);
const HASH = '0a'.repeat(32);
const isPosix = process.platform !== 'win32';

function seeds(): InstanceSeeds {
  return { signing: randomBytes(32), box: randomBytes(32) };
}

function secret(epoch: number, fill = epoch): { audience: string; epoch: string; secret: string } {
  return { audience: 'all', epoch: epoch.toString(16).padStart(64, '0'), secret: Buffer.alloc(32, fill).toString('base64url') };
}

describe('the keyring', () => {
  const bench = new Workbench();
  let folder: string;
  let keyring: Keyring;

  beforeEach(() => {
    folder = join(bench.folder(), 'home', 'keys');
    keyring = new Keyring(folder, host);
  });
  afterEach(() => bench.clear());

  /** As another process would: nothing is remembered. */
  const fresh = (): Keyring => new Keyring(folder, host);

  it('holds nothing at first, and makes no file by being read', async () => {
    assert.deepEqual(await keyring.list(), []);
    assert.equal(await keyring.get(SPACE, SPACE), undefined);
    assert.ok(!fs.existsSync(folder));
  });

  it('gives back the keys of each instance', async () => {
    const [one, two] = [seeds(), seeds()];
    const log = await keyring.add(SPACE, one, '/a');
    const other = await keyring.add('5f'.repeat(16), two, '/b');
    const { pairs, ...rest } = (await fresh().get(SPACE, log))!;
    assert.deepEqual(rest, { space: SPACE, log, folder: '/a', secrets: [], heads: {} });
    assert.deepEqual(pairs.signing.publicKey, signingKey(one.signing).publicKey);
    assert.deepEqual(pairs.box.publicKey, boxKey(one.box).publicKey);
    assert.deepEqual((await fresh().list()).map((keys) => keys.log).sort(), [log, other].sort());
    assert.deepEqual(
      (await fresh().list(SPACE)).map((keys) => keys.log),
      [log],
    );
    assert.equal(await fresh().get(SPACE, other), undefined);
    await assert.rejects(keyring.add(SPACE, one, '/c'), { code: 'exists' });
    await keyring.remove(SPACE, log);
    await keyring.remove(SPACE, log);
    assert.deepEqual(
      (await fresh().list()).map((keys) => keys.log),
      [other],
    );
  });

  it('learns secrets once', async () => {
    const log = await keyring.add(SPACE, seeds(), '/a');
    await keyring.learn(SPACE, log, { secrets: [secret(1), secret(2), secret(1)] });
    await fresh().learn(SPACE, log, { secrets: [secret(2), secret(3)] });
    assert.deepEqual((await fresh().get(SPACE, log))!.secrets, [secret(1), secret(2), secret(3)]);
    await assert.rejects(keyring.learn(SPACE, log, { secrets: [secret(4), secret(2, 9)] }), { code: 'damaged' });
    assert.deepEqual((await fresh().get(SPACE, log))!.secrets, [secret(1), secret(2), secret(3)]);
    await assert.rejects(keyring.learn(SPACE, SPACE, { secrets: [secret(1)] }), { code: 'not-found' });
  });

  it('keeps the newest heads, which only move forward', async () => {
    const log = await keyring.add(SPACE, seeds(), '/a');
    const head = (sequence: number, hash = HASH): { sequence: number; hash: string } => ({ sequence, hash });
    const [x, y] = ['0b'.repeat(16), '0c'.repeat(16)] as const;
    await keyring.learn(SPACE, log, { heads: { [x]: head(5), [y]: head(1) } });
    await keyring.learn(SPACE, log, { heads: { [x]: head(4), [y]: head(2) } });
    await keyring.learn(SPACE, log, { heads: { [x]: head(5, 'ff'.repeat(32)) } });
    assert.deepEqual((await fresh().get(SPACE, log))!.heads, { [x]: head(5), [y]: head(2) });
  });

  it('is not written when nothing is new', async () => {
    const log = await keyring.add(SPACE, seeds(), '/a');
    await keyring.learn(SPACE, log, { secrets: [secret(1)], heads: { [log]: { sequence: 1, hash: HASH } } });
    const before = fs.statSync(keyring.file, { bigint: true });
    await keyring.learn(SPACE, log, { secrets: [secret(1)], heads: { [log]: { sequence: 1, hash: HASH } } });
    await keyring.settle(SPACE, log, '/a', () => true);
    assert.deepEqual(fs.statSync(keyring.file, { bigint: true }).ino, before.ino);
  });

  it('loses nothing when many add at once', async () => {
    const all = await Promise.all(Array.from({ length: 30 }, () => fresh().add(SPACE, seeds(), '/a')));
    assert.deepEqual((await keyring.list()).map((keys) => keys.log).sort(), all.sort());
    assert.deepEqual(fs.readdirSync(join(folder, 'sessions')), []);
  });

  it('tells a folder that was moved from one that was copied', async () => {
    const base = bench.folder();
    const [first, second, link] = ['first', 'second', 'link'].map((name) => join(base, name)) as [string, string, string];
    const holds = (place: string): boolean => fs.existsSync(join(place, 'log'));
    const make = (place: string): void => {
      fs.mkdirSync(place);
      fs.writeFileSync(join(place, 'log'), '');
    };
    make(first);
    const log = await keyring.add(SPACE, seeds(), first);
    const settle = (place: string): Promise<string> => fresh().settle(SPACE, log, place, holds);
    assert.equal(await settle(first), 'same');
    fs.cpSync(first, second, { recursive: true });
    assert.equal(await settle(second), 'copied');
    assert.equal(await settle(first), 'same');
    fs.rmSync(first, { recursive: true });
    assert.equal(await settle(second), 'moved'); // the copy is all there is
    fs.renameSync(second, first);
    assert.equal(await settle(first), 'moved');
    fs.symlinkSync(first, link, 'junction');
    assert.equal(await settle(link), 'moved'); // another way to the same folder
    assert.equal(await settle(first), 'moved');
    fs.renameSync(first, second);
    fs.mkdirSync(first);
    assert.equal(await settle(second), 'moved'); // what is there now holds no instance
    await assert.rejects(keyring.settle(SPACE, SPACE, first, holds), { code: 'not-found' });
  });

  describe('that is damaged', () => {
    const damages: [string, (whole: Buffer) => Buffer][] = [
      ['empty', () => Buffer.alloc(0)],
      ['cut off', (whole) => whole.subarray(0, -10)],
      ['with one changed byte', (whole) => Buffer.concat([whole.subarray(0, 40), Buffer.of(whole[40]! ^ 1), whole.subarray(41)])],
      ['with other fields', () => encodeChecked({ format: 1, spaces: {}, more: 1 })],
      ['with a name that is no id', () => encodeChecked({ format: 1, spaces: { constructor: {} } })],
      ['with a short key', () => encodeChecked({ format: 1, spaces: { [SPACE]: { [SPACE]: { ...entry(), box: 'ab' } } } })],
      [
        'with a head of no number',
        () =>
          encodeChecked({ format: 1, spaces: { [SPACE]: { [SPACE]: { ...entry(), heads: { [SPACE]: { sequence: 0, hash: HASH } } } } } }),
      ],
      ['that is no JSON', () => Buffer.from('keys')],
    ];
    for (const [what, damage] of damages) {
      it(`(${what}) is put aside and named, and nothing of it is lost`, async () => {
        await keyring.add(SPACE, seeds(), '/a');
        const damaged = damage(fs.readFileSync(keyring.file));
        fs.writeFileSync(keyring.file, damaged);
        const asides = [1, 2].map((number) => join(folder, `keyring-damaged-${number}`)) as [string, string];
        await assert.rejects(
          fresh().list(),
          (error: Error & { code?: string }) => error.code === 'damaged' && error.message.includes(asides[0]),
        );
        assert.deepEqual(fs.readFileSync(asides[0]), damaged);
        if (isPosix) assert.equal(fs.statSync(asides[0]).mode & 0o777, 0o600);
        assert.deepEqual(await fresh().list(), []);
        fs.writeFileSync(keyring.file, damaged, { mode: 0o600 });
        await assert.rejects(fresh().add(SPACE, seeds(), '/b'), { code: 'damaged', details: { file: keyring.file, aside: asides[1] } });
        await fresh().add(SPACE, seeds(), '/b');
        assert.deepEqual(
          asides.map((aside) => fs.readFileSync(aside)),
          [damaged, damaged],
        );
      });
    }

    it('tells nothing of what is in it', async () => {
      const { signing, box } = seeds();
      const key = Buffer.from(signing).toString('hex');
      await keyring.add(SPACE, { signing, box }, '/a');
      const content = { format: 1, spaces: { [SPACE]: { [SPACE]: { ...entry(), signing: `${key}0` } } } };
      fs.writeFileSync(keyring.file, encodeChecked(content));
      await assert.rejects(fresh().list(), (error: Error) => !JSON.stringify([error.message, error.stack, error.cause]).includes(key));
    });
  });

  it('of a newer Snapstage is left alone', async () => {
    const newer = encodeChecked({ format: 2, vault: 'x' });
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(keyring.file, newer, { mode: 0o600 });
    await assert.rejects(keyring.list(), { code: 'newer-format' });
    await assert.rejects(keyring.add(SPACE, seeds(), '/a'), { code: 'newer-format' });
    assert.deepEqual(fs.readFileSync(keyring.file), newer);
  });

  it('never takes in what it could not read back', async () => {
    await keyring.add(SPACE, seeds(), '/a');
    const before = fs.readFileSync(keyring.file);
    await assert.rejects(keyring.add('no id', seeds(), '/a'), { code: 'damaged' });
    await assert.rejects(keyring.add(SPACE, { signing: randomBytes(32), box: randomBytes(31) }, '/a'), { code: 'damaged' });
    assert.deepEqual(fs.readFileSync(keyring.file), before);
  });

  it('stays as it was when the disk is full', async () => {
    const log = await keyring.add(SPACE, seeds(), '/a');
    for (const room of [0, 100, 400]) {
      const full = new Keyring(folder, host, new FaultyFiles(new DiskFiles(folder), fullAfter(room)));
      await assert.rejects(full.add(SPACE, seeds(), '/b'), { code: 'ENOSPC' });
      assert.deepEqual(
        (await fresh().list()).map((keys) => keys.log),
        [log],
      );
    }
  });

  it('is its owner’s alone, and says so once it was not', async function () {
    if (!isPosix) skip(this, 'Windows has no permissions of this kind');
    const log = await keyring.add(SPACE, seeds(), '/a');
    assert.equal(fs.statSync(keyring.file).mode & 0o777, 0o600);
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
    for (const mode of [0o644, 0o640, 0o604, 0o620]) {
      fs.chmodSync(keyring.file, mode);
      await assert.rejects(fresh().get(SPACE, log), { code: 'refused', message: /mended/ });
      assert.equal(fs.statSync(keyring.file).mode & 0o777, 0o600);
      assert.equal((await fresh().get(SPACE, log))?.log, log);
    }
    fs.chmodSync(folder, 0o755);
    await keyring.add(SPACE, seeds(), '/b');
    assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
  });

  it('waits for another process that is writing, and lets others in after an error', async () => {
    const files = new DiskFiles(folder);
    const sessions = new Sessions(files, { ...host, pid: process.ppid, processStart: startOf(process.ppid) }); // one that lives
    files.makeFolder('');
    const session = sessions.begin();
    const lock = new ExclusiveLock(files, sessions).acquire(session);
    let looks = 0;
    const waiting = new FaultyFiles(files, ({ kind, name }) => {
      if (kind !== 'read' || !name.startsWith('locks/')) return;
      assert.ok(!fs.existsSync(keyring.file));
      looks += 1;
      if (looks < 5) return;
      lock[Symbol.dispose]();
      session[Symbol.dispose]();
    });
    await new Keyring(folder, host, waiting).add(SPACE, seeds(), '/a');
    assert.equal(looks, 5);
    const failing = new Keyring(
      folder,
      host,
      new FaultyFiles(files, ({ kind, name }) => {
        if (kind === 'write' && name === 'keyring') throw systemError('EIO', name);
      }),
    );
    await assert.rejects(failing.add(SPACE, seeds(), '/b'), { code: 'EIO' });
    await fresh().add(SPACE, seeds(), '/b');
    assert.equal((await fresh().list()).length, 2);
  });
});

/** When a process started, as `nodeHost` tells it. */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return '';
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}

function entry(): InstanceEntry {
  return { signing: HASH, box: HASH, folder: '/a', secrets: [], heads: {} };
}
