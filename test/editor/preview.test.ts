/** The preview matrix in the editor, with real engines of other people. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { OpenPreview } from '../../src/editor/preview/openPreview.ts';
import type { ReadyContent } from '../../src/editor/preview/previewPage.ts';
import { withAnswers } from './answers.ts';
import { internals, theInstance, until } from './extension.ts';
import { People, type Person } from './people.ts';
import { forgetSpace, run } from './spaceSteps.ts';

describe('the preview', () => {
  let people: People;
  let ada: Person;

  /** This window's instance is the Master; Ada has received two files, and edited one. */
  beforeEach(async () => {
    people = new People();
    const { engine } = await theInstance();
    await engine.init().catch(() => undefined);
    await (await theInstance()).refresh();
    await engine.createSpace({ name: 'Econometrics', hub: people.hub });
    ada = await people.person('ada');
    const { code } = await engine.invite({ name: 'Ada' });
    await ada.engine.joinSpace({ code });
    await engine.space({ sync: true });
    await write('hw1/task.md', 'the task\n');
    await write('hw1/notes.md', 'notes\n');
    await engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
    await engine.distribute({});
    await ada.receiveAll();
    ada.write('hw1/task.md', 'her task\n');
    await ada.engine.space({ sync: true });
    await write('hw1/task.md', 'the new task\n');
    const { stages, spaces } = await internals();
    await engine.space({ sync: true });
    await spaces.refresh(await theInstance());
    await stages.refresh(await theInstance());
  });

  afterEach(async () => {
    await forgetSpace('hw1');
    await people.gone();
  });

  async function write(path: string, content: string): Promise<void> {
    const uri = vscode.Uri.joinPath((await theInstance()).folder.uri, ...path.split('/'));
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content));
  }

  const ready = ({ view }: OpenPreview): ReadyContent | undefined => (view.content.state === 'ready' ? view.content : undefined);
  const total = (page: OpenPreview, state: string): string | undefined => ready(page)?.totals.find((one) => one.state === state)?.text;
  const tabs = (): readonly vscode.Tab[] => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const cell = async (path: string): Promise<{ row: string; column: string }> => {
    const { members } = (await (await theInstance()).engine.space({}))!;
    return { row: members.find(({ name }) => name === 'Ada')!.id, column: JSON.stringify([path, null]) };
  };

  async function open(): Promise<OpenPreview> {
    await run('snapstage.preview');
    const page = (await internals()).previewPanels.pageOf(await theInstance()) ?? assert.fail('no page');
    await until('the preview', () => ready(page)?.pending === '');
    return page;
  }

  it('shows what everybody would meet, once for each folder, and follows the Stage', async () => {
    const page = await open();
    assert.equal(ready(page)?.counted, '1 member × 2 objects');
    assert.deepEqual([total(page, 'edited'), total(page, 'same')], ['1 edited there', '1 same']);
    assert.equal(ready(page)?.distribute, 'Distribute to 1…');
    assert.match(ready(page)?.sentence ?? '', /^If distributed: 1 replaced\. 1 are the same already\./);
    assert.equal(await open(), page);
    assert.equal(tabs().filter(({ label }) => label.startsWith('Preview: ')).length, 1);
    const instance = await theInstance();
    await write('hw1/more.md', 'more\n');
    const [staged] = (await instance.engine.stage()).objects;
    await instance.engine.setStrategy({ ids: [staged!.id], strategy: 'skip' });
    await (await internals()).stages.refresh(instance);
    await until('the new preview', () => total(page, 'new') === '1 new' && ready(page)?.pending === '');
    assert.match(ready(page)?.sentence ?? '', /^If distributed: 1 created, 1 kept\./);
  });

  it('follows what members publish, with what was chosen and looked for', async () => {
    const page = await open();
    const { spaces } = await internals();
    await page.answer({ type: 'strategy', column: null, strategy: 'skip' });
    await page.answer({ type: 'look', look: { find: 'hw1', isInterestingOnly: true, sort: 'state' } });
    assert.equal(ready(page)?.counted, '1 member × 1 object shown, of 1 member × 2 objects');
    ada.write('hw1/notes.md', 'her notes\n');
    await ada.engine.space({ sync: true });
    await spaces.sync(await theInstance());
    await until('the new preview', () => total(page, 'edited') === '2 edited there' && ready(page)?.pending === '');
    assert.deepEqual([ready(page)?.counted, ready(page)?.strategy], ['1 member × 2 objects', 'skip']);
    // A new member is a new row.
    const { engine } = await theInstance();
    const bob = await people.person('bob');
    const { code } = await engine.invite({ name: 'Bob' });
    await bob.engine.joinSpace({ code });
    await spaces.sync(await theInstance());
    await until('Bob', () => page.view.content.state === 'ready' && /of 2 members|^2 members/.test(page.view.content.counted));
  });

  it('tells of a cell what there is, and shows what was received beside what is staged', async () => {
    const page = await open();
    const place = await cell('hw1/task.md');
    await page.answer({ type: 'details', place });
    const { details } = page;
    assert.equal(details?.title, 'hw1/task.md at Ada');
    assert.deepEqual(
      details?.actions.map(({ value }) => value),
      ['compare', 'open'],
    );
    assert.match(details?.strategy?.note ?? '', /It counts for Ada alone/);
    await page.answer({ type: 'details', place: { ...place, row: null } });
    assert.match(page.details?.strategy?.note ?? '', /It counts for all of hw1/);
    await page.answer({ type: 'action', place, action: 'compare' });
    await until('the difference', () => tabs().some(({ input }) => input instanceof vscode.TabInputTextDiff));
    const tab = tabs().find(({ input }) => input instanceof vscode.TabInputTextDiff)!;
    assert.equal(tab.label, 'task.md (received by Ada ↔ staged)');
    const { original, modified } = tab.input as vscode.TabInputTextDiff;
    assert.equal((await vscode.workspace.openTextDocument(original)).getText(), 'the task\n');
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), 'the new task\n');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(original.scheme), false);
    await page.answer({ type: 'action', place: { row: null, column: place.column }, action: 'open' });
    await until('the file', () => tabs().some(({ label }) => label === 'task.md'));
    for (const nowhere of [
      { row: 'nobody', column: 'nothing' },
      { ...place, row: 'nobody' },
    ]) {
      await page.answer({ type: 'action', place: nowhere, action: 'compare' });
    }
    await assert.rejects(async () => vscode.workspace.fs.readFile(original.with({ query: original.query.replace('file:', 'other:') })));
  });

  it('sets strategies for all and for an object, picks other targets, and distributes as it is shown', async () => {
    const page = await open();
    await page.answer({ type: 'strategy', column: null, strategy: 'ask' });
    assert.match(ready(page)?.sentence ?? '', /^If distributed: 1 waiting\./);
    await page.answer({ type: 'strategy', column: JSON.stringify(['hw1/task.md', null]), strategy: 'rename' });
    const { engine } = await theInstance();
    assert.equal((await engine.stage()).objects[0]?.strategy, 'rename');
    await until('the new preview', () => /1 saved beside/.test(ready(page)?.sentence ?? ''));
    await withAnswers(['Ada'], () => page.answer({ type: 'to' }));
    assert.equal(ready(page)?.to, 'To: Ada…');
    const asked = await withAnswers(['Week 2', 'Distribute'], () => page.answer({ type: 'distribute' }));
    assert.match(asked[1]?.text ?? '', /^Distribute 1 object to Ada\?/);
    assert.deepEqual(asked[1]?.choices, ['Distribute'], 'who has seen the preview is not offered it');
    const [sent] = await engine.distributions();
    assert.deepEqual([sent?.message, sent?.to, sent?.items[0]?.strategy], ['Week 2', 'chosen', 'rename']);
  });

  it('gives a cell a strategy of its own, which goes with what is distributed, and forgets those of members who are gone', async () => {
    const page = await open();
    const { engine } = await theInstance();
    const bob = await people.person('bob');
    const { code } = await engine.invite({ name: 'Bob' });
    await bob.engine.joinSpace({ code });
    await engine.space({ sync: true });
    await page.answer({ type: 'again' });
    const { members } = (await engine.space({}))!;
    const { row, column } = await cell('hw1/task.md');
    await page.answer({ type: 'exception', row, column, strategy: 'skip' });
    await page.answer({ type: 'exception', row: members.find(({ name }) => name === 'Bob')!.id, column, strategy: 'ask' });
    assert.match(ready(page)?.sentence ?? '', /1 kept.* 2 cells have a strategy of their own\./);
    await page.answer({ type: 'details', place: { row, column } });
    assert.deepEqual([page.details?.strategy?.value, page.details?.strategy?.options[0]?.label], ['skip', 'As Elsewhere: Overwrite']);
    await engine.removeMember({ member: 'Bob' });
    await page.answer({ type: 'again' });
    assert.match(ready(page)?.sentence ?? '', / 1 cell has a strategy of its own\./);
    const asked = await withAnswers(['Week 2', 'Distribute'], () => page.answer({ type: 'distribute' }));
    assert.match(asked[1]?.text ?? '', /Exceptions: hw1\/task\.md at Ada \(skip\)\./);
    await ada.receiveAll();
    const hers = await ada.engine.read({ state: 'current', path: 'hw1/task.md' });
    assert.equal(Buffer.from(hers).toString(), 'her task\n');
  });

  it('is offered before something is distributed, with what was chosen', async () => {
    await withAnswers(['All Members', 'Skip', 'Week 3', 'Show Preview'], () => run('snapstage.distribute'));
    const page = (await internals()).previewPanels.pageOf(await theInstance()) ?? assert.fail('no page');
    await until('the preview', () => ready(page)?.pending === '');
    assert.deepEqual([page.view.message, ready(page)?.strategy, page.view.state.to], ['Week 3', 'skip', 'all']);
    assert.equal((await (await theInstance()).engine.distributions()).length, 1, 'nothing was distributed');
    await withAnswers(['Ada', 'Mirror', '', 'Show Preview'], () => run('snapstage.distribute'));
    assert.deepEqual([ready(page)?.strategy, ready(page)?.to], ['mirror', 'To: Ada…']);
    assert.match(ready(page)?.warnings.join() ?? '', /A mirror also deletes/);
  });

  it('that was open over a reload is filled again, says why it can not be shown, and is tried again', async () => {
    const { previewPanels } = await internals();
    const folder = (await theInstance()).folder.uri.toString();
    const make = (): vscode.WebviewPanel => vscode.window.createWebviewPanel('snapstage.preview', '', vscode.ViewColumn.One);
    const kept = make();
    await previewPanels.deserializeWebviewPanel(kept, { folder, to: 'all', strategy: 'skip', exceptions: [], message: null });
    const page = previewPanels.pageOf(await theInstance()) ?? assert.fail('no page');
    assert.match(kept.webview.html, /default-src 'none'/);
    await until('the preview', () => ready(page)?.strategy === 'skip');
    for (const state of [
      undefined,
      { folder: 'file:///elsewhere', to: 'all', strategy: 'skip', exceptions: [], message: null },
      page.view.state,
    ]) {
      const other = make();
      let isClosed = false;
      other.onDidDispose(() => (isClosed = true));
      await previewPanels.deserializeWebviewPanel(other, state);
      assert.ok(isClosed);
    }
    const { engine } = await theInstance();
    const { objects } = await engine.stage();
    await engine.removeFromStage(objects.map(({ id }) => id));
    await page.answer({ type: 'again' });
    assert.equal(page.view.content.state === 'failed' && page.view.content.text, 'The Stage is empty: there is nothing to be distributed.');
    await engine.addToStage({ objects: [{ type: 'path', state: 'current', path: 'hw1' }] });
    await page.answer({ type: 'again' });
    assert.equal(ready(page)?.counted, '1 member × 2 objects');
  });
});
