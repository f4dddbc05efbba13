import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { Keyring } from '../../src/space/keys/keyring.ts';
import { DiskFiles } from '../../src/store/disk.ts';
import { FakeMachine } from '../store/hosts.ts';
import { FaultyFiles, isRead, killer, VolatileFiles, wasKilled, type Operation } from '../support/faultyFiles.ts';
import { random, tempFolder } from './scene.ts';

const WRITER = join(import.meta.dirname, '../support/keyringWriter.ts');
const SPACE = '5e'.repeat(16);
/** Random moments at which two processes that write are killed. */
const KILLS = Number(process.env['SNAPSTAGE_KEYRING_KILLS'] ?? 12);

const seeds = (): { signing: Buffer; box: Buffer } => ({ signing: randomBytes(32), box: randomBytes(32) });

async function logsOf(keyring: Keyring): Promise<string[]> {
  return (await keyring.list(SPACE)).map(({ log }) => log).sort();
}

describe('a keyring', () => {
  const made: string[] = [];
  const temp = (): string => {
    const folder = tempFolder('keyring');
    made.push(folder);
    return join(folder, 'keys');
  };
  afterEach(() => {
    for (const folder of made.splice(0)) fs.rmSync(join(folder), { recursive: true, force: true });
  });

  /** Dies at each of the operations that write, whole and by half, while another process goes on. */
  async function dieEverywhere(
    prepare: (folder: string) => Promise<void>,
    work: (keyring: Keyring) => Promise<unknown>,
    check: (folder: string) => Promise<void>,
  ): Promise<void> {
    for (const torn of [false, true]) {
      for (let at = 1; ; at++) {
        const folder = temp();
        const machine = new FakeMachine();
        await prepare(folder);
        const death = killer(at, torn);
        const before = (operation: Operation): void => void (isRead(operation) || death.before(operation));
        const dying = new Keyring(folder, machine.host(1), new FaultyFiles(new DiskFiles(folder), before));
        const isDead = await work(dying).then(
          () => false,
          (error: unknown) => wasKilled(error) || assert.fail(String(error)),
        );
        machine.end(1);
        await check(folder);
        if (!isDead) break;
        assert.ok(at < 100);
      }
    }
  }

  it('has the keys of before or after, whenever the process dies that adds some', async () => {
    const first = seeds();
    let [log, counts] = ['', { before: 0, after: 0 }];
    await dieEverywhere(
      async (folder) => void (log = await new Keyring(folder, new FakeMachine().host(7)).add(SPACE, first, '/a')),
      (keyring) => keyring.add(SPACE, seeds(), '/b'),
      async (folder) => {
        const machine = new FakeMachine();
        machine.end(1);
        const keyring = new Keyring(folder, machine.host(2));
        const logs = await logsOf(keyring);
        assert.ok(logs.includes(log) && logs.length <= 2);
        counts[logs.length === 1 ? 'before' : 'after'] += 1;
        const added = await keyring.add(SPACE, seeds(), '/c');
        assert.deepEqual(await logsOf(keyring), [...logs, added].sort());
        assert.deepEqual(
          fs.readdirSync(folder).filter((name) => name.includes('tmp')),
          [],
        );
      },
    );
    assert.ok(counts.before > 2 && counts.after > 2, JSON.stringify(counts));
  });

  it('that was damaged is there under one name or the other, whenever the process dies that puts it aside', async () => {
    const damaged = Buffer.from('damaged');
    await dieEverywhere(
      async (folder) => {
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(join(folder, 'keyring'), damaged, { mode: 0o600 });
      },
      (keyring) =>
        assert.rejects(keyring.list(), (error: Error & { code?: string }) => {
          if (wasKilled(error)) throw error;
          return error.code === 'damaged';
        }),
      async (folder) => {
        const found = fs.readdirSync(folder).filter((name) => name.startsWith('keyring'));
        assert.ok(
          found.some((name) => fs.readFileSync(join(folder, name)).equals(damaged)),
          found.join(),
        );
      },
    );
  });

  it('keeps through a power cut what was told to be there', async () => {
    const files = new VolatileFiles();
    const folder = temp();
    const logs: string[] = [];
    for (let i = 0; i < 3; i++) logs.push(await new Keyring(folder, new FakeMachine().host(i + 1), files).add(SPACE, seeds(), '/a'));
    for (const loss of ['everything', 'names only', 'contents only'] as const) {
      assert.deepEqual(await logsOf(new Keyring(folder, new FakeMachine().host(9), files.afterCut(loss))), logs.toSorted(), loss);
    }
  });

  it('that was damaged and put aside is there after a power cut', async () => {
    const files = new VolatileFiles();
    const folder = temp();
    files.write('keyring', Buffer.from('damaged'), true);
    await assert.rejects(new Keyring(folder, new FakeMachine().host(1), files).list(), { code: 'damaged' });
    const next = random(3);
    for (let cut = 0; cut < 100; cut++) {
      const left = files.afterCut((choices) => Math.floor(next() * choices));
      assert.ok(
        ['keyring', 'keyring-damaged-1'].some((name) => left.read(name)?.toString() === 'damaged'),
        `cut ${cut}`,
      );
    }
  });

  it('loses nothing that was told to be there when two processes that write are killed at any moment', async () => {
    const next = random(5);
    const folder = temp();
    const told: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const writers = [1, 2].map(() => spawn(process.execPath, [WRITER, folder], { stdio: ['ignore', 'pipe', 'inherit'] }));
      const outputs = writers.map(() => '');
      const begun = writers.map((writer, i) => {
        writer.stdout.on('data', (bytes: Buffer) => (outputs[i] += bytes.toString()));
        return once(writer.stdout, 'data');
      });
      const ended = writers.map((writer) => once(writer, 'close'));
      await Promise.all(begun);
      for (const writer of writers) setTimeout(() => writer.kill('SIGKILL'), 20 + 200 * next());
      for (const [, signal] of (await Promise.all(ended)) as [number | null, NodeJS.Signals | null][]) assert.equal(signal, 'SIGKILL');
      for (const output of outputs) told.push(...output.split('\n').slice(1, -1));
      const keyring = new Keyring(folder, nodeHost());
      told.push(await keyring.add(SPACE, seeds(), '/mine'));
      const there = new Set(await logsOf(keyring));
      for (const log of told) assert.ok(there.has(log), `kill ${kill}: ${log} is gone`);
      assert.ok(there.size <= told.length + 2 * (kill + 1)); // each may have died between writing and telling
      assert.deepEqual(
        fs.readdirSync(folder).filter((name) => name.includes('tmp') || name.includes('damaged')),
        [],
      );
    }
    assert.ok(told.length > 3 * KILLS, `only ${told.length} were added`);
  });
});
