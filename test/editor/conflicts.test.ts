/** The conflict view in the editor, over deliveries that lie in memory. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ConflictPanels } from '../../src/editor/conflicts/conflictPanel.ts';
import { parsePageState, type FromPage, type ReadyContent } from '../../src/editor/conflicts/conflictPage.ts';
import { sideUri } from '../../src/editor/conflicts/deliveryFiles.ts';
import type { OpenConflicts } from '../../src/editor/conflicts/openConflicts.ts';
import type { Instance } from '../../src/editor/instance.ts';
import { smallScene } from '../support/conflictScenes.ts';
import { delivery, MemoryDeliveries } from '../support/memoryDeliveries.ts';
import { withAnswers } from './answers.ts';
import { internals, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);
const keyOf = (place: string, part: string | null = null): string => JSON.stringify([place, part]);

describe('conflicts', () => {
  let instance: Instance;
  let deliveries: MemoryDeliveries;
  let panels: ConflictPanels;

  before(async () => {
    instance = await theInstance();
    ({ conflictPanels: panels } = await internals());
  });

  /** The extension's own view, of a folder whose engine has these deliveries. */
  beforeEach(() => {
    deliveries = new MemoryDeliveries(smallScene);
    const real = instance.engine;
    const get = (_: object, name: string | symbol): unknown => {
      const own: unknown = Reflect.get(deliveries, name);
      return typeof own === 'function' ? own.bind(deliveries) : Reflect.get(real, name);
    };
    Object.defineProperty(instance, 'engine', { configurable: true, value: new Proxy({}, { get }) });
  });

  afterEach(async () => {
    await run('workbench.action.closeAllEditors');
    Reflect.deleteProperty(instance, 'engine');
    const { mergedFiles } = await internals();
    await mergedFiles.forget({ folder: instance.folder.uri.toString(), delivery: delivery.id });
  });

  const contentOf = ({ view }: OpenConflicts): ReadyContent =>
    view.content.state === 'ready' ? view.content : assert.fail(view.content.text);

  /** Opens the view, whose page asks for its contents by itself. */
  async function open(): Promise<OpenConflicts> {
    panels.show(instance, delivery.id);
    const page = panels.pageOf(instance, delivery.id) ?? assert.fail('no page');
    await until('the conflicts', () => page.view.content.state === 'ready');
    return page;
  }

  const choose = (page: OpenConflicts, place: string, take: 'incoming' | 'mine' | 'both' | 'merge'): Promise<void> =>
    page.answer({ type: 'choose', key: keyOf(place), take });

  const tab = (): vscode.Tab => vscode.window.tabGroups.activeTabGroup.activeTab ?? assert.fail('no tab');
  const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);

  it('are shown once for each delivery, in a page that can do nothing but what is its own', async () => {
    const page = await open();
    assert.equal(page.view.title, `Conflicts in ${instance.name}`);
    assert.equal(contentOf(page).counted, '9 conflicts');
    assert.equal(await open(), page);
    assert.equal(tabs().filter(({ label }) => label === page.view.title).length, 1);
    assert.deepEqual(parsePageState(page.view.state), { folder: instance.folder.uri.toString(), delivery: delivery.id });
  });

  it('that were open over a reload are filled again, and closed where their folder is not open', async () => {
    const make = (): vscode.WebviewPanel => vscode.window.createWebviewPanel('snapstage.conflicts', '', vscode.ViewColumn.One);
    const kept = make();
    await panels.deserializeWebviewPanel(kept, { folder: instance.folder.uri.toString(), delivery: delivery.id, open: [] });
    const page = panels.pageOf(instance, delivery.id) ?? assert.fail('no page');
    assert.match(kept.webview.html, /default-src 'none'/);
    await until('the conflicts', () => page.view.content.state === 'ready');
    for (const state of [undefined, { folder: 'file:///elsewhere', delivery: delivery.id }, page.view.state]) {
      const other = make();
      let isClosed = false;
      other.onDidDispose(() => (isClosed = true));
      await panels.deserializeWebviewPanel(other, state);
      assert.ok(isClosed);
    }
  });

  it('are kept as they are chosen, one by one and by rules', async () => {
    const page = await open();
    await choose(page, 'hw2/plan.txt', 'both');
    assert.deepEqual(contentOf(page).said.text, 'hw2/plan.txt: stays; incoming as “plan (from Master).txt”. 2 of 9 decided.');
    await page.answer({ type: 'rule', scope: 'folder:hw2', rule: 'mine' });
    assert.equal(contentOf(page).progress, '4 of 9 decided');
    await page.answer({ type: 'rule', scope: 'nothing', rule: 'mine' });
    await choose(page, 'nowhere', 'mine');
    await choose(page, 'plots/logo.png', 'both');
    assert.deepEqual(deliveries.noted, ['resolve 1', 'resolve 3']);
    assert.match(contentOf(page).sentence, /^If applied: 1 created, 1 updated, 1 replaced, 3 kept, 0 deleted, 5 waiting\./);
    await page.answer({ type: 'choose', key: keyOf('hw2/plan.txt'), take: null });
    assert.equal(contentOf(page).progress, '3 of 9 decided');
  });

  it('say why they can not be shown, and are tried again', async () => {
    const planned = deliveries.planReceive.bind(deliveries);
    deliveries.planReceive = () => Promise.reject(new Error('broken'));
    panels.show(instance, delivery.id);
    const page = panels.pageOf(instance, delivery.id) ?? assert.fail('no page');
    await until('the failure', () => page.view.content.state === 'failed');
    deliveries.planReceive = planned;
    await page.answer({ type: 'again' });
    assert.equal(contentOf(page).counted, '9 conflicts');
  });

  it('are looked at side by side, and that decides nothing', async () => {
    const page = await open();
    await page.answer({ type: 'action', key: keyOf('hw2/notes.md'), action: 'compare' });
    const found = tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff) ?? assert.fail('no diff');
    assert.equal(found.label, 'notes.md (mine ↔ from Master)');
    const { original, modified } = found.input as vscode.TabInputTextDiff;
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), 'one\ntwo by me\nthree\n');
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), 'one\ntwo by Master\nthree\n');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(original.scheme), false);
    await page.answer({ type: 'action', key: keyOf('plots/logo.png'), action: 'compare' });
    await until('the pictures', () => tabs().some(({ label }) => label.startsWith('logo.png')));
    assert.deepEqual(deliveries.noted, []);
  });

  it('whose contents no editor shows are told so', async () => {
    deliveries.given = [{ place: 'a.bin', state: 'edited', base: 'x', incoming: new Uint8Array([0, 1]), mine: 'text' }];
    const page = await open();
    await page.answer({ type: 'action', key: keyOf('a.bin'), action: 'compare' });
    assert.equal(tabs().length, 1);
  });

  it('can’t be read from addresses of folders that are not open', async () => {
    const { objects } = await deliveries.planReceive({ delivery: delivery.id });
    const notes = objects.find(({ place }) => place === 'hw2/notes.md') ?? assert.fail('no notes');
    const elsewhere = sideUri('file:///elsewhere', delivery.id, notes, 'mine');
    await assert.rejects(async () => vscode.workspace.fs.readFile(elsewhere));
    const nothing = sideUri(instance.folder.uri.toString(), delivery.id, { ...notes, base: null }, 'base');
    assert.equal((await vscode.workspace.fs.readFile(nothing)).length, 0);
  });

  it('in a text are merged in a file with markers, which is kept when none is left', async () => {
    const page = await open();
    await choose(page, 'hw2/notes.md', 'merge');
    const document = vscode.window.activeTextEditor?.document ?? assert.fail('no editor');
    assert.match(document.uri.path, /merges\/[0-9a-f]{16}\/[0-9a-f]{16}\/notes\.md$/);
    assert.match(document.getText(), /^<<<<<<< mine$/m);
    assert.equal(contentOf(page).progress, '1 of 9 decided');
    const { mergedFiles } = await internals();
    await assert.rejects(mergedFiles.done(document.uri), /One conflict is left in this file/);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), 'one\ntwo by both\nthree\n');
    await vscode.workspace.applyEdit(edit);
    // What was begun is gone on with.
    await page.answer({ type: 'action', key: keyOf('hw2/notes.md'), action: 'merge' });
    assert.equal(vscode.window.activeTextEditor?.document.getText(), 'one\ntwo by both\nthree\n');
    await run('snapstage.doneMerging');
    assert.deepEqual(
      [...deliveries.kept.values()].map((content) => new TextDecoder().decode(content)),
      ['one\ntwo by both\nthree\n'],
    );
    assert.equal(contentOf(page).progress, '2 of 9 decided');
    assert.equal(tab().label, page.view.title);
    assert.equal(tabs().length, 1);
  });

  it('that are merged are kept only by the view of their delivery', async () => {
    const page = await open();
    await page.answer({ type: 'action', key: keyOf('scripts/run.py'), action: 'merge' });
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), 'merged\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await page.answer({ type: 'end', how: 'later' });
    const { mergedFiles } = await internals();
    await assert.rejects(mergedFiles.done(document.uri), /Open the conflicts of this delivery first/);
    await assert.rejects(mergedFiles.done(vscode.Uri.file('/elsewhere/notes.md')), /Open a file that is being merged first/);
  });

  it('in a table are chosen row by row', async () => {
    const page = await open();
    const key = keyOf('data/prices.db', 'orders');
    const say = (message: FromPage): Promise<void> => page.answer(message);
    await say({ type: 'details', key, rows: 0 });
    await say({ type: 'chooseRow', key, row: ['17'], take: 'mine' });
    assert.match(contentOf(page).said.text, /^data\/prices\.db › orders: to be merged first\./);
    await say({ type: 'chooseRow', key, row: ['23'], take: 'incoming' });
    assert.match(contentOf(page).said.text, /^data\/prices\.db › orders: will be merged\./);
    await say({ type: 'chooseAllRows', key, take: 'mine' });
    assert.deepEqual(deliveries.noted, ['resolveRows 1', 'resolveRows 1', 'resolveRows 0 and others']);
    await withAnswers(['Take Back'], () => say({ type: 'end', how: 'cancel' }));
    assert.equal((await deliveries.planReceive({ delivery: delivery.id })).objects.find(({ part }) => part === 'orders')?.chosen, null);
  });

  it('are applied when all is decided, and the view is closed', async () => {
    const page = await open();
    await page.answer({ type: 'end', how: 'apply' });
    assert.deepEqual(deliveries.received, []);
    await page.answer({ type: 'rest', mayWait: true });
    assert.equal(contentOf(page).canApply, true);
    await page.answer({ type: 'rest', mayWait: false });
    await page.answer({ type: 'action', key: keyOf('hw2/notes.md'), action: 'merge' });
    const begun = vscode.window.activeTextEditor?.document.uri ?? assert.fail('no editor');
    await page.answer({ type: 'rule', scope: 'all', rule: 'incoming' });
    await page.answer({ type: 'end', how: 'apply' });
    assert.deepEqual(deliveries.received, [{ confirmed: false }]);
    await assert.rejects(async () => vscode.workspace.fs.stat(begun));
    assert.equal(panels.pageOf(instance, delivery.id), undefined);
  });

  it('stay where applying them was given up', async () => {
    deliveries.isMostOfAll = true;
    deliveries.deletedFiles = 12;
    const page = await open();
    await page.answer({ type: 'rule', scope: 'all', rule: 'incoming' });
    const [asked] = await withAnswers([undefined], () => page.answer({ type: 'end', how: 'apply' }));
    assert.match(asked?.text ?? '', /12 files would be deleted, more than half of all that are here\./);
    assert.deepEqual(deliveries.received, []);
    assert.equal(panels.pageOf(instance, delivery.id), page);
    await withAnswers(['Receive'], () => page.answer({ type: 'end', how: 'apply' }));
    assert.deepEqual(deliveries.received, [{ confirmed: true }]);
  });

  it('are shown anew after a choice where something has changed here meanwhile', async () => {
    const page = await open();
    deliveries.from = 'state 2';
    deliveries.given = deliveries.given.filter(({ place }) => place !== 'hw2/plan.txt');
    await choose(page, 'hw2/notes.md', 'mine');
    assert.equal(contentOf(page).counted, '8 conflicts');
    assert.equal(contentOf(page).progress, '2 of 8 decided');
  });

  it('are left as they were chosen, or as they were before', async () => {
    let page = await open();
    await choose(page, 'hw2/plan.txt', 'mine');
    await page.answer({ type: 'end', how: 'later' });
    assert.equal(panels.pageOf(instance, delivery.id), undefined);
    page = await open();
    assert.equal(contentOf(page).progress, '2 of 9 decided');
    await choose(page, 'hw2/plan.txt', 'both');
    await choose(page, 'hw2/notes.md', 'mine');
    const [asked] = await withAnswers(['Keep', 'Take Back'], async () => {
      await page.answer({ type: 'end', how: 'cancel' });
      await page.answer({ type: 'end', how: 'cancel' });
    });
    assert.equal(asked?.text, 'Take back the 2 choices made here?');
    const { objects } = await deliveries.planReceive({ delivery: delivery.id });
    assert.deepEqual(
      objects.filter(({ chosen }) => chosen !== null).map(({ place, chosen }) => `${place} ${String(chosen)}`),
      ['hw2/plan.txt mine'],
    );
    await (await open()).answer({ type: 'end', how: 'cancel' });
    assert.equal(panels.pageOf(instance, delivery.id), undefined, 'nothing to be taken back, nothing asked');
  });

  it('whose choices can not be noted are shown as they are', async () => {
    const page = await open();
    deliveries.resolve = () => Promise.reject(new Error('no space'));
    await assert.rejects(choose(page, 'hw2/plan.txt', 'mine'), /no space/);
    assert.equal(contentOf(page).progress, '1 of 9 decided');
  });
});
