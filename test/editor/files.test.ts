/** The read-only file system of snapshots. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { SnapstageError } from '../../src/base/errors.ts';
import type { Instance } from '../../src/editor/instance.ts';
import { OpenedSnapshots } from '../../src/editor/files/openedSnapshots.ts';
import { SnapshotFiles } from '../../src/editor/files/snapshotFiles.ts';
import { snapshotUri } from '../../src/editor/files/snapshotUris.ts';
import type { Workspace } from '../../src/editor/workspace.ts';
import type { EngineApi, EntryInfo } from '../../src/engine/api.ts';
import { withOpenedFolders } from './commands.ts';
import { forgetSnapshots, inFolder, removeFiles, theInstance } from './extension.ts';
import { fakeInstance, fakeSnapshot } from './fakeEngine.ts';
import { FakeMemento } from './fakeMemento.ts';

const { fs } = vscode.workspace;
const never = new vscode.EventEmitter<never>().event;
const { File, Directory } = vscode.FileType;

const entry = (path: string, kind: EntryInfo['kind'] = 'file', size = 3): EntryInfo => ({
  path,
  kind,
  size,
  mode: 0o644,
  modified: '2026-01-02T03:04:05.678901234Z',
  id: '0',
});

describe('files of snapshots', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await removeFiles('large.bin', 'deep');
    await forgetSnapshots();
  });

  async function take(): Promise<(path: string) => vscode.Uri> {
    await vscode.commands.executeCommand('snapstage.take');
    const instance = await theInstance();
    const [snapshot] = await instance.mustList();
    assert.ok(snapshot);
    return (path) => snapshotUri(instance.folder.uri, snapshot.id, path);
  }

  it('come whole however large they are, byte for byte', async () => {
    const content = randomBytes(20 * 2 ** 20 + 7);
    await writeFile(inFolder('large.bin'), content);
    const at = await take();
    assert.equal((await fs.stat(at('large.bin'))).size, content.length);
    assert.ok(content.equals(await fs.readFile(at('large.bin'))));
  });

  it('open with any name, as text and as a picture', async () => {
    const names = ['ä ö#1?.txt', '100%25.txt', 'a+b & c;d.txt'];
    await mkdir(inFolder('deep/er'), { recursive: true });
    for (const name of names) await writeFile(inFolder(`deep/er/${name}`), name);
    const at = await take();
    for (const name of names) {
      const document = await vscode.workspace.openTextDocument(at(`deep/er/${name}`));
      assert.equal(document.getText(), name);
    }
    assert.deepEqual((await fs.readDirectory(at('deep/er'))).map(([name]) => name).sort(), names.toSorted());
    const picture = Buffer.from(await fs.readFile(at('figures/temperatures.png')));
    assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    await vscode.commands.executeCommand('vscode.open', at('figures/temperatures.png'));
    assert.match(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '', /temperatures\.png/);
  });

  it('are gone with their snapshot', async () => {
    const at = await take();
    assert.ok((await fs.readDirectory(at(''))).length > 0);
    await forgetSnapshots();
    for (const path of ['', 'README.md']) {
      await assert.rejects(Promise.resolve(fs.stat(at(path))), { code: 'FileNotFound' }, path);
    }
    await assert.rejects(Promise.resolve(fs.readDirectory(at(''))), { code: 'FileNotFound' });
    await assert.rejects(Promise.resolve(fs.readFile(at('README.md'))), { code: 'FileNotFound' });
  });
});

describe('the file system of snapshots', () => {
  const endings: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });

  interface Told {
    readonly files: SnapshotFiles;
    readonly instance: Instance;
    readonly at: (path: string) => vscode.Uri;
  }

  async function filesOf(told: Partial<EngineApi>): Promise<Told> {
    const { instance, forget } = await fakeInstance(told);
    const opened = new OpenedSnapshots(new FakeMemento(), neverStarted, () => undefined);
    const files = new SnapshotFiles({ instances: [instance], onDidChange: never } as unknown as Workspace, opened);
    endings.push(() => files.dispose(), forget);
    return { files, instance, at: (path) => snapshotUri(instance.folder.uri, fakeSnapshot().id, path) };
  }

  it('tells of a folder and what is in it by one look, and reads nothing for it', async () => {
    let looks = 0;
    const { files, at } = await filesOf({
      ls: async ({ path }) => {
        looks++;
        assert.equal(path, 'data');
        return [entry('data/a.csv'), entry('data/sub', 'folder', 0), entry('data/link', 'link')];
      },
    });
    assert.deepEqual(await files.readDirectory(at('data')), [
      ['a.csv', File],
      ['sub', Directory],
      ['link', vscode.FileType.SymbolicLink],
    ]);
    assert.deepEqual(await files.stat(at('data/a.csv')), {
      type: File,
      size: 3,
      ctime: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      mtime: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      permissions: vscode.FilePermission.Readonly,
    });
    assert.equal((await files.stat(at('data/sub'))).type, Directory);
    assert.equal((await files.stat(at('data'))).type, Directory);
    assert.equal(looks, 1);
  });

  it('says what is damaged, and looks again when it is asked again', async () => {
    let healed = false;
    const { files, at } = await filesOf({
      ls: async () => {
        if (!healed) throw new SnapstageError('damaged', 'Object 0123 is damaged.');
        return [entry('a')];
      },
      read: async () => new Uint8Array([1, 2, 3]),
    });
    for (const ask of [() => files.stat(at('a')), () => files.readDirectory(at('a')), () => files.readFile(at('a'))]) {
      await assert.rejects(ask, (error) => {
        assert.ok(error instanceof vscode.FileSystemError);
        assert.equal(error.code, 'Unavailable');
        assert.match(error.message, /Object 0123 is damaged\. The undamaged snapshots/);
        return true;
      });
    }
    healed = true;
    assert.deepEqual(await files.readFile(at('a')), new Uint8Array([1, 2, 3]));
  });

  it('doesn’t read what no editor could hold, nor a folder', async () => {
    const { files, at } = await filesOf({
      ls: async ({ path }) => (path === 'huge.bin' ? [entry(path, 'file', 5e9)] : [entry('folder/a')]),
    });
    await assert.rejects(files.readFile(at('huge.bin')), /huge\.bin has 5 GB: too large/);
    assert.equal((await files.stat(at('huge.bin'))).size, 5e9);
    await assert.rejects(files.readFile(at('folder')), { code: 'FileIsADirectory' });
    await assert.rejects(files.readDirectory(at('huge.bin')), { code: 'FileNotADirectory' });
  });

  it('shows names that no URI can hold, and finds them again', async () => {
    const raw = 'caf\udce9';
    const { files, at } = await filesOf({
      ls: async ({ path }) => {
        if (path === '') return [entry(raw, 'folder')];
        return path === raw ? [entry(`${raw}/\udcff.txt`)] : [entry(path)];
      },
      read: async ({ path }) => Buffer.from(path.isWellFormed() ? '' : 'raw'),
    });
    assert.deepEqual(await files.readDirectory(at('')), [['caf\ufffd', Directory]]);
    assert.deepEqual(await files.readDirectory(at('caf\ufffd')), [['\ufffd.txt', File]]);
    assert.equal(Buffer.from(await files.readFile(at('caf\ufffd/\ufffd.txt'))).toString(), 'raw');
    await assert.rejects(files.stat(at('caf\ufffd/\ufffd')), { code: 'FileNotFound' });
  });

  it('is told that nothing changes, and what it is asked to change it refuses', async () => {
    const { files, at } = await filesOf({});
    files.watch().dispose();
    for (const change of [
      () => files.writeFile(at('a')),
      () => files.delete(at('a')),
      () => files.rename(at('a')),
      () => files.createDirectory(at('a')),
    ])
      assert.throws(change, { code: 'NoPermissions' });
  });

  it('finds the store of a snapshot that was opened in another window, and of no other', async () => {
    const { instance, at } = await filesOf({ ls: async () => [entry('a')] });
    const memory = new FakeMemento();
    const first = new OpenedSnapshots(memory, neverStarted, () => undefined);
    const windows = await withOpenedFolders(() => first.open(instance, fakeSnapshot(), ''));
    assert.deepEqual(
      windows.map(([uri, options]) => [uri.toString(), options]),
      [[at('').toString(), { forceNewWindow: true }]],
    );
    const engine: Partial<EngineApi> = { ls: async ({ path }) => [entry(path === '' ? 'a' : path)], dispose: async () => undefined };
    const started: string[] = [];
    const opened = new OpenedSnapshots(
      memory,
      ({ folder }) => {
        started.push(folder);
        return engine as EngineApi;
      },
      () => undefined,
    );
    const files = new SnapshotFiles({ instances: [], onDidChange: never } as unknown as Workspace, opened);
    endings.push(
      () => files.dispose(),
      () => opened.dispose(),
      () => first.dispose(),
    );
    assert.deepEqual(await files.readDirectory(at('')), [['a', File]]);
    assert.deepEqual(started, [instance.folder.uri.fsPath]);
    await assert.rejects(files.stat(at('').with({ authority: 'b'.repeat(32) })), { code: 'FileNotFound' });
    await assert.rejects(files.stat(at('').with({ path: '/etc' })), { code: 'FileNotFound' });
    assert.equal(opened.current, undefined, 'this window shows no snapshot');
  });

  it('remembers a hundred of them, the last ones', async () => {
    const { instance } = await filesOf({});
    const memory = new FakeMemento();
    const opened = new OpenedSnapshots(memory, neverStarted, () => undefined);
    await withOpenedFolders(async () => {
      for (let i = 0; i < 120; i++) await opened.open(instance, fakeSnapshot({ id: String(i) }), '');
    });
    assert.equal(memory.keys().length, 100);
    assert.equal(opened.instanceOf('19'), undefined);
    assert.ok(memory.keys().some((key) => key.endsWith('.20')) && memory.keys().some((key) => key.endsWith('.119')));
  });
});

function neverStarted(): never {
  return assert.fail('no engine is to be started');
}
