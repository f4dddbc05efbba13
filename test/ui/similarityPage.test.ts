/** The page on how alike hand-ins are, by pointer and by keyboard alone. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { SimilarityStage } from '../support/similarityStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page on how alike hand-ins are', () => {
  let opened: PageInBrowser<SimilarityStage>;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };
  const pair = (name: string): Locator => opened.page.locator('.row', { hasText: name });
  const details = (): Locator => opened.page.locator('.details');
  const title = (name: string): Locator => opened.page.getByRole('columnheader', { name, exact: true });
  const asked = (): Promise<readonly string[]> => opened.stage(({ asked: every }) => every);
  const told = async (text: string | RegExp): Promise<void> => opened.status.filter({ hasText: text }).waitFor({ state: 'attached' });
  const firsts = (): Promise<string[]> => opened.page.locator('.first .name').allInnerTexts();

  before(async () => {
    opened = await PageInBrowser.start('similarity', 'similarityStage', { width: 1280, height: 800 }, '.row, .nothing:visible, .waiting');
  });

  after(() => opened.close());

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.screenshot(`failed-${this.currentTest.title}`);
    assert.deepEqual(await opened.stage(({ refused }) => refused), [], 'every message of the page is one');
  });

  for (const theme of themes) {
    it(`has no fault that axe finds in ${theme}, with passages and without, waiting and empty`, async () => {
      await opened.open('small', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await opened.grid.focus();
      await press('Enter');
      await details().getByText('18 lines', { exact: true }).waitFor();
      await opened.page.mouse.move(5, 5);
      await opened.screenshot(`similarity-${theme}`);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await opened.open('slow', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
      await opened.open('none', theme);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
    });
  }

  it('says what it is and is not, and of every pair how much of each is in the other', async () => {
    await opened.open('small');
    assert.equal(await opened.page.locator('h1').innerText(), 'Similarity of the Hand-Ins to “HW 1”');
    assert.match(
      await opened.page.locator('.subtitle').innerText(),
      /^A help for whoever looks, never a verdict: .* says nothing of why\.$/,
    );
    assert.equal(await opened.stage(({ title: named }) => named), 'HW 1');
    assert.equal(await opened.page.locator('.summary').innerText(), '4 hand-ins were compared. Not collected yet, so left out: 1.');
    assert.equal(await opened.page.locator('.counted').innerText(), '3 pairs');
    const cells = await opened.row(0).locator('[role=gridcell]').allInnerTexts();
    assert.deepEqual(cells, [
      'Bob',
      'Ada Lovelace',
      '93% · 25 lines',
      '40% · 25 lines',
      '3',
      '18 lines',
      'hw1/solution.py ↔ hw1/loesung.py, and 3 more',
    ]);
    assert.equal(
      await opened.row(0).getAttribute('aria-label'),
      'Bob and Ada Lovelace, of Bob: 93% · 25 lines, of Ada Lovelace: 40% · 25 lines, 3 passages, the largest: 18 lines, hw1/solution.py ↔ hw1/loesung.py, and 3 more',
    );
    assert.equal(await opened.row(2).getAttribute('aria-label'), 'Carla and Bob, of Carla: 11%, of Bob: 8%, 0 passages, hw1/plot.png');
    assert.equal(await opened.grid.getAttribute('aria-rowcount'), '4');
  });

  it('shows pseudonyms, where those who handed in have them', async () => {
    await opened.open('anonymous');
    assert.deepEqual(await opened.page.locator('.row .name').allInnerTexts(), ['c0ffee00', 'Grey Heron']);
  });

  it('is sorted by the titles of its columns, either way, and filtered by member', async () => {
    await opened.open('small');
    const sorted = async (): Promise<readonly (string | null)[]> =>
      opened.page.locator('[role=columnheader]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-sort')));
    assert.deepEqual(await sorted(), ['none', 'none', 'descending', 'none', 'none', 'none', 'none']);
    assert.deepEqual(await firsts(), ['Bob', 'Carla', 'Carla']);
    await title('Passages').getByRole('button').click();
    assert.deepEqual((await sorted())[4], 'descending');
    await title('Passages').getByRole('button').click();
    await opened.row(0).getByText('Carla').waitFor();
    assert.deepEqual(
      [(await sorted())[4], await opened.page.locator('.row').first().getAttribute('aria-label')],
      ['ascending', 'Carla and Bob, of Carla: 11%, of Bob: 8%, 0 passages, hw1/plot.png'],
    );
    await title('Other Member').getByRole('button').click();
    await opened.row(0).getByText('Ada Lovelace').waitFor();
    assert.equal((await sorted())[1], 'ascending');
    await opened.page.getByLabel('Find members').fill('bob');
    await opened.page.locator('.counted', { hasText: '2 of 3 pairs shown' }).waitFor();
    assert.deepEqual(await firsts(), ['Bob', 'Carla']);
    await opened.page.getByLabel('Find members').fill('nobody');
    await opened.page.getByText('No pair fits.').waitFor();
    assert.equal(await opened.grid.isVisible(), false);
  });

  it('opens a pair to its passages, and each of them side by side', async () => {
    await opened.open('small');
    await pair('Ada Lovelace').locator('.caret').click();
    await details().getByText('What Bob and Ada Lovelace have in common, beyond what was handed out').waitFor();
    const links = await details().locator('button').allInnerTexts();
    assert.deepEqual(links, [
      'hw1/solution.py ↔ hw1/loesung.py',
      'lines 3–20 ↔ lines 5–22',
      'line 31 ↔ line 71',
      'hw1/tools.py',
      'lines 1–6 ↔ lines 1–6',
      'hw1/data.db',
      'hw1/plot.png ↔ hw1/figure.png',
    ]);
    for (const text of [
      '19 lines in common',
      '18 lines',
      '1 line',
      '6 lines in common',
      'Pieces of content in common: 12',
      'the very same content',
    ])
      await details().getByText(text, { exact: true }).first().waitFor();
    await details().getByText('line 31 ↔ line 71').click();
    await details().getByText('hw1/tools.py').click();
    await details().getByText('hw1/plot.png').click();
    assert.deepEqual(await asked(), [
      'compare',
      'matches h-Bob h-Ada Lovelace',
      'open hw1/solution.py hw1/loesung.py 1',
      'open hw1/tools.py hw1/tools.py null',
      'open hw1/plot.png hw1/figure.png null',
    ]);
    await pair('Ada Lovelace').locator('.caret').click();
    await details().waitFor({ state: 'hidden' });
    await pair('Ada Lovelace').locator('.caret').click();
    await details().getByText('line 31 ↔ line 71').waitFor();
    assert.equal((await asked()).length, 5, 'what is known is not asked for again');
  });

  it('is used by keyboard alone: Enter opens a pair and tells of it, Space leads in, Escape back, Tab to the titles', async () => {
    await opened.open('small');
    await opened.button('Compare Anew').focus();
    await press('Tab');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    await press('ArrowDown', 'ArrowUp', 'Enter');
    await told(/^What Bob and Ada Lovelace have in common.*\. hw1\/solution\.py ↔ hw1\/loesung\.py, 19 lines in common\. /);
    assert.equal(await opened.row(0).getAttribute('aria-expanded'), 'true');
    await press(' ', 'Tab', 'Enter');
    assert.equal((await asked()).at(-1), 'open hw1/solution.py hw1/loesung.py 0');
    await press('Escape');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    await press('ArrowLeft');
    await details().waitFor({ state: 'hidden' });
    await press('Tab');
    assert.equal(
      await title('Member')
        .getByRole('button')
        .evaluate((one) => one.matches(':focus')),
      true,
    );
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Enter');
    assert.equal(await title('Passages').getAttribute('aria-sort'), 'descending');
    assert.equal(
      await title('Passages')
        .getByRole('button')
        .evaluate((one) => one.matches(':focus')),
      true,
    );
    await press('Tab', 'Tab');
    assert.equal(
      await title('Files')
        .getByRole('button')
        .evaluate((one) => one.matches(':focus')),
      true,
    );
    await press('Escape');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
  });

  it('tells how far it is, and can be cancelled, and asked to go on', async () => {
    await opened.open('slow');
    await opened.page.locator('.waiting .done', { hasText: '2 of 4 hand-ins are read' }).waitFor();
    assert.equal(await opened.page.locator('progress').getAttribute('value'), '0.5');
    await opened.button('Cancel').click();
    await opened.page.locator('[role=alert]', { hasText: 'Cancelled.' }).waitFor();
    await opened.button('Try Again').click();
    await opened.page.locator('.waiting .done', { hasText: '2 of 4 hand-ins are read' }).waitFor();
    await opened.stage((stage) => stage.end!());
    await opened.row(0).waitFor();
    await told(/^4 hand-ins were compared\./);
    await opened.button('Compare Anew').click();
    await opened.page.locator('.tools .done', { hasText: '2 of 4 hand-ins are read' }).waitFor();
    await opened.button('Cancel').click();
    await opened.button('Compare Anew').waitFor();
    assert.deepEqual([await opened.page.locator('.row').count(), await opened.page.locator('.tools .done').innerText()], [3, '']);
    assert.deepEqual(await asked(), ['compare', 'compare', 'compare']);
  });

  it('says that there is nothing, and collects what is missing, where that is allowed', async () => {
    await opened.open('none');
    await opened.page.getByText('None have more in common than the task explains.').waitFor();
    assert.equal(await opened.page.locator('.summary').innerText(), '0 hand-ins were compared. Not collected yet, so left out: 2.');
    await opened.button('Collect All').click();
    await opened.stage((stage) => void (stage.isTrusted = false));
    await opened.button('Collect All').click();
    assert.deepEqual(await asked(), ['compare', 'collect']);
  });

  it('says why it can’t compare, of all and of two', async () => {
    await opened.open('small');
    await opened.stage((stage) => void (stage.failure = 'disk full'));
    await opened.grid.focus();
    await press('Enter');
    await details().getByText('disk full').waitFor();
    await opened.stage((stage) => void (stage.failure = undefined));
    await details().getByRole('button', { name: 'Try Again' }).click();
    await details().getByText('line 31 ↔ line 71').waitFor();
    await opened.stage((stage) => void (stage.failure = 'disk full'));
    await opened.button('Compare Anew').click();
    await opened.page.locator('[role=alert]', { hasText: 'disk full' }).waitFor();
    await opened.stage((stage) => void (stage.failure = undefined));
    await opened.button('Try Again').click();
    await details().getByText('line 31 ↔ line 71').waitFor();
  });

  it('is as it was after the window was reloaded, and follows what is collected', async () => {
    await opened.open('small');
    await title('Largest').getByRole('button').click();
    await opened.page.getByLabel('Find members').fill('a');
    await pair('Dora').locator('.caret').click();
    await details().waitFor();
    await opened.reload();
    await opened.row(0).waitFor();
    await details().getByText('line 31 ↔ line 71').waitFor();
    assert.equal(await pair('Dora').getAttribute('aria-expanded'), 'true');
    assert.equal(await title('Largest').getAttribute('aria-sort'), 'descending');
    assert.equal(await opened.page.getByLabel('Find members').inputValue(), 'a');
    const compared = async (): Promise<number> => (await asked()).filter((one) => one === 'compare').length;
    const before = await compared();
    await opened.stage(({ page }) => page.changed());
    assert.equal(await compared(), before, 'nothing else is there to be compared');
    await opened.stage(async (stage) => {
      const standings = stage.assignment.standings.map((one) => ({
        ...one,
        handIns: one.handIns.map((handIn) => ({ ...handIn, isHere: true })),
      }));
      stage.assignment = { ...stage.assignment, standings };
      stage.report = { ...stage.report, compared: 5, notHere: [] };
      await stage.page.changed();
    });
    await opened.page.locator('.summary', { hasText: /^5 hand-ins were compared\.$/ }).waitFor();
    assert.equal(await opened.button('Collect All').isVisible(), false);
    assert.equal(await compared(), before + 1);
    await pair('Dora').locator('.details').waitFor();
  });

  it('has only the rows that are seen of very many, and says how many there are', async () => {
    await opened.open('many');
    assert.equal(
      await opened.page.locator('.summary').innerText(),
      '60 hand-ins were compared. Of 1,234 pairs the 200 most alike are here.',
    );
    assert.ok((await opened.page.locator('.row').count()) < 60);
    await opened.grid.focus();
    await press('End');
    await pair('Member 199').and(opened.active).waitFor();
    await opened.screenshot('similarity-many');
  });

  it('has room in a narrow window: the table is scrolled, nothing else is cut off', async () => {
    await opened.page.setViewportSize({ width: 560, height: 800 });
    await opened.open('small');
    await opened.grid.focus();
    await press('Enter');
    await details().getByText('line 31 ↔ line 71').waitFor();
    await opened.screenshot('similarity-narrow');
    const cut = await opened.page
      .locator('main, .tools, header')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(cut, 0);
  });
});
