/** What was distributed, through the Space view: taken back by the Master, and looked at, compared and pulled by members. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { openEngine } from '../../src/engine/engine.ts';
import { withAnswers } from './answers.ts';
import { editorOn, inFolder, internals, theInstance, until } from './extension.ts';
import { People, type Person } from './people.ts';
import { at, create, forgetSpace, invite, joined, run, sync, textsIn, told } from './spaceSteps.ts';

const activeTab = (): vscode.Tab | undefined => vscode.window.tabGroups.activeTabGroup.activeTab;

describe('what was distributed', () => {
  let people: People;

  beforeEach(() => {
    people = new People();
  });

  afterEach(async () => {
    await run('snapstage.closeComparison');
    await forgetSpace('hw1', 'notes.txt', 'own.txt');
    await people.gone();
  });

  describe('of a Master', () => {
    let ada: Person;
    let bob: Person;

    const receive = async (...all: readonly Person[]): Promise<void> => {
      for (const { engine } of all) {
        await engine.space({ sync: true });
        for (const { id, state } of (await engine.inbox()).toReversed()) if (state === 'new') await engine.receive({ delivery: id });
      }
      await sync();
    };

    const distribute = async (message: string, ...paths: readonly string[]): Promise<void> => {
      const { engine } = await theInstance();
      const { objects } = await engine.stage();
      await engine.removeFromStage(objects.map(({ id }) => id));
      await run(
        'snapstage.stage',
        vscode.Uri.file(inFolder(paths[0]!)),
        paths.map((path) => vscode.Uri.file(inFolder(path))),
      );
      await told(() => withAnswers(['All Members', 'Overwrite', message, 'Distribute'], () => run('snapstage.distribute')));
    };

    beforeEach(async () => {
      await create(people);
      [ada, bob] = [await people.person('ada'), await people.person('bob')];
      await ada.engine.joinSpace({ code: await invite('Ada') });
      await bob.engine.joinSpace({ code: await invite('Bob') });
      await sync();
      writeFileSync(inFolder('notes.txt'), 'one\n');
      writeFileSync(inFolder('own.txt'), 'own\n');
    });

    it('shows its objects, and who has answered', async () => {
      await distribute('Week 1', 'notes.txt', 'own.txt');
      assert.match((await textsIn())[0]!, /^Distributed \| 2 items$/);
      assert.equal((await textsIn())[1], 'Members | 3 · 2 behind');
      await receive(ada);
      assert.equal((await textsIn())[1], 'Members | 3 · 1 up to date · 1 behind');
      const members = await textsIn(await at('Members'));
      assert.deepEqual(members.slice(1).sort(), ['Ada | editor · up to date', 'Bob | editor · 1 not received yet']);
      const { tooltip } = (await internals()).spaceTree.getTreeItem(await at('Members', 'Ada'));
      assert.ok(typeof tooltip === 'string');
      assert.match(tooltip, /Last heard from on .*, by its own clock: it told what it has\.\n\nIt was there after /);
      const rows = await textsIn(await at('Distributions', '“Week 1”'));
      assert.deepEqual(rows.slice(0, 2), ['2 objects | notes.txt and own.txt', 'Bob | not received yet']);
      assert.match(rows[2]!, /^Ada \| received · /);
      assert.deepEqual(await textsIn(await at('Distributions', '“Week 1”', '2 objects')), ['notes.txt | overwrite', 'own.txt | overwrite']);
      // Bob, who has not received it, gets the same once more: of the first he needs nothing then.
      await distribute('Week 2', 'notes.txt', 'own.txt');
      const [after] = (await textsIn(await at('Distributions', '“Week 1”'))).filter((text) => text.startsWith('Bob'));
      assert.equal(after, 'Bob | replaced by a later one');
      assert.match((await textsIn(await at('Distributions'))).at(-1)!, /^“Week 1” \| 1 of 2 received, replaced by a later one for 1 · /);
      assert.equal((await textsIn())[1], 'Members | 3 · 2 behind');
    });

    it('is applied at once in another folder of the same user, but for what is unsaved in a window there, and taken back so', async () => {
      const home = process.env['SNAPSTAGE_HOME'];
      const folder = join(people.base, 'second');
      mkdirSync(folder);
      const second = openEngine({ folder, ...(home === undefined ? {} : { home }) });
      const answers = ['All Members', 'Ask', 'Week 1', 'Distribute'] as const;
      try {
        await second.init();
        await second.joinSpace({ code: await invite('Test student') });
        await sync();
        await run('snapstage.stage', vscode.Uri.file(inFolder('notes.txt')));
        let asked: Awaited<ReturnType<typeof withAnswers>> = [];
        const said = await told(async () => (asked = await withAnswers([...answers], () => run('snapstage.distribute'))));
        assert.match(asked[3]!.text, /At once, where it is for them: Test student in .*second\./);
        assert.match(said, /^Distributed 1 object to all members\. .* Applied at Test student in .*second: 1 created\.$/);
        assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'one\n');
        const rows = await textsIn(await at('Distributions', '“Week 1”'));
        assert.ok(
          rows.some((row) => row.startsWith('Test student | received')),
          rows.join('; '),
        );
        await second.noteUnsaved({ unsaved: ['notes.txt'] });
        writeFileSync(inFolder('notes.txt'), 'two\n');
        const waits = await told(() => withAnswers([...answers], () => run('snapstage.distribute')));
        assert.match(waits, /Applied at Test student in .*: nothing to change\. 1 conflict waits for a decision\.$/);
        assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'one\n');
        await second.noteUnsaved({ unsaved: [] });
        const settings = vscode.workspace.getConfiguration('snapstage');
        await settings.update('space.deliverDirectly', false, vscode.ConfigurationTarget.Global);
        const item = await at('Distributions', '“Week 1”');
        const recall = ['All Who Got It', 'Take Back What Was Not Edited', '', 'Recall'] as const;
        assert.match(await told(() => withAnswers([...recall], () => run('snapstage.recall', item))), /the Space view tells\.$/);
        await settings.update('space.deliverDirectly', undefined, vscode.ConfigurationTarget.Global);
        const later = await told(() => withAnswers([...answers], () => run('snapstage.distribute')));
        assert.match(later, / Applied at Test student in /);
      } finally {
        await vscode.workspace.getConfiguration('snapstage').update('space.deliverDirectly', undefined, vscode.ConfigurationTarget.Global);
        await second.dispose();
      }
    });

    it('is recalled after the plan was shown; the history tells what stayed because it was edited', async () => {
      await distribute('Week 1', 'notes.txt', 'own.txt');
      await receive(ada, bob);
      ada.write('notes.txt', 'edited\n');
      const answers = ['All Who Got It', 'Take Back What Was Not Edited', 'Too early'] as const;
      const item = await at('Distributions', '“Week 1”', '2 objects', 'notes.txt');
      const kept = await withAnswers([...answers, undefined], () => run('snapstage.recall', item));
      assert.deepEqual(kept[0]?.choices, ['All Who Got It', 'Ada', 'Bob']);
      assert.equal(
        kept[3]!.text,
        'Recall notes.txt of “Week 1” from all who got it?\nWhat was edited stays, and is told here. Snapshots keep what they hold.\nIt is done when they receive that.',
      );
      assert.deepEqual(kept[3]?.choices, ['Recall']);
      assert.equal((await textsIn(await at('Distributions'))).length, 1);
      const said = await told(() => withAnswers([...answers, 'Recall'], () => run('snapstage.recall', item)));
      assert.equal(said, 'Recalled notes.txt. It is taken back when they receive that; the Space view tells.');
      assert.match((await textsIn(await at('Distributions')))[0]!, /^Recall of notes\.txt \| 0 of 2 done · /);
      await receive(ada, bob);
      assert.deepEqual([existsSync(join(bob.folder, 'notes.txt')), existsSync(join(bob.folder, 'own.txt'))], [false, true]);
      assert.equal(readFileSync(join(ada.folder, 'notes.txt'), 'utf8'), 'edited\n');
      assert.match((await textsIn(await at('Distributions')))[0]!, /^Recall of notes\.txt \| 2 of 2 done, kept with 1 · /);
      assert.deepEqual(await textsIn(await at('Distributions', '“Week 1”', '2 objects')), [
        'notes.txt | taken back',
        'own.txt | overwrite',
      ]);
      const became = (await textsIn(await at('Distributions', 'Recall of'))).toSorted();
      assert.match(became.join('\n'), /^Ada \| keeps notes\.txt · .*\nBob \| taken back · /);
      assert.equal((await textsIn())[0], 'Distributed | 1 item');
    });

    it('is recalled from one member with what was edited, where no harm is done by a wrong key', async () => {
      await distribute('Week 1', 'notes.txt');
      await receive(ada, bob);
      ada.write('notes.txt', 'edited\n');
      const target = await at('Distributions', '“Week 1”', 'Ada');
      const asked = await withAnswers(['Take Back Even What Was Edited', '', 'Recall'], () => told(() => run('snapstage.recall', target)));
      assert.match(asked[2]!.text, /^Recall “Week 1” from Ada\?\nWhat was edited goes too\./);
      assert.deepEqual(asked[2]?.choices, ['Not Now', 'Recall']);
      await receive(ada, bob);
      assert.deepEqual([existsSync(join(ada.folder, 'notes.txt')), existsSync(join(bob.folder, 'notes.txt'))], [false, true]);
      // From the palette it is asked for what and from whom; one who was told otherwise is still a recipient of the whole.
      const palette = await withAnswers(['“Week 1”', undefined], () => run('snapstage.recall'));
      assert.deepEqual(palette[1]?.choices, ['All Who Got It', 'Ada', 'Bob']);
    });

    it('is undone, which brings back what it had replaced; nothing is undone twice', async () => {
      bob.write('notes.txt', 'mine\n');
      await distribute('Week 1', 'notes.txt');
      await receive(ada, bob);
      assert.equal(readFileSync(join(bob.folder, 'notes.txt'), 'utf8'), 'one\n');
      const row = await at('Distributions', '“Week 1”');
      await withAnswers(['Keep'], () => run('snapstage.undoDistribution', row));
      const said = await told(() => withAnswers(['“Week 1”', 'Undo Distribution'], () => run('snapstage.undoDistribution')));
      assert.match(said, /^The distribution “Week 1” is undone when they receive that/);
      await receive(ada, bob);
      assert.equal(readFileSync(join(bob.folder, 'notes.txt'), 'utf8'), 'mine\n');
      assert.match(
        (await textsIn(await at('Distributions'))).join('\n'),
        /^Undo of “Week 1” \| 2 of 2 done · .*\n“Week 1” \| taken back · /,
      );
      assert.match(
        await told(() => run('snapstage.undoDistribution'), 'showErrorMessage'),
        /Nothing that .* has distributed could be taken back\./,
      );
      assert.equal((await textsIn())[0], 'Distributed | nothing yet');
    });
  });

  describe('to a member', () => {
    it('is looked into, with its files to be read only, and follows what comes', async () => {
      const master = await joined(people);
      assert.deepEqual((await textsIn()).slice(0, -1), ['Distributed | nothing yet', 'Inbox | nothing yet']);
      master.write('hw1/task.md', 'task\n');
      master.write('notes.txt', 'one\n');
      await master.distribute(['hw1', 'notes.txt'], { message: 'Week 1' });
      await sync();
      assert.equal((await textsIn())[0], 'Distributed | 2 items · 2 newer than mine');
      assert.deepEqual(await textsIn(await at('Distributed')), ['hw1', 'notes.txt | 4 bytes']);
      assert.deepEqual(await textsIn(await at('Distributed', 'hw1')), ['task.md | 5 bytes']);
      await run('snapstage.openDistributed', await at('Distributed', 'notes.txt'));
      await until('it is shown', () => vscode.window.activeTextEditor?.document.uri.scheme === 'snapstage');
      const { document } = vscode.window.activeTextEditor ?? assert.fail('no editor');
      assert.deepEqual([document.getText(), document.uri.authority], ['one\n', 'distributed']);
      assert.equal(existsSync(inFolder('notes.txt')), false);
      master.write('notes.txt', 'two, longer\n');
      await master.distribute(['notes.txt'], { message: 'Week 2' });
      await sync();
      await textsIn(await at('Distributed'));
      await until('the open document follows', () => document.getText() === 'two, longer\n');
    });

    it('counts as edited for other programs too while it is unsaved in an editor here', async () => {
      const master = await joined(people);
      master.write('notes.txt', 'one\n');
      await master.distribute(['notes.txt']);
      await sync();
      const { engine, folder } = await theInstance();
      for (const { id } of await engine.inbox()) await engine.receive({ delivery: id });
      master.write('notes.txt', 'two\n');
      await master.distribute(['notes.txt'], { strategy: 'ask' });
      await sync();
      const { document } = await editorOn('notes.txt');
      const home = process.env['SNAPSTAGE_HOME'];
      const other = openEngine({ folder: folder.uri.fsPath, ...(home === undefined ? {} : { home }) });
      try {
        const delivery = (await other.inbox())[0]!.id;
        const becomes = async (outcome: string): Promise<boolean> =>
          (await other.planReceive({ delivery })).objects.every((object) => object.outcome === outcome);
        assert.ok(await becomes('updated'));
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), 'mine: ');
        await vscode.workspace.applyEdit(edit);
        await until('the other program knows', () => becomes('waiting'));
        await run('workbench.action.files.revert');
        await until('the other program knows that it is saved', () => becomes('updated'));
      } finally {
        await other.dispose();
      }
    });

    it('is compared with what is here, as a list and file by file', async () => {
      const master = await joined(people);
      master.write('hw1/task.md', 'task\n');
      master.write('notes.txt', 'one\n');
      await master.distribute(['hw1', 'notes.txt']);
      writeFileSync(inFolder('notes.txt'), 'mine\n');
      await sync();
      await run('snapstage.compareDistributed');
      const { comparison } = await internals();
      const found = new Map(comparison.changes.map(({ path, change }) => [path, change]));
      // What else is in the folder was never distributed.
      assert.deepEqual(
        [...found],
        [
          ['hw1', 'removed'],
          ['hw1/task.md', 'removed'],
          ['notes.txt', 'changed'],
        ],
      );
      mkdirSync(inFolder('hw1'));
      // A folder alone, of which the rest is not told.
      writeFileSync(inFolder('hw1/task.md'), 'my task\n');
      writeFileSync(inFolder('hw1/more.md'), 'mine\n');
      await run('snapstage.compareDistributed', await at('Distributed', 'hw1'));
      assert.deepEqual(
        comparison.changes.map(({ path, change }) => `${path} ${change}`),
        ['hw1/task.md changed'],
      );
      writeFileSync(inFolder('hw1/task.md'), 'task\n');
      await run('snapstage.compareDistributed', await at('Distributed', 'hw1'));
      assert.deepEqual(comparison.changes, []);
      await run('snapstage.compareDistributed');
      assert.deepEqual(
        comparison.changes.map(({ path }) => path),
        ['notes.txt'],
      );
      await run('snapstage.compareDistributed', await at('Distributed', 'notes.txt'));
      await until('the difference is shown', () => activeTab()?.label === 'notes.txt (Distributed ↔ Current State)');
      const rows = await comparison.getChildren();
      const changed = rows.find((row) => row.type === 'change' && row.change.path === 'notes.txt');
      assert.equal(changed && comparison.getTreeItem(changed).contextValue, 'distributed-change changed file');
      await told(() => withAnswers(['Pull'], () => run('snapstage.pull', changed)));
      assert.equal(readFileSync(inFolder('notes.txt'), 'utf8'), 'one\n');
    });

    it('is pulled, after the plan was shown, and what was there comes back with one click', async () => {
      const master = await joined(people);
      master.write('hw1/task.md', 'task\n');
      master.write('notes.txt', 'one\n');
      await master.distribute(['hw1', 'notes.txt']);
      writeFileSync(inFolder('notes.txt'), 'mine\n');
      await sync();
      const kept = await withAnswers(['Everything', undefined], () => run('snapstage.pull'));
      assert.deepEqual(kept[0]?.choices, ['Everything', 'hw1', 'notes.txt']);
      assert.match(
        kept[1]!.text,
        /^Pull everything into .*, as it was distributed\? 1 created, 1 replaced\. The state now is kept as a snapshot first\.\nnotes\.txt$/,
      );
      assert.equal(existsSync(inFolder('hw1')), false);
      const one = await told(() => withAnswers(['Pull'], async () => run('snapstage.pull', await at('Distributed', 'hw1'))));
      assert.equal(one, 'Pulled hw1: 1 created.');
      const file = vscode.Uri.file(inFolder('notes.txt'));
      await told(() => withAnswers(['Pull'], () => run('snapstage.pull', file, [file])), 'showInformationMessage', 'Undo');
      await until('it is undone', () => readFileSync(inFolder('notes.txt'), 'utf8') === 'mine\n');
      await told(() => withAnswers(['Pull'], async () => run('snapstage.pull', await at('Distributed'))));
      assert.equal(readFileSync(inFolder('notes.txt'), 'utf8'), 'one\n');
      const nothing = await told(async () => run('snapstage.pull', await at('Distributed')));
      assert.equal(nothing, 'Nothing to do: everything is as it was distributed.');
    });

    it('is not what was never distributed', async () => {
      await joined(people);
      assert.match(await told(() => run('snapstage.pull'), 'showErrorMessage'), /^Nothing was distributed to .* yet\./);
      writeFileSync(inFolder('own.txt'), 'own\n');
      const file = vscode.Uri.file(inFolder('own.txt'));
      assert.match(await told(() => run('snapstage.pull', file, [file]), 'showErrorMessage'), /“own\.txt”/);
    });
  });

  describe('in a Space that has lost somebody', () => {
    it('goes on with a new Master by the recovery code', async () => {
      const master = await people.person('master');
      const { recoveryCode } = await master.engine.createSpace({ name: 'Econometrics', hub: people.hub });
      const asked = await withAnswers([recoveryCode, 'A Folder…', people.hub, undefined], () => run('snapstage.recoverSpace'));
      assert.match(asked[3]!.text, /^Make .* a Master of the Space in .*hub\?\nIt can distribute, invite and remove from then on\./);
      assert.equal(existsSync(inFolder('.snapstage/space/belonging')), false);
      const wrong = await told(
        () => withAnswers(['R1000', 'A Folder…', people.hub, 'Recover'], () => run('snapstage.recoverSpace')),
        'showErrorMessage',
      );
      assert.notEqual(wrong, '');
      const said = await told(() => withAnswers([recoveryCode, 'A Folder…', people.hub, 'Recover'], () => run('snapstage.recoverSpace')));
      assert.equal(said, 'This instance is a Master of the Space “Econometrics” now.');
      assert.equal((await textsIn(await at('Members'))).length, 2);
      const removing = await withAnswers(['Master', recoveryCode, 'Remove'], () => run('snapstage.removeMember'));
      assert.deepEqual([removing.length, removing[0]?.choices], [3, ['Master']]);
      assert.deepEqual(await textsIn(await at('Members')), ['Master | this instance']);
    });

    it('takes back who has lost the keys, in the place that it had', async () => {
      await create(people);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code: await invite('Ada', 'Viewer', 'tutors') });
      await sync();
      const asked = await withAnswers(['Invite Again', 'Copy Code', 'Done'], async () =>
        run('snapstage.inviteAgain', await at('Members', 'Ada')),
      );
      assert.match(asked[0]!.text, /^Invite Ada again\?\nDo this when it has lost its keys/);
      const again = await people.person('again');
      await again.engine.joinSpace({ code: await vscode.env.clipboard.readText() });
      await sync();
      assert.deepEqual((await textsIn(await at('Members'))).slice(1).sort(), [
        'Ada | viewer · tutors',
        'Ada | viewer · tutors · was removed',
      ]);
    });

    it('is left, or joined anew, without the keys', async () => {
      const master = await joined(people);
      const home = process.env['SNAPSTAGE_HOME'] ?? assert.fail('the tests have no home of their own');
      rmSync(join(home, 'keys'), { recursive: true });
      const { spaces } = await internals();
      await spaces.refresh(await theInstance());
      const [row] = await textsIn();
      assert.match(row!, /^The keys of this instance are not in /);
      const { id } = (await master.engine.space({}))!.members.find(({ name }) => name === 'Ada')!;
      const { code } = await master.engine.invite({ name: 'Ada', succeeds: id });
      await told(() => withAnswers([code, 'Join'], () => run('snapstage.joinSpace')));
      await master.engine.space({ sync: true });
      await sync();
      assert.deepEqual((await textsIn()).slice(0, -1), ['Distributed | nothing yet', 'Inbox | nothing yet']);
      rmSync(join(home, 'keys'), { recursive: true });
      await spaces.refresh(await theInstance());
      const left = await withAnswers(['Leave'], () => run('snapstage.leaveSpace'));
      assert.match(left[0]!.text, /^Leave the Space with .*, whose keys are lost\?/);
      assert.deepEqual(await textsIn(), []);
    });
  });
});
