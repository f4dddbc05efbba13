/** Snapshots exported, imported and copied by commands and drops, with the real engine. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import * as vscode from 'vscode';
import { FileDrop } from '../../src/editor/transfer/fileDrop.ts';
import type { Reporter } from '../../src/editor/reporter.ts';
import type { SnapshotInfo } from '../../src/engine/api.ts';
import { openEngine } from '../../src/engine/engine.ts';
import { withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, removeFiles, rowAt, rowsUnder, texts, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const bundle = 'Portable Snapshot';

/** While it runs, what toasts of these kinds say comes here; they are not shown. */
async function toldIn(kind: 'showInformationMessage' | 'showErrorMessage', work: () => PromiseLike<unknown>): Promise<string> {
  const window = vscode.window as unknown as Record<typeof kind, (...args: unknown[]) => unknown>;
  const real = window[kind];
  const said: string[] = [];
  window[kind] = async (...args: unknown[]) => void said.push(String(args[0]));
  try {
    await work();
  } finally {
    window[kind] = real;
  }
  return said.join('\n');
}

describe('transfers', () => {
  let outside: string;
  let file: string;

  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'snapstage-outside-'));
    file = join(outside, 'week.snapstage');
    mkdirSync(inFolder('work'), { recursive: true });
    writeFileSync(inFolder('work/notes.txt'), 'one\n');
    await withAnswers(['week one', 'as handed out'], () => run('snapstage.takeDescribed'));
  });

  afterEach(async () => {
    await removeFiles('work', 'here.snapstage');
    await rm(outside, { recursive: true, force: true });
    await forgetSnapshots();
  });

  const list = async (): Promise<readonly SnapshotInfo[]> => (await theInstance()).engine.list();
  const weekOne = () => rowAt('Today', 'week one');

  /** Exports it as from the row's menu. */
  async function exported(format = bundle, to = file): Promise<string> {
    return toldIn('showInformationMessage', () =>
      withAnswers([format, to], async () => run('snapstage.export', await weekOne())).then((asked) =>
        assert.deepEqual(
          asked.map(({ text }) => text),
          ['Export week one', 'Export week one'],
        ),
      ),
    );
  }

  it('a snapshot becomes a file, comes back from it, and is shown', async () => {
    const [before] = await list();
    assert.match(
      await exported(),
      /^Exported “week one” of .* to .*week\.snapstage: .*\. Snapshots are no backup while they lie on one disk/,
    );
    await forgetSnapshots();
    const said = await toldIn('showInformationMessage', () => withAnswers([file], () => run('snapstage.import')));
    assert.match(said, /^Imported “week one” of .*: \d+ files, .*\. The store grew by /);
    const [{ imported, ...after } = assert.fail('nothing came')] = await list();
    assert.ok(imported !== undefined);
    assert.deepEqual(after, before);
    assert.match((await texts(await rowsUnder('Today'))).join('\n'), /^week one \| .* · described · consistent · imported · \+[^\n]*$/);
    const again = await toldIn('showInformationMessage', () => run('snapstage.import', vscode.Uri.file(file)));
    assert.match(again, /^Nothing to do: “week one” of .* is here already\.$/);
  });

  it('a plain archive is one for other programs, and no import', async () => {
    await exported('Plain Archive');
    assert.match(zstdDecompressSync(readFileSync(file)).toString('latin1'), /work\/notes\.txt/);
    const said = await toldIn('showErrorMessage', () => withAnswers([file], () => run('snapstage.import')));
    assert.match(
      said,
      /^The file is damaged: it is no export of Snapstage, or its beginning is damaged\. Nothing was imported\. Get the file once more/,
    );
  });

  it('nothing is done where one thinks better of it', async () => {
    await withAnswers([undefined], async () => run('snapstage.export', await weekOne()));
    await withAnswers([bundle, undefined], async () => run('snapstage.export', await weekOne()));
    await withAnswers([undefined], () => run('snapstage.import'));
    await withAnswers([undefined], async () => run('snapstage.copyToStore', await weekOne()));
    await withAnswers([join(outside, 'new'), undefined], async () => run('snapstage.copyToStore', await weekOne()));
    assert.ok(!existsSync(file) && !existsSync(join(outside, 'new')));
    assert.equal((await list()).length, 1);
  });

  it('a file that is cut off or changed is refused in words, and nothing of it is there', async () => {
    await exported();
    const changed = join(outside, 'changed.snapstage');
    copyFileSync(file, changed);
    const bytes = readFileSync(changed);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 5000) ^ 1, bytes.length - 5000);
    writeFileSync(changed, bytes);
    truncateSync(file, 3000);
    await forgetSnapshots();
    const cutOff = await toldIn('showErrorMessage', () => withAnswers([file], () => run('snapstage.import')));
    assert.match(
      cutOff,
      /^The file is damaged: it ends too early, after 3000 bytes\. Nothing was imported\. Get the file once more from where it came/,
    );
    const forged = await toldIn('showErrorMessage', () => withAnswers([changed], () => run('snapstage.import')));
    assert.match(forged, / Nothing was imported\. Get the file once more/);
    const gone = await toldIn('showErrorMessage', () => withAnswers([join(outside, 'gone')], () => run('snapstage.import')));
    assert.match(gone, /gone can’t be used \(ENOENT/);
    assert.deepEqual(await list(), []);
  });

  it('files that are dropped on the view are taken in, each once', async () => {
    await exported();
    copyFileSync(file, inFolder('here.snapstage'));
    await forgetSnapshots();
    const errors: unknown[] = [];
    const drop = new FileDrop({ error: (error: unknown) => errors.push(error) } as Pick<Reporter, 'error'> as Reporter);
    const dropped = (text: string): vscode.DataTransfer => {
      const transfer = new vscode.DataTransfer();
      transfer.set('text/uri-list', new vscode.DataTransferItem(text));
      return transfer;
    };
    const uris = [file, inFolder('here.snapstage')].map((path) => vscode.Uri.file(path).toString());
    const said = await toldIn('showInformationMessage', () => drop.handleDrop(undefined, dropped(`# dragged\r\n${uris.join('\r\n')}`)));
    assert.match(said, /^Imported .*\nNothing to do: /);
    assert.equal((await list()).length, 1);
    await drop.handleDrop(await weekOne(), dropped(''));
    assert.match(String(errors[0]), /can't be dropped here/);
    const remote = await toldIn('showErrorMessage', () => drop.handleDrop(undefined, dropped('https://example.org/x.snapstage')));
    assert.match(remote, /https:\/\/example\.org\/x\.snapstage is no file on this machine/);
  });

  it('snapshots are copied to another store, made one if it is none, and only what is missing goes', async () => {
    const to = join(outside, 'other');
    mkdirSync(to);
    const first = await toldIn('showInformationMessage', () =>
      withAnswers([to, 'Make It One'], async () => run('snapstage.copyToStore', await weekOne())),
    );
    assert.match(first, /^Copied “week one” of .* to .*other: [\d.]+ \w+\.$/);
    await writeFile(inFolder('work/notes.txt'), 'two\n');
    await run('snapstage.take');
    await until('both are there', async () => (await rowsUnder('Today')).length === 2);
    const [newer, older] = await rowsUnder('Today');
    const second = await toldIn('showInformationMessage', () => withAnswers([to], () => run('snapstage.copyToStore', newer)));
    assert.match(second, /^Copied the snapshot of .* to .*other: .+; .+ of it were there already\.$/);
    const both = await toldIn('showInformationMessage', () => withAnswers([to], () => run('snapstage.copyToStore', newer, [newer, older])));
    assert.match(both, /^Nothing to do: all 2 snapshots are in .*other already\.$/);
    const engine = openEngine({ folder: to });
    assert.deepEqual(
      (await engine.list()).map(({ id }) => id),
      (await list()).map(({ id }) => id),
    );
    assert.deepEqual((await engine.verify({ readData: true })).damage, []);
    await engine.dispose();
    const own = (await theInstance()).folder.uri.fsPath;
    const same = await toldIn('showErrorMessage', () => withAnswers([own], () => run('snapstage.copyToStore', newer)));
    assert.match(same, /is the folder of this snapshot: choose the folder of another instance/);
  });
});
