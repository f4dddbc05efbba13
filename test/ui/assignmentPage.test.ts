/** An assignment's page, by pointer and by keyboard alone. */
import assert from 'node:assert/strict';
import type { AssignmentStage } from '../support/assignmentStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page of an assignment', () => {
  let opened: PageInBrowser<AssignmentStage>;

  before(async () => {
    opened = await PageInBrowser.start('assignment', 'assignmentStage', { width: 1000, height: 1000 }, '.facts');
  });
  after(() => opened.close());

  const asked = (): Promise<readonly string[]> => opened.stage(({ asked: all }) => all);
  const facts = (): Promise<readonly string[]> => opened.page.locator('main > .facts > div').allInnerTexts();
  const card = (title: string) => opened.page.locator('.hand-in', { hasText: title });

  it('says what is to be done, until when in both zones, and how much time is left', async () => {
    await opened.open('new');
    assert.equal(await opened.page.locator('h1').innerText(), 'HW 1');
    assert.equal(await opened.page.locator('.time').innerText(), '1 day 4 hours left');
    const told = (await facts()).join('\n');
    assert.match(told, /Deadline\s+Mon, Nov 23, 2026, 5:00\sPM \(Europe\/Berlin\)/);
    assert.match(told, /To Hand In\s+hw1: \*\.md, \*\.ipynb/);
    assert.match(told, /Size\s+20 MB at most/);
    assert.equal(await opened.page.locator('.task li').count(), 2);
    assert.equal(await opened.page.locator('.task a').getAttribute('href'), 'https://example.org/data');
    assert.deepEqual(await opened.page.locator('.task td').allInnerTexts(), ['trend', '4', 'test', '6']);
    assert.equal(await opened.page.locator('img').count(), 0, 'nothing of others is fetched');
    assert.match(await opened.page.locator('.task').innerText(), /<img src=/);
    await opened.page.getByText('Nothing was handed in yet.').waitFor();
    await opened.button('Hand In…').click();
    assert.deepEqual(await asked(), ['hand in HW 1']);
    await opened.screenshot('assignment-new');
  });

  it('follows the time', async () => {
    await opened.open('near');
    await opened.page.locator('.time.near', { hasText: '30 minutes left' }).waitFor();
    await opened.stage((stage) => {
      stage.now += 20 * 60_000;
      stage.tick!();
    });
    await opened.page.locator('.time.near', { hasText: '10 minutes left' }).waitFor();
    await opened.stage((stage) => {
      stage.now += 20 * 60_000;
      stage.tick!();
    });
    await opened.page.locator('.time.passed', { hasText: 'deadline passed 10 minutes ago' }).waitFor();
  });

  it('shows own hand-ins with what proves their time, and what can be done with them', async () => {
    await opened.open('handedIn');
    assert.deepEqual(
      (await opened.page.locator('.hand-in h3').allInnerTexts()).map((text) => text.slice(0, 13)),
      ['Hand-in no. 3', 'Hand-in no. 2', 'Hand-in no. 1'],
    );
    assert.match((await facts()).join('\n'), /Extended\s+for you, from .*: ill/);
    await card('no. 3').getByText('The hub could not be reached: it is sent with the next sync.').waitFor();
    const second = await card('no. 2').innerText();
    for (const part of ['counts', '4711', 'the second try', 'time unproven', 'K2XF-7Q2M, not countersigned yet'])
      assert.ok(second.includes(part), part);
    assert.ok((await card('no. 1').innerText()).includes('K1XF-7Q2M, countersigned'));
    await card('no. 1').locator('summary').click();
    await card('no. 1')
      .getByText(/By the Master’s clock it was made before .*: a time signal \(cccccccc\) says that it was there\./)
      .waitFor();
    await opened.screenshot('assignment-handed-in');
    await opened.stage((stage) => stage.tick!());
    await card('no. 1').locator('details[open]').waitFor();
    for (const name of ['Compare… Hand-in no. 1', 'Restore… Hand-in no. 1', 'Save Receipt As… Hand-in no. 1'])
      await opened.page.getByRole('button', { name }).click();
    await opened.stage((stage) => void (stage.isTrusted = false));
    await opened.button('Hand In…').click();
    await card('no. 2').getByText('Restore…').click();
    assert.deepEqual(await asked(), ['compare 1', 'restore 1', 'save receipt 1']);
  });

  it('shows feedback, and fetches its files where they are not here', async () => {
    await opened.open('returned');
    await opened.page.locator('.time.closed', { hasText: 'closed' }).waitFor();
    assert.equal(await opened.button('Hand In…').count(), 0);
    const feedback = opened.page.locator('.feedback');
    assert.match(await feedback.innerText(), /Grade\s+1\.3\s+Well done, but see the second part\./);
    await feedback.locator('button', { hasText: 'remarks.md' }).click();
    await opened.screenshot('assignment-returned');
    await opened.stage(async (stage) => {
      const { mine } = stage.details;
      const handIns = mine!.handIns.map((one) => ({ ...one, feedback: one.feedback && { ...one.feedback, isHere: false } }));
      stage.details = { ...stage.details, mine: { ...mine!, handIns } };
      await stage.page.changed();
    });
    await opened.button('Fetch Files').click();
    await feedback.locator('button', { hasText: 'remarks.md' }).waitFor();
    assert.deepEqual(await asked(), ['open remarks.md', 'fetch']);
  });

  it('is all done by keyboard, and the focus stays where it is when there is news', async () => {
    await opened.open('handedIn');
    await opened.page.keyboard.press('Tab');
    await opened.button('Hand In…').and(opened.page.locator(':focus')).waitFor();
    await opened.page.keyboard.press('Enter');
    await opened.stage((stage) => stage.page.changed());
    await opened.button('Hand In…').and(opened.page.locator(':focus')).waitFor();
    await opened.page.keyboard.press('Tab');
    await opened.page.locator('.task a:focus').waitFor();
    await opened.page.keyboard.press('Tab');
    await card('no. 3').locator('summary:focus').waitFor();
    await opened.page.keyboard.press('Enter');
    await card('no. 3').locator('details[open]').waitFor();
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Enter');
    assert.deepEqual(await asked(), ['hand in HW 1', 'compare 3']);
  });

  it('says why it can’t be read, tells what changes, and tries again', async () => {
    await opened.open('new');
    await opened.stage(async (stage) => {
      stage.failure = 'no keys';
      await stage.page.changed();
    });
    await opened.button('Try Again').waitFor();
    await opened.stage((stage) => void (stage.failure = undefined));
    await opened.button('Try Again').click();
    await opened.page.locator('.facts').first().waitFor();
  });

  for (const theme of themes) {
    it(`has no faults for who can't see it well, in ${theme}`, async () => {
      for (const scene of ['new', 'near', 'handedIn', 'returned']) {
        await opened.open(scene, theme);
        assert.deepEqual(await faultsIn(opened.page.mainFrame()), [], scene);
      }
      await opened.screenshot(`assignment-${theme}`);
    });
  }

  it('has room in a narrow window, with nothing cut off', async () => {
    await opened.page.setViewportSize({ width: 420, height: 900 });
    await opened.open('handedIn');
    const cut = await opened.page
      .locator('main, .bar, .facts, .hand-in, .task')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.screenshot('assignment-narrow');
    await opened.page.setViewportSize({ width: 1000, height: 1000 });
    assert.equal(cut, 0);
  });
});
