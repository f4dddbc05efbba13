import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Work } from '../../../src/base/work.ts';
import { nodeHost } from '../../../src/engine/nodeHost.ts';
import { FolderHub } from '../../../src/space/hub/folderHub.ts';
import { fileOf } from '../../../src/store/files.ts';
import { skip } from '../../rig/skip.ts';
import { Killed, systemError, wasKilled } from '../../support/faultyFiles.ts';
import { rejected, seededBytes, Workbench } from '../../support/folders.ts';
import { hubContract } from '../../support/hubContract.ts';
import { racing, startWriter } from '../../support/hubWriters.ts';
import { FaultyHub, MemoryHub } from '../../support/hubs.ts';
import { isChange, withFaults } from '../../support/promisedFaults.ts';

const MARKER = 'SNAPSTAGE-HUB.txt';
/** A user of every Unix who may do nothing. */
const NOBODY = 65534;
const DAY_MS = 24 * 60 * 60 * 1000;

describe('hubs', () => {
  const bench = new Workbench();
  let hub: FolderHub;

  async function newHub(): Promise<FolderHub> {
    const made = new FolderHub(bench.place(), nodeHost());
    await made.make();
    return made;
  }

  const again = (): FolderHub => new FolderHub(hub.place, nodeHost());
  const at = (...names: string[]): string => path.join(hub.place, ...names);
  /** Every name in the hub but the marker. */
  const everything = (): string[] => (fs.readdirSync(hub.place, { recursive: true }) as string[]).filter((name) => name !== MARKER).sort();

  beforeEach(async () => (hub = await newHub()));
  afterEach(() => bench.clear());

  hubContract('FolderHub', newHub, ({ place }) => new FolderHub(place, nodeHost()));
  hubContract(
    'FolderHub without links',
    newHub,
    (one) => one,
    (test) =>
      withFaults(({ kind, path: to }) => {
        if (kind === 'link') throw systemError('EPERM', to);
      }, test),
  );
  hubContract(
    'MemoryHub',
    async () => new MemoryHub(),
    (one) => one,
  );
  hubContract(
    'FaultyHub',
    async () => new FaultyHub(new MemoryHub(), {}),
    (one) => one,
  );

  describe('a hub in a folder', () => {
    it('loses nothing of 16 processes that write to one area at once, and each name has one maker', () =>
      racing((folder, writer, count) => startWriter([hub.place, '', folder, writer, count]), again()));

    it('is made once, in a folder that is there or not, and found by others', async () => {
      await hub.create('a/1', Buffer.from('x'));
      await again().make();
      assert.equal((await again().read('a/1', 1))?.toString(), 'x');
      assert.match(fs.readFileSync(at(MARKER), 'utf8'), /^Snapstage hub, version 1\n/);
      const other = new FolderHub(bench.folder(), nodeHost());
      await rejected(other.list(''), 'io');
      await other.make();
      assert.deepEqual(await other.list(''), { files: [], folders: [], strangers: 0 });
    });

    it('that is away is an error in every way it is asked, also where its place is an empty folder', async () => {
      await hub.create('a/1', Buffer.from('x'));
      const away = `${hub.place}-away`;
      for (const isMounted of [true, false]) {
        fs.renameSync(hub.place, away);
        if (isMounted) fs.mkdirSync(hub.place);
        const asked = [
          () => hub.list(''),
          () => hub.list('a'),
          () => hub.read('a/1', 1),
          () => hub.fetch('a/1', { append: () => undefined }, 1, new Work()),
          () => hub.create('a/2', Buffer.from('y')),
          () => hub.remove('a/1'),
          () => hub.hint('bell', Buffer.from('y')),
        ];
        for (const ask of asked) assert.equal((await rejected(ask(), 'io')).details['reason'], 'hub-unreachable');
        if (isMounted) assert.deepEqual(fs.readdirSync(hub.place), []);
        fs.rmSync(hub.place, { recursive: true, force: true });
        fs.renameSync(away, hub.place);
      }
      assert.equal((await hub.read('a/1', 1))?.toString(), 'x');
    });

    it('of a newer Snapstage is left alone', async () => {
      fs.writeFileSync(at(MARKER), 'Snapstage hub, version 2\n');
      await rejected(hub.create('a/1', Buffer.from('x')), 'newer-format');
      await rejected(hub.make(), 'newer-format');
      await rejected(hub.list('nowhere'), 'newer-format');
      assert.deepEqual(everything(), []);
    });

    it('that vanishes in the middle of a file, either way, is an error and nothing half', async () => {
      const away = `${hub.place}-away`;
      const large = seededBytes(2, 4 << 20);
      await hub.create('a/1', large);
      const vanishing = { ...fileOf(large), read: (target: Uint8Array, position: number) => (position > 0 && leave(), target.length) };
      const leave = (): void => {
        if (fs.existsSync(hub.place)) fs.renameSync(hub.place, away);
      };
      assert.equal((await rejected(hub.create('a/2', vanishing), 'io')).details['reason'], 'hub-unreachable');
      fs.renameSync(away, hub.place);
      assert.deepEqual((await hub.list('a')).files, [{ name: '1', size: large.length }]);
    });

    it('ignores and counts what no hub made, and clients’ own temporary files', async () => {
      await hub.create('logs/a1/0000000001-ff', Buffer.from('x'));
      const strange = [
        '0000000001-ff (Bob’s conflicted copy 2026-01-01)',
        '0000000001-ff.sync-conflict-20260101-101010-ABCDEFG',
        '0000000001-FF',
        '.DS_Store',
        'desktop.ini',
      ];
      for (const name of strange) fs.writeFileSync(at('logs', 'a1', name), 'strange');
      fs.mkdirSync(at('logs', 'a1', 'Folder'));
      fs.writeFileSync(at('logs', 'a1', `~${'0'.repeat(32)}.tmp`), 'being written');
      assert.deepEqual(await hub.list('logs/a1'), {
        files: [{ name: '0000000001-ff', size: 1 }],
        folders: [],
        strangers: strange.length + 1,
      });
    });

    it('follows no link out of itself, nor opens what is no file', async function () {
      if (process.platform === 'win32') skip(this, 'links need rights there');
      const outside = bench.folder();
      fs.writeFileSync(path.join(outside, 'secret'), 'secret');
      fs.mkdirSync(at('a'));
      fs.symlinkSync(path.join(outside, 'secret'), at('a', '1'));
      fs.symlinkSync(outside, at('b'));
      fs.symlinkSync(path.join(outside, 'new'), at('a', '2'));
      assert.equal(spawnSync('mkfifo', [at('a', '3')]).status, 0);
      assert.deepEqual(await hub.list('a'), { files: [], folders: [], strangers: 3 });
      assert.deepEqual(await hub.list(''), { files: [], folders: ['a'], strangers: 1 });
      for (const name of ['a/1', 'a/2', 'a/3']) {
        assert.equal(await hub.read(name, 100), undefined);
        assert.equal(await hub.fetch(name, { append: () => assert.fail() }, 100, new Work()), undefined);
        assert.equal(await hub.create(name, Buffer.from('x')), false);
      }
      for (const act of [
        () => hub.list('b'),
        () => hub.read('b/secret', 100),
        () => hub.create('b/1', Buffer.from('x')),
        () => hub.remove('b/secret'),
        () => hub.hint('b/1', Buffer.from('x')),
      ]) {
        assert.equal((await rejected(act(), 'damaged')).details['part'], 'b');
      }
      await hub.hint('a/1', Buffer.from('bell'));
      await hub.remove('a/2');
      assert.equal(await hub.create('a/2', Buffer.from('mine')), true);
      assert.deepEqual(fs.readdirSync(outside), ['secret']);
      assert.equal(fs.readFileSync(path.join(outside, 'secret'), 'utf8'), 'secret');
    });

    it('says what is in the way where a folder should be', async () => {
      fs.writeFileSync(at('logs'), 'squatted');
      assert.equal((await rejected(hub.create('logs/a1/1', Buffer.from('x')), 'damaged')).details['part'], 'logs');
      assert.equal(fs.readFileSync(at('logs'), 'utf8'), 'squatted');
      await hub.remove('logs');
      assert.equal(await hub.create('logs/a1/1', Buffer.from('x')), true);
    });

    it('takes a folder in a file’s place for nothing that can be read, and leaves it', async () => {
      fs.mkdirSync(at('a', '1', 'x'), { recursive: true });
      assert.equal(await hub.read('a/1', 1), undefined);
      assert.equal(await hub.create('a/1', Buffer.from('x')), false);
      await rejected(hub.remove('a/1'), 'io');
      await rejected(hub.hint('a/1', Buffer.from('x')), 'io');
      assert.deepEqual(everything(), ['a', 'a/1', 'a/1/x']);
    });

    it('gives everybody whom the folder was given to what they need, whatever the umask', async function () {
      if (process.platform === 'win32') skip(this, 'rights are inherited there');
      const umask = process.umask(0o077);
      try {
        for (const [mode, folder, file] of [
          [0o2770, 0o2770, 0o640],
          [0o777, 0o777, 0o644],
          [0o1777, 0o1777, 0o644],
          [0o700, 0o700, 0o600],
        ] as const) {
          const shared = await newHub();
          fs.chmodSync(shared.place, mode);
          await shared.create('logs/a1/1', Buffer.from('x'));
          await shared.hint('bell', Buffer.from('x'));
          const rights = (...names: string[]): number => fs.statSync(path.join(shared.place, ...names)).mode & 0o7777;
          assert.deepEqual([rights('logs'), rights('logs', 'a1'), rights('logs', 'a1', '1'), rights('bell')], [folder, folder, file, file]);
        }
      } finally {
        process.umask(umask);
      }
    });

    it('that may not be written is read all the same', async function () {
      if (process.platform === 'win32') skip(this, 'rights are another matter there');
      await hub.create('a/1', Buffer.from('x'));
      fs.chmodSync(path.dirname(hub.place), 0o755);
      for (const folder of [at('a'), hub.place]) fs.chmodSync(folder, 0o555);
      fs.chmodSync(at('a', '1'), 0o444);
      const isRoot = process.geteuid!() === 0;
      if (isRoot) process.seteuid!(NOBODY);
      try {
        assert.equal((await hub.read('a/1', 1))?.toString(), 'x');
        assert.deepEqual((await hub.list('a')).files, [{ name: '1', size: 1 }]);
        for (const act of [() => hub.create('a/2', Buffer.from('x')), () => hub.create('b/1', Buffer.from('x')), () => hub.remove('a/1')]) {
          assert.equal((await rejected(act(), 'io')).details['reason'], 'hub-read-only');
        }
      } finally {
        if (isRoot) process.seteuid!(0);
        for (const folder of [hub.place, at('a')]) fs.chmodSync(folder, 0o755);
      }
      assert.deepEqual(everything(), ['a', 'a/1']);
    });

    it('removes what dead writers left, and nothing of those at work', async () => {
      await hub.create('a/1', Buffer.from('x'));
      const [dead, working] = ['1', '2'].map((digit) => at('a', `~${digit.repeat(32)}.tmp`)) as [string, string];
      for (const temp of [dead, working]) fs.writeFileSync(temp, 'half');
      const old = new Date(Date.now() - 2 * DAY_MS);
      fs.utimesSync(dead, old, old);
      fs.utimesSync(at('a', '1'), old, old);
      await hub.create('a/2', Buffer.from('x'));
      assert.ok(fs.existsSync(dead), 'a folder is looked at once');
      await again().create('a/3', Buffer.from('x'));
      assert.deepEqual(everything(), ['a', 'a/1', 'a/2', 'a/3', path.relative(hub.place, working)]);
    });

    it('does not take a file for another’s because the answer of a share was lost', async () => {
      const lost = withFaults(
        ({ kind, path: temp }) => {
          if (kind !== 'link') return;
          fs.linkSync(temp, at('a', '1'));
          throw systemError('EEXIST', temp);
        },
        () => hub.create('a/1', Buffer.from('x')),
      );
      assert.equal(await lost, true);
      assert.equal(await hub.create('a/1', Buffer.from('y')), false);
    });

    it('asks for rights where it has none, and says when the disk is full', async () => {
      await hub.create('a/1', Buffer.from('x'));
      for (const [code, expected, reason] of [
        ['EROFS', 'io', 'hub-read-only'],
        ['EACCES', 'io', 'hub-read-only'],
        ['ENOSPC', 'no-space', undefined],
        ['EDQUOT', 'no-space', undefined],
        ['ESTALE', 'io', 'hub-unreachable'],
        ['EIO', 'io', undefined],
      ] as const) {
        const failing = (act: () => Promise<unknown>): Promise<unknown> =>
          withFaults((call) => {
            if (isChange(call) && !(call.kind === 'open' && call.path.endsWith(MARKER))) throw systemError(code, call.path);
          }, act);
        for (const act of [
          () => hub.create('b/1', Buffer.from('x')),
          () => hub.create('a/2', Buffer.from('x')),
          () => hub.remove('a/1'),
          () => hub.hint('bell', Buffer.from('x')),
        ]) {
          assert.equal((await rejected(failing(act), expected)).details['reason'], reason);
        }
      }
      assert.deepEqual(everything(), ['a', 'a/1']);
    });

    for (const hasLinks of [true, false]) {
      it(`${hasLinks ? 'with' : 'without'} links, killed at any of the system’s calls: a whole file or none, and the next one gets through`, async () => {
        const content = seededBytes(3, (2 << 20) + 5);
        let left = 0;
        for (let end = 1, ended = false; !ended; end++) {
          hub = await newHub();
          let count = 0;
          const before = ({ kind, path: to }: { kind: string; path: string }): void => {
            count += 1;
            if (count >= end) throw new Killed(end);
            if (!hasLinks && kind === 'link') throw systemError('ENOTSUP', to);
          };
          const error = await withFaults(before, () => hub.create('logs/a1/1', fileOf(content))).catch((thrown: unknown) => thrown);
          ended = error === true;
          assert.ok(ended || wasKilled(error), String(error));
          const found = await again().read('logs/a1/1', content.length);
          assert.ok(found === undefined || found.equals(content));
          left += everything().filter((name) => name.endsWith('.tmp')).length;
          assert.equal(await again().create('logs/a1/1', fileOf(content)), found === undefined);
          assert.ok((await again().read('logs/a1/1', content.length))!.equals(content));
          assert.equal((await again().list('logs/a1')).strangers, 0);
          fs.rmSync(hub.place, { recursive: true });
        }
        assert.ok(left > 3, 'no unfinished file was ever left');
      });
    }

    it('flushes a file before it has its name, and its name before it is told of', async () => {
      const calls: string[] = [];
      await withFaults(
        ({ kind }) => void calls.push(kind),
        () => hub.create('a/1', Buffer.from('x')),
      );
      const [written, flushed, linked] = ['file.write', 'file.sync', 'link'].map((kind) => calls.lastIndexOf(kind)) as [
        number,
        number,
        number,
      ];
      // The folder is flushed last of all.
      assert.ok(
        written < calls.indexOf('file.sync', written) && calls.indexOf('file.sync', written) < linked && linked < flushed,
        calls.join(),
      );
    });
  });
});
