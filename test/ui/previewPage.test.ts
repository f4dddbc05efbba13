/** The preview matrix's page, by pointer and by keyboard alone, with few members and with hundreds. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { PreviewStage } from '../support/previewStage.ts';
import { faultsIn } from './accessibility.ts';
import { PageInBrowser, themes } from './pageInBrowser.ts';

describe('the page of the preview matrix', () => {
  let opened: PageInBrowser<PreviewStage>;

  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await opened.page.keyboard.press(key);
  };
  const cell = (member: string, path: string): Locator => opened.page.locator(`[role=gridcell][aria-label^="${member}, ${path}: "]`);
  const member = (name: string): Locator => opened.page.locator('[role=rowheader]', { hasText: name });
  const object = (name: string): Locator => opened.page.locator('[role=columnheader]', { hasText: name });
  const details = (): Locator => opened.page.locator('.details');
  const told = async (text: string | RegExp): Promise<void> => opened.status.filter({ hasText: text }).waitFor({ state: 'attached' });
  const asked = (): Promise<readonly string[]> => opened.stage(({ asked: all }) => all);
  const isActive = (one: Locator): Promise<void> => one.and(opened.active).waitFor();

  before(async () => {
    opened = await PageInBrowser.start('preview', 'previewStage');
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
      await cell('Ada Lovelace', 'hw2/notes.md').click();
      await details().waitFor();
      await opened.page.mouse.move(5, 5);
      await details().getByLabel('Strategy of hw2/notes.md at Ada Lovelace').selectOption('skip');
      await cell('Ada Lovelace', 'hw2/notes.md').locator('.own').waitFor();
      await opened.screenshot(`preview-${theme}`);
      assert.deepEqual(await faultsIn(opened.page.mainFrame()), []);
    });
  }

  it('says of every cell what is there, of all how many, and what would happen', async () => {
    await opened.open('small');
    const words = [
      '.vscode/tasks.json: new',
      'data/prices.db › orders: unknown since',
      'hw2/notes.md: edited there',
      'hw2/plots/figure with a long name 03.png: deleted there',
      'hw2/raw: other kind there',
      'syllabus.md: safe update',
    ];
    for (const one of words) await opened.page.locator(`[aria-label^="Ada Lovelace, ${one}"]`).waitFor();
    await opened.page.locator('[aria-label="Dora (viewer), syllabus.md: unknown (viewer)"]').waitFor();
    await opened.page.locator('[aria-label="Emil, syllabus.md: never published"]').waitFor();
    assert.match(await member('Ada').innerText(), /^Ada Lovelace\s+3 conflicts · as of /);
    assert.match(await object('notes.md').innerText(), /^notes\.md\s+hw2\/\s+overwrite · 1 conflict$/);
    assert.deepEqual(await opened.page.locator('.total').allInnerTexts(), [
      '1 edited there',
      '1 deleted there',
      '1 other kind there',
      '20 unknown',
      '9 new',
      '2 safe update',
      '2 same',
    ]);
    assert.match(
      await opened.page.locator('.sentence').innerText(),
      /^If distributed: 7 created, 2 updated, 2 replaced, 3 waiting\. 2 are the same already\. Of 20 nothing is known\. /,
    );
    assert.deepEqual(await opened.page.locator('.warning').allInnerTexts(), [
      'Can run programs, and wait for a decision everywhere: 1 object.',
    ]);
    assert.deepEqual([await opened.grid.getAttribute('aria-rowcount'), await opened.grid.getAttribute('aria-colcount')], ['7', '7']);
  });

  it('tells more of a cell, and offers the difference that there is', async () => {
    await opened.open('small');
    await cell('Ada Lovelace', 'hw2/notes.md').click();
    await told(/hw2\/notes\.md at Ada Lovelace\. There: Edited there: /);
    const text = await details().innerText();
    for (const part of [
      '120 objects',
      'Last received\n1.2 kB',
      'Overwrite. What was edited there is replaced.',
      'What is there will be replaced.',
      'It counts for Ada Lovelace alone.',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
    await opened.button('Compare Last Received with Staged').click();
    await opened.button('Show What Is Staged').click();
    await cell('Bob', 'hw2/notes.md').click();
    await details().locator('h2', { hasText: 'hw2/notes.md at Bob' }).waitFor();
    assert.equal(await opened.button('Compare Last Received with Staged').count(), 0);
    assert.deepEqual((await asked()).slice(1), ['compare Ada Lovelace hw2/notes.md 1200', 'open hw2/notes.md of folder']);
    await cell('Ada Lovelace', '.vscode/tasks.json').click();
    await told('It can run programs: it is never taken without a decision.');
    await member('Emil').click();
    await told(/^Emil\. Last published: never\. There: 6 unknown$/);
    await opened.button('Close').click();
    await details().waitFor({ state: 'detached' });
  });

  it('is used by keyboard alone: one stop, arrow keys over the headers too, Enter for more', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Sort by').focus();
    await press('Tab');
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    await isActive(cell('Ada Lovelace', '.vscode/tasks.json'));
    await press('ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'Enter');
    await told(/^hw2\/notes\.md at Ada Lovelace/);
    assert.equal(await opened.grid.getAttribute('aria-activedescendant'), await cell('Ada Lovelace', 'hw2/notes.md').getAttribute('id'));
    await press('Tab');
    await opened.page.locator('[data-key="details:close"]:focus').waitFor();
    await press('Tab');
    await opened.page.locator('[data-key="details:strategy"]:focus').waitFor();
    await press('Escape');
    await details().waitFor({ state: 'detached' });
    assert.equal(await opened.grid.evaluate((grid) => grid.matches(':focus')), true);
    await press('ArrowUp', 'Enter');
    await told(/^hw2\/notes\.md\. Strategy: Overwrite\./);
    await isActive(object('notes.md'));
    await press('Control+End');
    await isActive(cell('Frida', 'syllabus.md'));
    await press('Home', 'ArrowLeft', ' ');
    await isActive(member('Frida'));
    await told(/^Frida\. Last published: /);
    await press('Control+Home');
    await isActive(cell('Ada Lovelace', '.vscode/tasks.json'));
  });

  it('finds, sorts, and shows what needs a look', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Only what needs a look').check();
    await opened.page.locator('.counted', { hasText: '5 members × 4 objects shown, of 6 members × 6 objects' }).waitFor();
    assert.equal(await member('Carla').count(), 0);
    await opened.page.getByLabel('Only what needs a look').uncheck();
    await opened.page.getByLabel('Find').fill('HW2/');
    await opened.page.locator('.counted', { hasText: '6 members × 3 objects shown' }).waitFor();
    await opened.page.getByLabel('Find').fill('bob');
    await opened.page.locator('.counted', { hasText: '1 member × 6 objects shown' }).waitFor();
    await opened.page.getByLabel('Find').fill('nobody');
    await opened.page.getByText('No member and no object fits.').waitFor();
    await opened.page.getByLabel('Find').fill('');
    await opened.page.getByLabel('Sort by').selectOption('state');
    await opened.row(0).locator('[role=rowheader]', { hasText: 'Ada' }).waitFor();
    await opened.page.locator('[role=columnheader][aria-colindex="2"]', { hasText: 'notes.md' }).waitFor();
    await opened.row(1).locator('[role=rowheader]', { hasText: 'Dora' }).waitFor();
  });

  it('sets strategies, for all and for one object, and shows what becomes of it', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Strategy for all').selectOption('ask');
    await opened.page.locator('.sentence', { hasText: '6 created, 2 updated, 6 waiting' }).waitFor();
    await object('notes.md').click();
    await details().getByLabel('Strategy of hw2/notes.md').selectOption('rename');
    await opened.page.locator('[role=columnheader]', { hasText: 'rename · 1 conflict' }).first().waitFor();
    assert.deepEqual(await asked(), ['preview all overwrite', 'preview all ask', 'strategy hw2 rename', 'preview all ask']);
    await opened.page.getByLabel('Strategy for all').selectOption('mirror');
    await opened.page.locator('.warning', { hasText: 'A mirror also deletes' }).waitFor();
    assert.match(
      await opened.page.locator('.warning').first().innerText(),
      /more than half of all files would go, that has to be confirmed there\.$/,
    );
    await opened.page.locator('.warning', { hasText: 'A mirror deletes 14 objects that earlier distributions brought' }).waitFor();
    await member('Ada').click();
    await told(
      /A mirror deletes: What earlier distributions brought: hw1\/week 01\.md, .*hw1\/week 12\.md,? and 2 more\. What else is in the mirrored folders: of 23 objects there only its instance knows the names\.$/,
    );
    await opened.screenshot('preview-mirror-member');
    await opened.button('Close').click();
    await opened.button('To: all members…').click();
    await opened.button('To: 6 members…').waitFor();
    await opened.button('Distribute to 6…').click();
    assert.deepEqual((await asked()).slice(-2), ['preview group:tutors mirror', 'distribute group:tutors mirror']);
    await opened.screenshot('preview-mirror');
  });

  it('gives a cell a strategy of its own, by pointer and by keyboard, and takes it back', async () => {
    await opened.open('small');
    const own = cell('Ada Lovelace', 'hw2/notes.md');
    await own.click();
    const choice = details().getByLabel('Strategy of hw2/notes.md at Ada Lovelace');
    await choice.selectOption('skip');
    await opened.page.locator('[aria-label="Ada Lovelace, hw2/notes.md: edited there, here: skip"]').waitFor();
    assert.match(await own.innerText(), /^edited there,\s+here: skip$/);
    await told(/Strategy: Skip\. .*What will happen: What is there stays as it is\.$/);
    assert.match(
      await opened.page.locator('.sentence').innerText(),
      /^If distributed: 7 created, 2 updated, 1 replaced, 1 kept, 3 waiting\..* 1 cell has a strategy of its own\./,
    );
    // That of the object is the same as before, for all others.
    assert.match(await object('notes.md').innerText(), /overwrite · 1 conflict$/);
    await opened.grid.focus();
    await press('ArrowRight', '4');
    await opened.page.locator('[aria-label^="Ada Lovelace, hw2/plots/"][aria-label$=": deleted there, here: ask"]').waitFor();
    await press('ArrowRight', 'ArrowDown', '1');
    await told('hw2/raw at Bob: overwrite');
    await press('ArrowUp', 'ArrowUp', '2');
    await press('ArrowDown', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', '3');
    await told('data/prices.db › orders at Ada Lovelace: rename');
    assert.equal(
      (await asked()).at(-1),
      'preview all overwrite a0:hw2/notes.md=skip a0:hw2/plots/figure with a long name 03.png=ask a1:hw2/raw=overwrite a0:data/prices.db:orders=rename',
    );
    await opened.reload();
    await opened.page.locator('.sentence', { hasText: '4 cells have a strategy of their own.' }).waitFor();
    await opened.grid.focus();
    await press('Delete');
    await told('data/prices.db › orders at Ada Lovelace: overwrite');
    await own.click();
    await choice.selectOption('');
    await opened.page.locator('[aria-label="Ada Lovelace, hw2/notes.md: edited there"]').waitFor();
    assert.equal(await choice.locator('option:checked').innerText(), 'As Elsewhere: Overwrite');
    // A viewer has nothing that could be in conflict.
    await cell('Dora (viewer)', 'hw2/notes.md').click();
    await told(/^hw2\/notes\.md at Dora/);
    assert.equal(await details().locator('select').count(), 0);
    await press('2');
    await opened.button('Distribute to 6…').click();
    assert.equal((await asked()).at(-1), 'distribute all overwrite a0:hw2/plots/figure with a long name 03.png=ask a1:hw2/raw=overwrite');
    await opened.screenshot('preview-exceptions');
  });

  it('forgets strategies of cells that there are no more', async () => {
    await opened.open('small');
    for (const path of ['hw2/notes.md', 'hw2/raw']) {
      await cell('Ada Lovelace', path).click();
      await details().getByLabel(`Strategy of ${path} at Ada Lovelace`).selectOption('skip');
      await cell('Ada Lovelace', path).locator('.own').waitFor();
    }
    await opened.stage(async (stage) => {
      const { staged, objects, targets } = stage.scene;
      stage.scene = {
        ...stage.scene,
        staged: staged.slice(1),
        objects: objects.slice(0, 3),
        targets: targets.map((target) => ({ ...target, states: target.states.slice(0, 3) })),
      };
      await stage.page.stageChanged();
    });
    await opened.page.locator('.sentence', { hasText: '1 cell has a strategy of its own.' }).waitFor();
    assert.deepEqual((await asked()).slice(-2), [
      'preview all overwrite a0:hw2/notes.md=skip a0:hw2/raw=skip',
      'preview all overwrite a0:hw2/notes.md=skip',
    ]);
  });

  it('is as it was after the window was reloaded, and follows the Stage', async () => {
    await opened.open('small');
    await opened.page.getByLabel('Find').fill('hw2');
    await opened.page.locator('.counted', { hasText: '3 objects shown' }).waitFor();
    await cell('Ada Lovelace', 'hw2/raw').click();
    await details().waitFor();
    await opened.reload();
    await details().locator('h2', { hasText: 'hw2/raw at Ada Lovelace' }).waitFor();
    assert.equal(await opened.page.getByLabel('Find').inputValue(), 'hw2');
    await isActive(cell('Ada Lovelace', 'hw2/raw'));
    await opened.stage(async (stage) => {
      await stage.page.stageChanged();
      const { staged, objects, targets } = stage.scene;
      stage.scene = {
        ...stage.scene,
        staged: staged.slice(1),
        objects: objects.slice(0, 3),
        targets: targets.map((target) => ({ ...target, states: target.states.slice(0, 3) })),
      };
      await stage.page.stageChanged();
    });
    await opened.page.locator('.counted', { hasText: 'of 6 members × 3 objects' }).waitFor();
    await details().waitFor({ state: 'detached' });
    assert.equal((await asked()).filter((one) => one.startsWith('preview')).length, 2, 'the same Stage is not previewed again');
  });

  it('follows what members publish: what was chosen, found, seen and told stays, and so does the focus', async () => {
    await opened.open('large:300x1000');
    await opened.page.getByLabel('Strategy for all').selectOption('ask');
    await opened.page.getByLabel('Find').fill('week-000');
    await opened.page.locator('.counted', { hasText: '300 members × 500 objects shown' }).waitFor();
    await opened.row(0).locator('[aria-colindex="2"]').click();
    await told(/^material\/week-0000\/file-0000\.csv at Member 0000\. /);
    await press('Control+End');
    await isActive(opened.row(299).locator('[aria-colindex="501"]'));
    // One scrolls on with the wheel, away from the active cell.
    const at = await opened.grid.evaluate((grid) => {
      grid.scrollTop -= 2000;
      grid.scrollLeft -= 3000;
      return [grid.scrollTop, grid.scrollLeft];
    });
    await opened.page.locator('[data-key="details:strategy"]').focus();
    const publish = async (): Promise<void> => {
      await opened.stage(async (stage) => {
        stage.known += 'published ';
        const [first, ...others] = stage.scene.targets;
        stage.scene = { ...stage.scene, targets: [{ ...first!, states: first!.states.map(() => 'edited' as const) }, ...others] };
        await stage.page.spaceChanged();
      });
    };
    await publish();
    await told(/at Member 0000\. There: Edited there/);
    const now = await opened.grid.evaluate((grid) => [grid.scrollTop, grid.scrollLeft]);
    assert.deepEqual(now, at);
    assert.deepEqual(
      [
        await opened.page.getByLabel('Strategy for all').inputValue(),
        await opened.page.getByLabel('Find').inputValue(),
        await opened.page.locator('[data-key="details:strategy"]:focus').count(),
      ],
      ['ask', 'week-000', 1],
    );
    assert.equal((await asked()).at(-1), 'preview all ask');
    // Nothing new, nothing told anew; and a hub that is away for a while takes nothing away.
    const before = (await asked()).length;
    await opened.stage(({ page }) => page.spaceChanged());
    assert.equal((await asked()).length, before);
    await opened.stage((stage) => void (stage.isHubThere = false));
    await publish();
    assert.deepEqual((await asked()).slice(before), ['preview all ask', 'logged SnapstageError: The hub can’t be reached.']);
    await opened.page.locator('.counted', { hasText: '300 members × 500 objects shown' }).waitFor();
    await opened.stage((stage) => void (stage.isHubThere = true));
    await publish();
    assert.equal((await asked()).at(-1), 'preview all ask');
  });

  it('asks nothing of the hub in Restricted Mode, and changes nothing', async () => {
    await opened.open('small');
    await opened.stage((stage) => void (stage.isTrusted = false));
    await object('notes.md').click();
    await details().getByLabel('Strategy of').selectOption('skip');
    await details().getByLabel('Strategy of').and(opened.page.locator(':has(option:checked[value=""])')).waitFor();
    await opened.button('Distribute to 6…').click();
    await opened.button('Refresh').click();
    await opened.page.getByText('Restricted Mode: nothing is asked of the hub.').waitFor();
    assert.deepEqual(
      (await asked()).filter((one) => !one.startsWith('logged')),
      ['preview all overwrite'],
    );
    await opened.stage((stage) => void (stage.isTrusted = true));
    await opened.button('Try Again').click();
    await opened.row(0).waitFor();
  });

  it('has only the cells that are seen of 300 members and 1,000 objects, and is moved in by keyboard', async () => {
    await opened.open('large:300x1000');
    await opened.page.locator('.counted', { hasText: '300 members × 1,000 objects' }).waitFor();
    const drawn = (): Promise<number> => opened.page.locator('[role=gridcell]').count();
    assert.ok((await drawn()) < 600, `${await drawn()} cells`);
    assert.deepEqual([await opened.grid.getAttribute('aria-rowcount'), await opened.grid.getAttribute('aria-colcount')], ['301', '1001']);
    await opened.grid.focus();
    await press('Control+End');
    await isActive(opened.row(299).locator('[aria-colindex="1001"]'));
    assert.ok((await drawn()) < 600);
    await press('PageUp', 'ArrowLeft', 'Enter');
    await told(/ at Member 02\d\d\. There: /);
    await opened.grid.evaluate((grid) => void (grid.scrollTop = grid.scrollLeft = 0));
    await opened.row(0).locator('[aria-colindex="2"]').waitFor();
    assert.equal(await opened.grid.getAttribute('aria-activedescendant'), null, 'the active cell is not there');
    await opened.page.getByLabel('Only what needs a look').check();
    await opened.page.locator('.counted', { hasText: '66 members × 143 objects shown' }).waitFor();
    await opened.screenshot('preview-many');
  });

  it('has room in a narrow window, with nothing cut off', async () => {
    await opened.page.setViewportSize({ width: 560, height: 800 });
    await opened.open('small');
    await opened.screenshot('preview-narrow');
    const cut = await opened.page
      .locator('main, .bar, footer')
      .evaluateAll((found) => found.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length);
    await opened.page.setViewportSize({ width: 1280, height: 800 });
    assert.equal(cut, 0);
  });
});
