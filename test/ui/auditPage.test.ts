/** The audit trail's page, by pointer and by keyboard alone, with few records and with thousands. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { AuditStage } from '../support/auditStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page of the audit trail', () => {
  let opened: PageInBrowser<AuditStage>;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };
  const record = (text: string): Locator => opened.page.locator('.record', { has: opened.page.locator('.what', { hasText: text }) });
  const person = (): Locator => opened.page.locator('label', { hasText: /^By/ }).locator('select');
  const kind = (): Locator => opened.page.locator('label', { hasText: /^What/ }).locator('select');
  const asked = (): Promise<readonly string[]> => opened.stage(({ asked: all }) => all);
  const whats = (): Promise<readonly string[]> => opened.page.locator('.record .what, .day').allInnerTexts();

  before(async () => {
    opened = await PageInBrowser.start('audit', 'auditStage');
  });

  after(() => opened.close());

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.screenshot(`failed-${this.currentTest.title}`);
    assert.deepEqual(await opened.stage(({ refused }) => refused), [], 'every message of the page is one');
  });

  for (const theme of themes) {
    it(`has no fault that axe finds in ${theme}, with details and findings`, async () => {
      await opened.open('small', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await opened.stage((stage) => void (stage.report = stage.bad));
      await opened.button('Verify').click();
      await opened.page.locator('.report.damaged').waitFor();
      await record('distributed hw1').locator('.caret').click();
      await record('distributed hw1').locator('dl').waitFor();
      await opened.page.mouse.move(5, 5);
      await opened.screenshot(`audit-${theme}`);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
    });
  }

  it('says who did what, newest first by day, and what is proven', async () => {
    await opened.open('small');
    assert.match(
      await opened.page.locator('header').innerText(),
      /Audit Trail of Econometrics\s+The logs of everybody, as far as they are known here\./,
    );
    assert.equal(await opened.page.locator('.counted').innerText(), '11 records');
    const shown = await whats();
    assert.deepEqual(
      shown.filter((text) => text.includes('2026') || text.includes('2025')),
      [
        'Today, Saturday, November 21, 2026',
        'Yesterday, Friday, November 20, 2026',
        'Thursday, November 19, 2026',
        'Friday, November 21, 2025',
      ],
    );
    assert.ok(shown.indexOf('signed to have seen 1 log') < shown.indexOf('distributed hw1, syllabus.md to editors (ask): “Week 1”'));
    const label = (await record('distributed hw1').getAttribute('aria-label')) ?? '';
    assert.match(label, /Master, distributed .*, after Ada no\. 1, before Ada no\. 2$|Master, distributed .*, before Ada no\. 2$/);
    await record('not counted: its author may not say this').waitFor();
    await record('a clock is wrong: it was written after Master no. 4, which says a later time').waitFor();
    await record('something sealed for one member and the Masters').waitFor();
  });

  it('is filtered by the assignment that something is about, where there is one', async () => {
    await opened.open('small');
    const about = opened.page.locator('label', { hasText: /^Assignment/ });
    assert.equal(await about.isVisible(), false);
    await opened.stage(async (stage) => {
      const { entries } = stage.trail;
      const assignment = 'a'.repeat(64);
      const facts = { title: 'HW 1', deadline: '2026-12-01T00:00:00.000Z', isFirst: 'true' };
      const given = { ...entries[0]!, id: 'b'.repeat(64), kind: 'assign', assignment, facts };
      const handedIn = { ...entries[0]!, id: 'c'.repeat(64), kind: 'hand-in', assignment, facts: { files: 2 } };
      stage.trail = { ...stage.trail, entries: [...entries, given, handedIn] };
      stage.page.showAssignment(assignment);
      await stage.page.answer({ type: 'again' });
    });
    await opened.page.locator('.counted', { hasText: '2 of 13 records shown' }).waitFor();
    assert.equal(await about.locator('option:checked').innerText(), 'HW 1');
    await about.locator('select').selectOption('Everything');
    await opened.page.locator('.counted', { hasText: /^13 records$/ }).waitFor();
  });

  it('is filtered by person, kind and text', async () => {
    await opened.open('small');
    await person().selectOption('Ada');
    await opened.page.locator('.counted', { hasText: '5 of 11 records shown' }).waitFor();
    await kind().selectOption('Members');
    await opened.page.locator('.counted', { hasText: '2 of 11 records shown' }).waitFor();
    await opened.page.getByLabel('Find in the trail').fill('PLACE');
    await opened.page.locator('.counted', { hasText: '1 of 11 records shown' }).waitFor();
    await opened.page.getByLabel('Find in the trail').fill('nothing like this');
    await opened.page.getByText('No record fits the filter.').waitFor();
  });

  it('is used by keyboard alone, and leads to what is cited', async () => {
    await opened.open('small');
    await opened.grid.focus();
    await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await opened.page.getByLabel('Find in the trail').fill('distributed');
    await opened.page.locator('.counted', { hasText: '1 of 11' }).waitFor();
    await opened.grid.focus();
    await press('Home', 'ArrowDown', 'Enter');
    await record('distributed hw1').and(opened.active).locator('dl').waitFor();
    const facts = await record('distributed hw1').locator('dl').innerText();
    for (const part of [
      'Proven not after',
      'Ada no. 2: applied the distribution',
      'by the clock of Ada',
      'Who can open it\neditors',
      `Hash\n00000005`,
    ])
      assert.ok(facts.includes(part), `${part} in ${facts}`);
    await press(' ');
    await opened.page.locator('.details button:focus').waitFor();
    await press('Escape', ' ', 'Enter');
    await record('let Ada in').and(opened.active).locator('dl').waitFor();
    assert.equal(await opened.page.getByLabel('Find in the trail').inputValue(), '', 'what was left out is shown');
    await press('ArrowLeft');
    await record('let Ada in').locator('dl').waitFor({ state: 'detached' });
  });

  it('is verified: the findings in words, damage first, and what no check can tell', async () => {
    await opened.open('small');
    await opened.button('Verify').click();
    await opened.page.locator('.report h2', { hasText: 'Checked 11 records of 3 logs of Econometrics: all well.' }).waitFor();
    await opened.status.filter({ hasText: 'all well.' }).waitFor({ state: 'attached' });
    await opened.stage((stage) => void (stage.report = stage.bad));
    await opened.button('Verify').click();
    await opened.page.locator('.report h2', { hasText: '1 part damaged.' }).waitFor();
    const found = await opened.page.locator('.report li').allInnerTexts();
    assert.match(found[0] ?? '', /^damaged\s+The hub has lost 2 of the records of the log of Ada/);
    assert.match(found[1] ?? '', /^noted\s+Record 5 of the log of Ada says what its author may not say/);
    assert.match(found[2] ?? '', /^Records at the end of a log/);
    await opened.page.locator('.report button', { hasText: 'Go To' }).click();
    await record('removed Master').and(opened.active).locator('dl').waitFor();
    await opened.page.locator('.report button', { hasText: 'Close' }).click();
    await opened.page.locator('.report').waitFor({ state: 'detached' });
    await opened.button('Export…').click();
    await opened.stage((stage) => void (stage.isTrusted = false));
    await opened.button('Export…').click();
    await opened.button('Verify').click();
    await opened.page.locator('.limits', { hasText: 'Restricted Mode: the hub was not asked.' }).waitFor();
    assert.deepEqual(await asked(), ['audit', 'verify', 'verify', 'export 11', 'verify']);
  });

  it('is as it was after the window was reloaded, follows what comes, and says why it can’t be read', async () => {
    await opened.open('small');
    await person().selectOption('Ada');
    await opened.page.locator('.counted', { hasText: '5 of 11' }).waitFor();
    await record('published its state').locator('.caret').click();
    await record('published its state').locator('dl').waitFor();
    await opened.reload();
    await record('published its state').locator('dl').waitFor();
    assert.equal(await opened.page.locator('.counted').innerText(), '5 of 11 records shown');
    await opened.stage(async (stage) => {
      stage.trail = { ...stage.trail, entries: stage.trail.entries.slice(0, 9) };
      await stage.page.changed();
    });
    await opened.page.locator('.counted', { hasText: '3 of 9 records shown' }).waitFor();
    await opened.stage(async (stage) => {
      stage.failure = 'no keys';
      await stage.page.changed();
    });
    await opened.button('Try Again').waitFor();
    await opened.stage((stage) => void (stage.failure = undefined));
    await opened.button('Try Again').click();
    await opened.row(0).waitFor();
  });

  it('has only the rows that are seen of 5,000 records', async () => {
    await opened.open('long:5000');
    await opened.page.locator('.counted', { hasText: '5,000 records' }).waitFor();
    const drawn = (): Promise<number> => opened.page.locator('.row').count();
    assert.ok((await drawn()) < 60);
    await opened.grid.focus();
    await press('End');
    await record('applied the distribution 00000000').and(opened.active).waitFor();
    assert.ok((await drawn()) < 60);
    await opened.page.getByLabel('Find in the trail').fill('week-4999');
    await opened.page.locator('.counted', { hasText: '1 of 5,000 records shown' }).waitFor();
    await opened.page.getByLabel('Find in the trail').fill('');
    await opened.page.locator('.counted').getByText('5,000 records', { exact: true }).waitFor();
    await opened.screenshot('audit-many');
  });

  it('has room in a narrow window, with nothing cut off', async () => {
    await opened.page.setViewportSize({ width: 560, height: 800 });
    await opened.open('small');
    await opened.screenshot('audit-narrow');
    const cut = await opened.page
      .locator('main, .bar, .grid')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(cut, 0);
  });
});
