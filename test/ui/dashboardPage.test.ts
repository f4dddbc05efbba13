/** The dashboard's page, by pointer and by keyboard alone, with few members and with hundreds. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { DashboardStage } from '../support/dashboardStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page of an assignment’s dashboard', () => {
  let opened: PageInBrowser<DashboardStage>;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };
  const member = (name: string): Locator => opened.page.locator('.row', { hasText: name });
  const details = (): Locator => opened.page.locator('.details');
  const told = async (text: string | RegExp): Promise<void> => opened.status.filter({ hasText: text }).waitFor({ state: 'attached' });
  const asked = async (): Promise<readonly string[]> => {
    const all = await opened.stage(({ asked: every }) => every);
    return all.filter((one) => one !== 'assignment' && !one.startsWith('changes '));
  };
  const isActive = (one: Locator): Promise<void> => one.and(opened.active).waitFor();
  const names = (): Promise<string[]> => opened.page.locator('.row .name').allInnerTexts();

  before(async () => {
    opened = await PageInBrowser.start('dashboard', 'dashboardStage');
  });

  after(() => opened.close());

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.screenshot(`failed-${this.currentTest.title}`);
    assert.deepEqual(await opened.stage(({ refused }) => refused), [], 'every message of the page is one');
  });

  for (const theme of themes) {
    it(`has no fault that axe finds in ${theme}, with details and without`, async () => {
      await opened.open('small', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await member('Bob').click();
      await details().waitFor();
      await member('Frida').getByRole('checkbox').check();
      await opened.page.mouse.move(5, 5);
      await opened.screenshot(`dashboard-${theme}`);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
    });
  }

  it('says on top how it stands, and of every member how that one does', async () => {
    await opened.open('small');
    assert.equal(await opened.page.locator('.counts').innerText(), '5 handed in, 1 late, 1 of unproven time, 3 missing');
    assert.match(
      await opened.page.locator('.deadline').innerText(),
      /^3 hr 30 min left · deadline Sat, Nov 21, 2026, 7:00\sPM \(Europe\/Berlin\)/,
    );
    assert.equal(
      await opened.page.locator('.subtitle').innerText(),
      'Handed in: hw1. At most 20 MB. What is late is accepted, and marked late.',
    );
    await member('Ada').getByText('3 files changed').waitFor();
    const spoken = async (name: string): Promise<string> => (await member(name).getAttribute('aria-label')) ?? '';
    assert.match(
      await spoken('Ada'),
      /^Ada Lovelace, returned, .* \(no\. 2\), on time, 12\.3 kB, 3 files changed, grade 5, feedback: returned$/,
    );
    assert.match(await spoken('Bob'), /^Bob, s0123456 · tutorial 1, handed in late, .*, late by 2 hr to 3 hr, 12\.3 kB$/);
    assert.match(await spoken('Carla'), /nothing changed/);
    assert.match(await spoken('Emil'), /^Emil, nothing yet, until Nov 2\d/);
    assert.match(
      (await member('Bob').getAttribute('aria-description')) ?? '',
      /By the Master’s clock it was made after .*a time signal \(bebebebe\)/,
    );
    assert.equal(await opened.grid.getAttribute('aria-rowcount'), '9');
  });

  it('finds, filters and sorts', async () => {
    await opened.open('small');
    await opened.page.getByLabel(/^Show/).selectOption('open');
    await opened.page.locator('.counted', { hasText: '4 of 8 members shown' }).waitFor();
    assert.deepEqual(await names(), ['Bob', 'Carla', 'Frida', 'Hanna']);
    await opened.page.getByLabel('Sort by').selectOption('late');
    await opened.row(0).getByText('Bob').waitFor();
    assert.deepEqual(await names(), ['Bob', 'Carla', 'Frida', 'Hanna']);
    await opened.page.getByLabel('Sort by').selectOption('size');
    await opened.row(0).getByText('Frida').waitFor();
    await opened.page.getByLabel('Find members').fill('TUTORIAL 1');
    await opened.page.locator('.counted', { hasText: '2 of 8 members shown' }).waitFor();
    await opened.page.getByLabel('Find members').fill('nobody');
    await opened.page.getByText('No member fits.').waitFor();
  });

  it('is used by keyboard alone: one stop, Space selects, Enter tells more, Tab leads to the form', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Sort by').focus();
    await press('Tab', 'Tab');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true, 'buttons for those selected can’t be reached before');
    await isActive(member('Ada'));
    await press('ArrowDown', ' ');
    await told('Bob selected');
    assert.match((await member('Bob').getAttribute('aria-label')) ?? '', / selected$/);
    await press('ArrowDown', ' ', ' ');
    await told('Carla not selected any more');
    await press('ArrowUp', 'Enter');
    await told(
      /^Bob\. Content: 3 files, 12\.3 kB\. Time: late by 2 hr to 3 hr\. Evidence: By its author’s clock: .*Identifier: s0123456\. Note: The train was late\./s,
    );
    await press('Tab');
    await opened.page.locator('[data-key="details:close"]:focus').waitFor();
    await press('Tab', 'Enter', 'Tab');
    await opened.page.locator('[data-key="details:on-time"]:focus').waitFor();
    await press('Tab', '4', 'Tab', 'N', 'o', 't');
    await opened.page.getByText('not saved', { exact: true }).waitFor();
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    await told('The feedback for Bob is saved.');
    await opened.page.getByText('not saved', { exact: true }).waitFor({ state: 'hidden' });
    await press('Escape');
    await details().waitFor({ state: 'hidden' });
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    await press('Enter', 'Escape');
    await details().waitFor({ state: 'hidden' });
    assert.deepEqual(await asked(), ['collect 1', 'feedback b1 4 Not draft as before']);
  });

  it('tells of each hand-in of a member, and offers what can be done with it', async () => {
    await opened.open('small');
    await member('Ada').click();
    await details().getByText('2 changed, 1 new, 0 deleted').waitFor();
    await opened.button('Open Review Copy in New Window').click();
    await opened.button('Compare with Handed-Out Version').click();
    assert.equal(await opened.button('Count as On Time…').count(), 0);
    await details().getByLabel('Hand-in').selectOption('a1');
    await details().getByText('not collected yet').waitFor();
    await opened.button('Collect').and(details().locator('button')).click();
    await member('Carla').click();
    await details().locator('h2', { hasText: 'Carla' }).waitFor();
    await opened.button('Count as On Time…').click();
    await opened.button('Count as Late…').click();
    await member('Dora').click();
    await details().locator('h2', { hasText: 'Dora' }).waitFor();
    assert.equal(await details().getByLabel('Grade').isVisible(), false);
    await member('Frida').getByRole('button', { name: '1 file changed' }).click();
    assert.deepEqual(await asked(), [
      'open /Assignments/HW 1/Ada Lovelace/2 (a2)',
      'compare a2',
      'collect 1',
      'judge c1 on-time',
      'judge c1 late',
      'compare f1',
    ]);
  });

  it('takes feedback: what is written stays until it is saved, also where that fails and over a reload', async () => {
    await opened.open('small');
    await member('Bob').click();
    await details().getByLabel('Grade').fill('4-');
    await details().getByLabel('Comment').fill('Late, but good.');
    await details().getByLabel('Visibility').selectOption('returned');
    await opened.button('Choose Files…').click();
    await details().getByText('remarks.md, once it is saved').waitFor();
    assert.equal(await details().getByLabel('Grade').inputValue(), '4-');
    await opened.stage((stage) => void (stage.failure = 'disk full'));
    await opened.button('Save Feedback').click();
    await opened.button('Try Again').waitFor();
    await opened.stage((stage) => void (stage.failure = undefined));
    await opened.button('Try Again').click();
    await opened.row(0).waitFor();
    assert.equal(await details().getByLabel('Comment').inputValue(), 'Late, but good.');
    await opened.reload();
    await details().locator('h2', { hasText: 'Bob' }).waitFor();
    assert.deepEqual(
      [await details().getByLabel('Grade').inputValue(), await details().getByLabel('Visibility').inputValue()],
      ['4-', 'returned'],
    );
    await opened.page.getByText('not saved', { exact: true }).waitFor();
    await opened.button('No Files').click();
    await details().getByText('none, once it is saved').waitFor();
    await opened.button('Save and Go to Next').click();
    await details().locator('h2', { hasText: 'Carla' }).waitFor();
    await isActive(member('Carla'));
    await member('Bob').locator('.grade', { hasText: '4-' }).waitFor();
    assert.equal((await asked()).at(-1), 'feedback b1 4- Late, but good. returned ');
  });

  it('does much at once with those that are selected, and with the assignment', async () => {
    await opened.open('small');
    await opened.page.locator('.selected', { hasText: 'none selected' }).waitFor();
    assert.equal(await opened.button('Return Feedback…').isDisabled(), true);
    await opened.page.getByLabel('Find members').fill('tutorial');
    await opened.page.locator('.counted', { hasText: '2 of 8' }).waitFor();
    await opened.page.getByLabel('Select all shown').check();
    await told('2 selected');
    await opened.page.getByLabel('Find members').fill('');
    await opened.row(7).waitFor();
    await opened.page.locator('.selected', { hasText: '2 selected' }).waitFor();
    for (const name of ['Return Feedback…', 'Hide Feedback…', 'Collect']) await opened.button(name).click();
    await opened.page.locator('[data-key="bulk:extend"]').click();
    for (const name of ['Edit…', 'Collect All', 'Similarity', 'Export Grades…', 'Sync']) await opened.button(name).click();
    await opened.page.locator('[data-key="assignment:extend"]').click();
    await opened.button('Close Assignment…').click();
    await opened.button('Reopen…').click();
    await opened.button('Close Assignment…').waitFor();
    await opened.stage((stage) => void (stage.isTrusted = false));
    await opened.button('Collect All').click();
    await opened.button('Export Grades…').click();
    assert.deepEqual(await asked(), [
      'show b1+f1 returned',
      'show b1+f1 hidden',
      'collect 2',
      'extend 2',
      'edit',
      'collect all',
      'similarity',
      'export',
      'sync',
      'extend asked',
      'close true',
      'close false',
    ]);
  });

  it('follows what comes: what was selected, seen and told stays', async () => {
    await opened.open('small');
    await member('Dora').getByRole('checkbox').check();
    await member('Hanna').click();
    await details().locator('h2', { hasText: 'Hanna' }).waitFor();
    await details().getByLabel('Comment').fill('So far');
    await opened.stage(async (stage) => {
      stage.assignment = { ...stage.assignment, title: 'HW 1b', standings: stage.assignment.standings.slice(2) };
      await stage.page.changed();
    });
    await opened.page.locator('h1', { hasText: 'HW 1b' }).waitFor();
    await opened.page.locator('.selected', { hasText: '1 selected' }).waitFor();
    assert.equal(await opened.page.getByLabel('Comment').evaluate((field) => field.matches(':focus')), true);
    assert.equal(await details().getByLabel('Comment').inputValue(), 'So far');
  });

  it('has only the rows that are seen of 500 members, and is moved in by keyboard', async () => {
    await opened.open('large:500');
    await opened.page.locator('.counted', { hasText: '500 members' }).waitFor();
    const drawn = (): Promise<number> => opened.page.locator('.row').count();
    assert.ok((await drawn()) < 60, `${await drawn()} rows`);
    await opened.grid.focus();
    await press('End');
    await isActive(member('Member 0499'));
    assert.ok((await drawn()) < 60);
    await press('Enter');
    await details().locator('h2', { hasText: 'Member 0499' }).waitFor();
    await opened.page.getByLabel('Select all shown').check();
    await told('500 selected');
    await opened.screenshot('dashboard-many');
    await opened.page.getByLabel('Find members').fill('0123');
    await opened.page.locator('.counted', { hasText: '1 of 500 members shown' }).waitFor();
  });

  it('has room in a narrow window: the table is scrolled, nothing else is cut off', async () => {
    await opened.page.setViewportSize({ width: 560, height: 800 });
    await opened.open('small');
    await member('Ada').click();
    await details().waitFor();
    await opened.screenshot('dashboard-narrow');
    const cut = await opened.page
      .locator('main, .tools, .bulk, .details')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(cut, 0);
  });
});
