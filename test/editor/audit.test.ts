/** The audit trail in the editor: of a Master, and of a member. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { noLook, type ReadyContent } from '../../src/editor/audit/auditPage.ts';
import type { OpenAudit } from '../../src/editor/audit/openAudit.ts';
import { withAnswers } from './answers.ts';
import { internals, theInstance, until } from './extension.ts';
import { People } from './people.ts';
import { forgetSpace, run } from './spaceSteps.ts';

describe('the audit trail', () => {
  let people: People;

  beforeEach(async () => {
    people = new People();
    await (await theInstance()).engine.init().catch(() => undefined);
    await (await theInstance()).refresh();
  });

  afterEach(async () => {
    await forgetSpace('hw1');
    await people.gone();
  });

  const ready = ({ view }: OpenAudit): ReadyContent => (view.content.state === 'ready' ? view.content : assert.fail(view.content.text));

  async function open(): Promise<OpenAudit> {
    // What the engine was told past the editor.
    await (await internals()).spaces.refresh(await theInstance());
    await run('snapstage.showAudit');
    const page = (await internals()).auditPanels.pageOf(await theInstance()) ?? assert.fail('no page');
    await until('the trail', () => page.view.content.state === 'ready');
    return page;
  }

  const rows = (page: OpenAudit): readonly string[] =>
    page.rows.flatMap((row) => (row.type === 'record' ? [`${row.who} ${row.what}`] : []));

  it('of a Master has everybody’s records, follows new ones, and is verified against the hub', async () => {
    const { engine } = await theInstance();
    await engine.createSpace({ name: 'Econometrics', hub: people.hub });
    const ada = await people.person('ada');
    const { code } = await engine.invite({ name: 'Ada' });
    await ada.engine.joinSpace({ code });
    await engine.space({ sync: true });
    const page = await open();
    assert.equal(page.view.title, 'Audit Trail of Econometrics');
    assert.match(page.view.subtitle, /^The logs of everybody/);
    for (const what of ['recovery code made the Space', 'Master invited Ada as editor', 'Master let Ada in', 'Ada asked for a place'])
      assert.ok(rows(page).includes(what), `${what} in ${rows(page).join('; ')}`);
    assert.equal(await open(), page);
    await engine.changeMember({ member: 'Ada', groups: ['tutors'] });
    await (await internals()).spaces.refresh(await theInstance());
    await until('the new record', () => rows(page).includes('Master made Ada editor in tutors'));
    await page.answer({ type: 'look', look: { ...noLook, kind: 'Members' } });
    assert.match(ready(page).counted, /^4 of \d+ records shown$/);

    await page.answer({ type: 'verify' });
    assert.match(ready(page).report?.verdict ?? '', /^Checked \d+ records of 3 logs of Econometrics: all well\.$/);
    const { me } = (await ada.engine.space({}))!;
    const log = join(people.hub, 'logs', me.id);
    rmSync(join(log, readdirSync(log).toSorted().at(-1) ?? ''));
    await page.answer({ type: 'verify' });
    const { report } = ready(page);
    assert.equal(report?.isDamaged, true);
    assert.match(report?.findings[0]?.text ?? '', /^The hub has lost \d+ of the records of the log of Ada/);
    await page.answer({ type: 'closeReport' });
    assert.equal(ready(page).report, null);
  });

  it('shows what was done about one assignment', async () => {
    const instance = await theInstance();
    const { engine } = instance;
    await engine.createSpace({ name: 'Econometrics', hub: people.hub });
    const { id } = await engine.createAssignment({
      title: 'HW 1',
      deadline: '2099-01-01T00:00:00Z',
      parts: [{ path: 'hw1', patterns: [] }],
    });
    await engine.editAssignment({ assignment: id, title: 'Homework 1' });
    const { auditPanels, spaces } = await internals();
    await spaces.refresh(instance);
    await auditPanels.show(instance, id);
    const page = await open();
    assert.deepEqual(
      ready(page).assignments.map(({ label }) => label),
      ['Everything', 'Homework 1'],
    );
    await until('the assignment’s records', () => ready(page).counted.startsWith('2 of '));
  });

  it('is exported to a file that can be checked anywhere', async () => {
    const { engine } = await theInstance();
    await engine.createSpace({ name: 'Econometrics', hub: people.hub });
    const page = await open();
    const file = join(people.base, 'trail.jsonl');
    const asked = await withAnswers([file], () => page.answer({ type: 'export' }));
    assert.equal(asked[0]?.text, 'Export Audit Trail');
    assert.ok(readFileSync(file, 'utf8').includes('Econometrics'));
    const checked = await engine.verifyAuditFile({ from: file });
    assert.deepEqual([checked.isDamaged, checked.findings], [false, []]);
    await withAnswers([undefined], () => page.answer({ type: 'export' }));
  });

  it('of a member has what it can open, and says that there is more', async () => {
    const master = await people.person('master');
    await master.engine.createSpace({ name: 'Econometrics', hub: people.hub });
    const { code } = await master.engine.invite({ name: 'Ada' });
    await (await theInstance()).engine.joinSpace({ code });
    await master.engine.space({ sync: true });
    await (await theInstance()).engine.space({ sync: true });
    const page = await open();
    assert.match(page.view.subtitle, /^Your own log and those of the Masters; .* A Master sees all\.$/);
    assert.ok(
      rows(page).some((row) => row.endsWith('something sealed for Masters')),
      rows(page).join('; '),
    );
  });

  it('that was open over a reload is filled again, and says where there is none', async () => {
    const { auditPanels } = await internals();
    const folder = (await theInstance()).folder.uri.toString();
    const make = (): vscode.WebviewPanel => vscode.window.createWebviewPanel('snapstage.audit', '', vscode.ViewColumn.One);
    const kept = make();
    await auditPanels.deserializeWebviewPanel(kept, { folder });
    const page = auditPanels.pageOf(await theInstance()) ?? assert.fail('no page');
    assert.match(kept.webview.html, /default-src 'none'/);
    await until('the failure', () => page.view.content.state === 'failed');
    await (await theInstance()).engine.createSpace({ name: 'Econometrics', hub: people.hub });
    await page.answer({ type: 'again' });
    await until('the trail', () => page.view.content.state === 'ready');
    for (const state of [undefined, { folder: 'file:///elsewhere' }, { folder }]) {
      const other = make();
      let isClosed = false;
      other.onDidDispose(() => (isClosed = true));
      await auditPanels.deserializeWebviewPanel(other, state);
      assert.ok(isClosed);
    }
  });
});
