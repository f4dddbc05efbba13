/** The conflict view's page, by pointer and by keyboard alone, with few conflicts and with thousands. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { ConflictStage } from '../support/conflictStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page of the conflict view', () => {
  let opened: PageInBrowser<ConflictStage>;

  const rowOf = (name: string): Locator => opened.page.locator('.row', { has: opened.page.locator('.name', { hasText: name }) });

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };
  const told = async (text: string | RegExp): Promise<void> => opened.status.filter({ hasText: text }).waitFor({ state: 'attached' });
  const asked = (): Promise<readonly string[]> => opened.stage(({ asked: all }) => all);
  const noted = (): Promise<readonly string[]> => opened.stage(({ deliveries }) => deliveries.noted);
  const checked = (name: string): Promise<readonly string[]> =>
    rowOf(name)
      .locator('.decision input:checked')
      .evaluateAll((inputs) => inputs.map((input) => (input as unknown as { readonly value: string }).value));

  before(async () => {
    opened = await PageInBrowser.start('conflicts', 'conflictStage');
  });

  after(() => opened.close());

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.screenshot(`failed-${this.currentTest.title}`);
    assert.deepEqual(await opened.stage(({ refused }) => refused), [], 'every message of the page is one');
  });

  for (const theme of themes) {
    it(`has no fault that axe finds in ${theme}, opened and closed`, async () => {
      await opened.open('small', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await opened.button('Show').click();
      await rowOf('orders').locator('.caret').click();
      await rowOf('orders').locator('.cells').waitFor();
      await rowOf('notes.md').locator('label', { hasText: 'Mine' }).click();
      await told('notes.md: stays as it is');
      await opened.page.mouse.move(5, 5);
      await opened.screenshot(`conflicts-${theme}`);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
    });
  }

  it('says what there is, and what would happen', async () => {
    await opened.open('small');
    assert.match(await opened.page.locator('header').innerText(), /Conflicts in course\s+from Master, .*\s+Week 2 data/);
    assert.equal(await opened.page.locator('.safe').innerText(), '2 safe changes will be applied\nShow');
    await opened.button('Show').click();
    assert.deepEqual(await opened.page.locator('.safeLines li').allInnerTexts(), [
      'README.md: will be updated',
      'data/new.csv: will be created',
    ]);
    await opened.button('Hide').click();
    await opened.page.locator('.safeLines').waitFor({ state: 'hidden' });
    assert.equal(await opened.page.locator('.warning').innerText(), 'Left alone, because a store of snapshots is there: sub/.snapstage');
    assert.equal(
      await opened.page.locator('footer .told').innerText(),
      '1 of 9 decided\n\nIf applied: 1 created, 1 updated, 1 replaced, 0 kept, 0 deleted, 8 waiting. A snapshot is taken first.',
    );
    assert.match((await rowOf('tasks.json').getAttribute('aria-label')) ?? '', /May run programs: never taken without a decision\./);
    assert.match((await rowOf('run.py').getAttribute('aria-label')) ?? '', /will be replaced \(strategy: overwrite\)$/);
    assert.deepEqual(await checked('run.py'), ['incoming']);
  });

  it('takes choices by pointer, tells them, and is applied when all is decided or the rest may wait', async () => {
    await opened.open('small');
    await rowOf('plan.txt').locator('label', { hasText: 'Both' }).click();
    await told('hw2/plan.txt: stays; incoming as “plan (from Master).txt”. 2 of 9 decided.');
    assert.match(await opened.page.locator('.sentence').innerText(), /1 saved as “plan \(from Master\)\.txt”/);
    assert.equal(await opened.button('Apply').isEnabled(), false);
    await opened.page.locator('.rest').click();
    await opened.button('Apply').and(opened.page.locator(':enabled')).click();
    await opened.page.locator('.rest').click();
    await opened.button('Keep Mine').click();
    await told(/^9 choices made\. 9 of 9 decided\.$/);
    assert.equal(await opened.page.locator('.rest').isVisible(), false);
    await opened.button('Apply').click();
    const calls = (await asked()).filter((one) => one.startsWith('apply'));
    assert.equal(calls.length, 2);
    assert.match(calls[1] ?? '', /"kept":9/);
  });

  it('is shown anew where something has changed here meanwhile, and nothing is applied', async () => {
    await opened.open('small');
    await opened.button('Keep Mine').click();
    await told(/9 of 9 decided\.$/);
    await opened.stage(({ deliveries }) => {
      deliveries.from = 'state 2';
      deliveries.given = deliveries.given.map((one) => (one.place === 'hw2/plan.txt' ? { ...one, mine: 'my other plan' } : one));
    });
    await opened.button('Apply').click();
    await opened.page.locator('footer .told', { hasText: '8 of 9 decided' }).waitFor();
    assert.deepEqual(await opened.stage(({ deliveries }) => deliveries.received), []);
  });

  it('is used by keyboard alone: one stop, arrow keys, a row entered by space and left by escape', async () => {
    await opened.open('small');
    await opened.button('As Chosen Before').focus();
    await press('Tab');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    const activeId = async (): Promise<string | null> => opened.grid.getAttribute('aria-activedescendant');
    assert.equal(await activeId(), await opened.row(0).getAttribute('id'));
    await press('ArrowDown', 'ArrowDown', 'ArrowUp');
    assert.equal(await activeId(), await rowOf('notes.md').getAttribute('id'));
    await press('2');
    await told('hw2/notes.md: stays as it is');
    assert.deepEqual(await checked('notes.md'), ['mine']);
    await press('Delete');
    await told('hw2/notes.md: not decided yet');
    assert.deepEqual(await checked('notes.md'), []);
    await press(' ');
    await rowOf('notes.md').locator('input[value=incoming]:focus').waitFor();
    await press('ArrowRight');
    await told('hw2/notes.md: stays as it is');
    await rowOf('notes.md').locator('input[value=mine]:focus').waitFor();
    await press('Tab');
    await opened.page.locator('button[aria-label="Compare mine and incoming: hw2/notes.md"]:focus').waitFor();
    await press('Enter', 'Escape', 'Enter');
    assert.deepEqual(await asked(), ['compare hw2/notes.md', 'compare hw2/notes.md']);
    await press('n');
    assert.equal(await activeId(), await rowOf('orders').getAttribute('id'));
    await press('Tab');
    await opened.page.locator('.rest input:focus').waitFor();
    await press('Shift+Tab', 'End', 'Home');
    assert.equal(await activeId(), await opened.row(0).getAttribute('id'));
  });

  it('shows details, and the rows of a table with choices of their own, by keyboard too', async () => {
    await opened.open('small');
    await opened.grid.focus();
    await press('ArrowRight');
    const sides = rowOf('report.ipynb').locator('.sides tbody tr');
    await sides.first().waitFor();
    assert.deepEqual(
      (await sides.allInnerTexts()).map((line) => line.split('\t')[0]),
      ['Mine', 'Incoming, from Master', 'Base: as last received'],
    );
    await press('ArrowLeft');
    await sides.first().waitFor({ state: 'detached' });
    await press('ArrowDown', 'ArrowDown', 'ArrowRight');
    const orders = rowOf('orders');
    const cells = orders.locator('.cells tbody');
    await cells.nth(1).waitFor();
    assert.deepEqual(await cells.nth(1).locator('tr').first().locator('th, td').allInnerTexts(), [
      '23',
      'price',
      '4.00',
      '4.20',
      '4.00',
      'Mine\nIncoming',
    ]);
    assert.deepEqual(await cells.nth(1).locator('tr').nth(1).locator('td').allInnerTexts(), ['status', 'shipped', 'cancelled', 'open']);
    await press(' ', 'Tab', 'Tab', 'Tab');
    await cells.first().locator('input[value=mine]:focus').waitFor();
    await press(' ');
    await told('data/prices.db › orders: to be merged first');
    await cells.first().locator('input[value=mine]:focus').waitFor();
    await cells.nth(1).locator('label', { hasText: 'Incoming' }).click();
    await told('data/prices.db › orders: will be merged');
    assert.deepEqual(await checked('orders'), ['merge']);
    await orders.locator('button', { hasText: 'All Rows: Mine' }).click();
    await cells.nth(1).locator('input[value=mine]:checked').waitFor();
  });

  it('merges what merges by itself, and opens what does not', async () => {
    await opened.open('small');
    await rowOf('report.ipynb').locator('label', { hasText: 'Merge' }).click();
    await told('hw2/report.ipynb: will be merged');
    await rowOf('notes.md').locator('label', { hasText: 'Merge' }).click();
    await told('hw2/notes.md: to be merged first');
    assert.deepEqual(await asked(), ['merge hw2/notes.md']);
  });

  it('filters and sorts, and rules are for what is shown', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Filter by path').fill('hw2/');
    await opened.page.locator('.counted', { hasText: '3 of 9 conflicts shown' }).waitFor();
    assert.equal(await opened.grid.getAttribute('aria-rowcount'), '4');
    await opened.page.getByLabel('Sort by').selectOption('type');
    await opened.row(0).locator('.name', { hasText: 'report.ipynb' }).waitFor();
    await opened.page.getByLabel('Choose for').selectOption('type:.md');
    await opened.button('Take the Larger').click();
    await told('1 choice made. 2 of 9 decided.');
    assert.deepEqual(await checked('notes.md'), ['incoming']);
    await opened.page.getByLabel('Undecided only').check();
    await opened.page.locator('.counted', { hasText: '2 of 9 conflicts shown' }).waitFor();
    await opened.page.getByLabel('Filter by path').fill('nowhere');
    await opened.page.getByText('No conflict fits the filter.').waitFor();
    assert.equal(await opened.grid.isVisible(), false);
  });

  it('is as it was after the window was reloaded', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Filter by path').fill('hw2');
    await opened.page.locator('.counted', { hasText: '3 of 9 conflicts shown' }).waitFor();
    await opened.grid.focus();
    await press('ArrowDown', 'ArrowRight');
    await rowOf('notes.md').locator('.sides').waitFor();
    await opened.reload();
    await opened.page.locator('.counted', { hasText: '3 of 9 conflicts shown' }).waitFor();
    await rowOf('notes.md').and(opened.active).locator('.sides').waitFor();
    assert.equal(await opened.page.getByLabel('Filter by path').inputValue(), 'hw2');
  });

  it('takes choices back at the end where that is agreed, and shows them as before in Restricted Mode', async () => {
    await opened.open('small');
    await rowOf('plan.txt').locator('label', { hasText: 'Mine' }).click();
    await rowOf('run.py').locator('label', { hasText: 'Mine' }).click();
    await told('scripts/run.py: stays as it is');
    await opened.stage((stage) => void (stage.agrees = false));
    await opened.button('Cancel').click();
    await opened.stage((stage) => void (stage.agrees = true));
    await opened.button('Cancel').click();
    await rowOf('run.py').locator('input[value=incoming]:checked').waitFor();
    assert.deepEqual(await asked(), ['take back 2', 'take back 2', 'close']);
    assert.deepEqual(await checked('plan.txt'), []);
    await opened.stage((stage) => void (stage.isTrusted = false));
    await rowOf('run.py').locator('label', { hasText: 'Both' }).click();
    await rowOf('run.py').locator('input[value=incoming]:checked').waitFor();
  });

  it('notes what is chosen quickly one after the other, together and in its order', async () => {
    await opened.open('small');
    await opened.stage((stage) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      stage.deliveries.gate = promise;
      (stage as { release?: () => void }).release = resolve;
    });
    await opened.grid.focus();
    await press('1', '2', 'ArrowDown', '1', 'ArrowUp', '3');
    await opened.stage((stage) => (stage as { release?: () => void }).release?.());
    await told('hw2/report.ipynb: stays; incoming as');
    await rowOf('report.ipynb').locator('input[value=both]:checked').waitFor();
    assert.deepEqual(await noted(), ['resolve 1', 'resolve 3']);
  });

  it('has only the rows that are seen of 5,000, is moved in by keyboard, and chooses for all of them', async () => {
    await opened.open('many:5000');
    await opened.page.locator('.counted', { hasText: '5,000 conflicts' }).waitFor();
    assert.equal(await opened.grid.getAttribute('aria-rowcount'), '5001');
    const drawn = (): Promise<number> => opened.page.locator('.row').count();
    assert.ok((await drawn()) < 40);
    await opened.grid.focus();
    await press('End');
    await opened.row(4999).and(opened.active).waitFor();
    assert.ok((await drawn()) < 40);
    await press('PageUp', 'ArrowUp', '1');
    await told(/will be replaced\. 1 of 5,000 decided\./);
    await opened.grid.evaluate((grid) => void (grid.scrollTop = 0));
    await opened.row(0).waitFor();
    assert.equal(await opened.grid.getAttribute('aria-activedescendant'), null, 'the active row is not there');
    await press('Home');
    await opened.row(0).and(opened.active).waitFor();
    await opened.page.getByLabel('Choose for').selectOption('folder:week-07');
    await opened.button('Keep Both').click();
    await told('125 choices made. 126 of 5,000 decided.');
    await opened.page.getByLabel('Choose for').selectOption('all');
    await opened.button('Take Incoming').click();
    await told('4,999 choices made. 5,000 of 5,000 decided.');
    await opened.row(2).locator('input[value=incoming]:checked').waitFor();
    await opened.screenshot('conflicts-many');
    assert.equal(await opened.button('Apply').isEnabled(), true);
  });

  it('keeps its place when rows above are opened and closed', async () => {
    await opened.open('many:200');
    for (const index of [0, 1, 2]) await opened.row(index).locator('.caret').click();
    await opened.grid.focus();
    await press('End');
    await opened.row(199).and(opened.active).waitFor();
    assert.equal(await isWhollySeen(), true);
    await press('Home', 'ArrowLeft');
    await opened.row(0).locator('.details').waitFor({ state: 'detached' });
    await press('End');
    assert.equal(await isWhollySeen(), true);

    function isWhollySeen(): Promise<boolean> {
      return opened.active.evaluate((row) => {
        const [seen, grid] = [row.getBoundingClientRect(), row.closest('.grid')?.getBoundingClientRect()];
        return grid !== undefined && seen.top >= grid.top && seen.bottom <= grid.bottom + 1;
      });
    }
  });

  it('has room in a narrow window, with nothing cut off', async () => {
    await opened.page.setViewportSize({ width: 520, height: 800 });
    await opened.open('small');
    await opened.screenshot('conflicts-narrow');
    const cut = await opened.page
      .locator('main, .grid, .decision, .look')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(cut, 0);
  });
});
