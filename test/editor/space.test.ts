/** The Space through its view's rows, commands and links, with real engines of other people. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { withAnswers } from './answers.ts';
import { editorOn, inFolder, insert, internals, removeFiles, theInstance, until } from './extension.ts';
import { People } from './people.ts';
import { at, create, forgetSpace, invite, joined, rowsIn, run, sync, textsIn, told } from './spaceSteps.ts';

describe('the Space', () => {
  let people: People;

  beforeEach(() => {
    people = new People();
  });

  afterEach(async () => {
    await forgetSpace('hw1', 'notes.txt', 'data.txt', 'extra.txt');
    await people.gone();
  });

  const title = async (): Promise<{
    readonly description: string;
    readonly message: string;
    readonly badge: vscode.ViewBadge | undefined;
  }> => (await internals()).spaceView.title;
  it('says where there is none, and that something has to be there first', async () => {
    await (await theInstance()).engine.init().catch(() => undefined);
    await (await theInstance()).refresh();
    assert.deepEqual(await rowsIn(), []);
    assert.equal((await title()).description, '');
    const said = await told(sync, 'showErrorMessage');
    assert.match(said, /belongs to no Space: “Create Space…” makes one, “Join Space…” joins one by an invite\./);
  });

  describe('of a Master', () => {
    it('is created with a recovery code, which goes to the clipboard alone', async () => {
      const asked = await create(people);
      const code = await vscode.env.clipboard.readText();
      assert.match(code, /^R1\w{3}(-\w{5}){11}$/);
      assert.ok(asked.includes(code));
      assert.match(asked, /Write it down, and keep it apart from this computer\./);
      assert.equal((await title()).description, `Econometrics · Master · ${people.hub}`);
      assert.deepEqual((await textsIn()).slice(0, -1), ['Distributed | nothing yet', 'Members | 1', 'Distributions | nothing yet']);
      assert.deepEqual(await textsIn(await at('Members')), ['Master | this instance']);
      const again = await told(() => run('snapstage.createSpace'), 'showErrorMessage');
      assert.match(again, /belongs to the Space “Econometrics” already\./);
    });

    it('invites, and lets in who comes; the invite can be withdrawn', async () => {
      await create(people);
      const code = await invite('Ada', 'Editor', 'tutors, group 2');
      await invite('Bob', 'Viewer');
      assert.deepEqual((await textsIn()).slice(1, 3), ['Members | 1', 'Invites | 2 open']);
      assert.match((await textsIn(await at('Invites'))).join('\n'), /^Ada \| editor · tutors · group 2 · until .*\nBob \| viewer · until /);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code });
      await sync();
      assert.deepEqual(await textsIn(await at('Members')), ['Master | this instance', 'Ada | editor · tutors · group 2']);
      const asked = await withAnswers(['Withdraw'], async () => run('snapstage.withdrawInvite', await at('Invites', 'Bob')));
      assert.deepEqual(asked[0]?.choices, ['Keep', 'Withdraw']);
      assert.deepEqual(await textsIn(), ['Distributed | nothing yet', 'Members | 2', 'Distributions | nothing yet', 'Hub | reached']);
      const none = await told(() => run('snapstage.withdrawInvite'), 'showErrorMessage');
      assert.match(none, /There is no open invite\./);
    });

    it('gives the link too, which opens the question', async () => {
      await create(people);
      await withAnswers(['Ada', 'Editor', '', 'Copy Link', 'Done'], () => run('snapstage.invite'));
      assert.match(await vscode.env.clipboard.readText(), /^vscode:\/\/snapstage\.snapstage\/join\?code=snapstage1_[\w-]+$/);
    });

    it('changes and removes members', async () => {
      await create(people);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code: await invite('Ada') });
      await sync();
      await withAnswers(['Role', 'Viewer'], async () => run('snapstage.changeMember', await at('Members', 'Ada')));
      await withAnswers(['Ada', 'Groups', 'late, night'], () => run('snapstage.changeMember'));
      await withAnswers(['Name', 'Ada L.'], async () => run('snapstage.changeMember', await at('Members', 'Ada')));
      assert.deepEqual((await textsIn(await at('Members')))[1], 'Ada L. | viewer · late · night');
      const kept = await withAnswers(['Keep'], async () => run('snapstage.removeMember', await at('Members', 'Ada')));
      assert.match(kept[0]!.text, /^Remove Ada L\. from the Space\?\nIt reads nothing that comes from now on; /);
      assert.equal(kept[0]?.choices[0], 'Keep');
      await withAnswers(['Remove'], async () => run('snapstage.removeMember', await at('Members', 'Ada')));
      assert.deepEqual((await textsIn(await at('Members')))[1], 'Ada L. | viewer · late · night · was removed');
    });

    it('admits one of two who came by the same invite', async () => {
      await create(people);
      const code = await invite('Ada');
      const [ada, eve] = [await people.person('ada'), await people.person('eve')];
      await Promise.all([ada.engine.joinSpace({ code }), eve.engine.joinSpace({ code })]);
      await sync();
      const rows = await textsIn(await at('Members'));
      assert.equal((await textsIn())[1], 'Members | 1 · 2 waiting');
      assert.match(rows[1]!, /waiting: several came by the same invite$/);
      const { me } = (await ada.engine.space({})) ?? assert.fail('Ada is in no Space');
      const members = await rowsIn(await at('Members'));
      const row = members.find((node) => node.type === 'member' && node.member.id === me.id);
      const asked = await withAnswers(['Admit'], () => run('snapstage.admitMember', row));
      assert.ok(asked[0]?.text.includes(me.id));
      await sync();
      assert.equal((await ada.engine.space({ sync: true }))?.me.state, 'member');
    });

    it('distributes what is on the Stage, after saying what will happen', async () => {
      await create(people);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code: await invite('Ada', 'Editor', 'tutors') });
      await sync();
      writeFileSync(inFolder('notes.txt'), 'one\n');
      await run('snapstage.stage', vscode.Uri.file(inFolder('notes.txt')));
      const given = await withAnswers(['tutors', 'Rename', 'Week 1', undefined], () => run('snapstage.distribute'));
      assert.deepEqual(given[0]?.choices, ['All Members', 'Groups', 'tutors', 'Members', 'Ada']);
      assert.match(
        given[3]!.text,
        /^Distribute 1 object to Ada\?\nRename: notes\.txt\. What was edited there is kept, and .*\nWhat was not edited there is updated\.\nA snapshot of the current state is taken first\.$/,
      );
      assert.deepEqual(await textsIn(await at('Distributions')), []);
      const said = await told(() => withAnswers(['All Members', 'Overwrite', 'Week 1', 'Distribute'], () => run('snapstage.distribute')));
      assert.match(said, /Distributed 1 object to all members\./);
      assert.match((await textsIn(await at('Distributions')))[0]!, /^“Week 1” \| 0 of 1 received · /);
      assert.deepEqual(await textsIn(await at('Distributions', '“Week 1”')), ['1 object | notes.txt', 'Ada | not received yet']);
      await ada.engine.space({ sync: true });
      const [delivery] = await ada.engine.inbox();
      await ada.engine.receive({ delivery: delivery!.id });
      assert.equal(readFileSync(join(ada.folder, 'notes.txt'), 'utf8'), 'one\n');
      await sync();
      assert.match((await textsIn(await at('Distributions', '“Week 1”')))[1]!, /^Ada \| received · /);
    });

    it('refuses an empty Stage', async () => {
      await create(people);
      const said = await told(() => withAnswers(['All Members', 'Overwrite', ''], () => run('snapstage.distribute')), 'showErrorMessage');
      assert.match(said, /The Stage is empty: there is nothing to be distributed\./);
    });

    it('gives back room in the hub, after what goes was agreed to', async () => {
      await create(people);
      const hubNode = await at('Hub');
      const idle = await told(() => run('snapstage.compactHub', hubNode));
      assert.equal(idle, 'Nothing in the hub is to go.');
      writeFileSync(inFolder('notes.txt'), 'one\n'.repeat(1000));
      await run('snapstage.stage', vscode.Uri.file(inFolder('notes.txt')));
      await withAnswers(['All Members', 'Overwrite', 'Week 1', 'Distribute'], () => run('snapstage.distribute'));
      const { engine } = await theInstance();
      await engine.recall({ paths: ['notes.txt'] });
      await sync();
      const kept = await withAnswers(['Keep'], () => run('snapstage.compactHub'));
      assert.match(kept[0]!.text, /^Compact the hub of “Econometrics”\?\nNobody needs .* any more: that goes in 30 days\.$/);
      assert.equal((await engine.compactHub({ isPlan: true })).waiting.files, 0, 'nothing was agreed on');
      const said = await told(() => withAnswers(['Compact'], () => run('snapstage.compactHub')));
      assert.match(said, /^The hub gives up .*\. Waiting to go: .*, the first of it from .* on, with the next compaction\.$/);
      assert.ok((await engine.compactHub({ isPlan: true })).waiting.files > 0);
    });

    it('moves to another hub, and a member follows there', async () => {
      const [old, place] = [people.hub, `${people.hub}-2`];
      await create(people);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code: await invite('Ada') });
      await sync();
      await withAnswers(['A Folder…', place, undefined], () => run('snapstage.moveHub'));
      assert.equal(existsSync(place), false, 'nothing was agreed on');
      const said = await told(() => withAnswers(['A Folder…', place, 'Move'], () => run('snapstage.moveHub')));
      assert.match(said, /^The Space “Econometrics” is in .*hub-2 now\. Copied: \d+ files, .*\.$/);
      assert.equal((await title()).description, `Econometrics · Master · ${place}`);
      assert.equal((await ada.engine.space({ sync: true }))!.movedTo, place);
      assert.equal((await ada.engine.followHub({})).hub, place);
      assert.match(
        await told(() => withAnswers(['A Folder…', place, 'Move'], () => run('snapstage.moveHub')), 'showErrorMessage'),
        /is .*hub-2 already\.$/,
      );
      assert.equal(existsSync(old), true, 'what is left stays');
    });

    it('meets in a git repository where that is wished for', async () => {
      const address = `git+file://${people.hub}.git`;
      const answers = ['Econometrics', 'A Git Repository…', ` ${address}`, 'Copy', 'I Have Written It Down'];
      const asked = await withAnswers(answers, () => run('snapstage.createSpace'));
      assert.match(asked[2]!.text, /with nothing secret in it\. For example: git\+ssh:/);
      assert.equal((await title()).description, `Econometrics · Master · ${address}`);
      const ada = await people.person('ada');
      await ada.engine.joinSpace({ code: await invite('Ada') });
      await sync();
      assert.deepEqual(await textsIn(await at('Members')), ['Master | this instance', 'Ada | editor']);
    });

    it('tells of a hub that is away, and of what is odd in it', async () => {
      await create(people);
      renameSync(people.hub, `${people.hub}-away`);
      const said = await told(sync, 'showErrorMessage');
      assert.match(said, /The hub .*hub can’t be reached: .*\. Try again when it is there\.$/);
      assert.match((await title()).message, /The hub .*hub can’t be reached/);
      assert.equal((await textsIn()).at(-1), "Hub | can't be reached");
      renameSync(`${people.hub}-away`, people.hub);
      await sync();
      assert.equal((await title()).message, '');
      const hub = await at('Hub | reached');
      const { spaceTree } = await internals();
      const { tooltip } = spaceTree.resolveTreeItem(spaceTree.getTreeItem(hub), hub);
      assert.match(typeof tooltip === 'string' ? tooltip : '', /hub\n\nLast asked what is new: .*\.\n\nIt is asked /);
    });

    it('goes no faster to a hub than the setting says, on the command line too', async () => {
      await create(people);
      const settings = vscode.workspace.getConfiguration('snapstage');
      const { engine } = await theInstance();
      const bandwidth = async (): Promise<unknown> => (await engine.config({})).bandwidth;
      try {
        await settings.update('space.bandwidth', '500 KB/s', vscode.ConfigurationTarget.Global);
        await until('the limit is kept', async () => (await bandwidth()) === 500_000);
      } finally {
        await settings.update('space.bandwidth', undefined, vscode.ConfigurationTarget.Global);
      }
      await until('it is taken back', async () => (await bandwidth()) === undefined);
    });
  });

  describe('of a member', () => {
    it('is joined by a code, after the hub was shown', async () => {
      const master = await people.person('master');
      await master.engine.createSpace({ name: 'Econometrics', hub: people.hub });
      const { code } = await master.engine.invite({ name: 'Ada' });
      const given = await withAnswers([code, undefined], () => run('snapstage.joinSpace'));
      assert.match(
        given[1]!.text,
        new RegExp(`Let .* join the Space [0-9a-f]{8}, whose hub is ${people.hub}\\?\nA stranger can have written the invite`),
      );
      assert.equal(existsSync(inFolder('.snapstage/space/belonging')), false);
      const said = await told(() => withAnswers([code, 'Hub Is Elsewhere…', 'A Folder…', people.hub], () => run('snapstage.joinSpace')));
      assert.match(said, /This instance has asked for a place\./);
      assert.match((await textsIn())[0]!, /^This instance has asked for a place\./);
      await master.engine.space({ sync: true });
      await sync();
      assert.deepEqual(await textsIn(), ['Distributed | nothing yet', 'Inbox | nothing yet', 'Hub | reached']);
      assert.equal((await title()).description, `Econometrics · editor · ${people.hub}`);
      const left = await withAnswers(['Leave'], () => run('snapstage.leaveSpace'));
      assert.deepEqual(left[0]?.choices, ['Keep', 'Leave']);
      assert.deepEqual(await textsIn(), []);
    });

    it('is joined by a link, and by nothing else that a link can say', async () => {
      const master = await people.person('master');
      await master.engine.createSpace({ name: 'Econometrics', hub: people.hub });
      const { link } = await master.engine.invite({ name: 'Ada' });
      const { joinLinks } = await internals();
      for (const wrong of ['vscode://snapstage.snapstage/join', 'vscode://snapstage.snapstage/leave?code=1'])
        assert.match(
          await told(() => joinLinks.handleUri(vscode.Uri.parse(wrong)), 'showErrorMessage'),
          /This link is no invite of Snapstage/,
        );
      const forged = await told(() => joinLinks.handleUri(vscode.Uri.parse(`${link}x`)), 'showErrorMessage');
      assert.match(forged, /This is not an invite: a part of it is missing or changed; copy it again\./);
      await withAnswers([undefined], () => joinLinks.handleUri(vscode.Uri.parse(link)));
      assert.deepEqual(await rowsIn(), []);
      await told(() => withAnswers(['Join'], () => joinLinks.handleUri(vscode.Uri.parse(link))));
      assert.match((await textsIn())[0]!, /^This instance has asked for a place\./);
    });

    it('follows to the hub that the Master has gone to', async () => {
      const master = await joined(people);
      const place = `${people.hub}-2`;
      await master.engine.moveHub({ hub: place });
      await sync();
      assert.equal((await textsIn())[0], `The Space has gone to another hub | ${place}`);
      const asked = await withAnswers([undefined], async () => run('snapstage.followHub', await at('The Space has gone')));
      assert.match(asked[0]!.text, /^The Space has gone to the hub .*hub-2\. Let .* follow\?/);
      await withAnswers(['Follow'], async () => run('snapstage.followHub', await at('The Space has gone')));
      assert.deepEqual(await textsIn(), ['Distributed | nothing yet', 'Inbox | nothing yet', 'Hub | reached']);
      assert.equal((await title()).description, `Econometrics · editor · ${place}`);
    });

    it('receives what is safe without a question, told once, and can undo it', async () => {
      const master = await joined(people);
      master.write('hw1/task.md', 'task\n');
      await master.distribute(['hw1'], { message: 'Week 1' });
      const said = await told(async () => {
        await sync();
        await sync();
      });
      assert.deepEqual(said.match(/“Week 1” has come from Master: hw1\/\./g)?.length, 1);
      assert.match((await textsIn(await at('Inbox')))[0]!, /^“Week 1” \| new · from Master · /);
      assert.deepEqual((await title()).badge, { value: 1, tooltip: '1 delivery in the Inbox' });
      assert.deepEqual(await textsIn(await at('Inbox', '“Week 1”')), ['task.md | will be created · hw1']);
      const done = await told(async () => run('snapstage.receive', await at('Inbox', '“Week 1”')), 'showInformationMessage', 'Undo');
      assert.match(done, /^Received “Week 1”: 1 created\./);
      await until('it is undone', () => !existsSync(inFolder('hw1/task.md')));
      assert.equal((await title()).badge, undefined);
    });

    it('asks before it replaces, and saves what is unsaved first', async () => {
      const master = await joined(people);
      writeFileSync(inFolder('notes.txt'), 'mine\n');
      master.write('notes.txt', 'theirs\n');
      await master.distribute(['notes.txt'], { message: 'Week 1' });
      await sync();
      const editor = await editorOn('notes.txt');
      await insert(editor, 'typed ');
      const kept = await withAnswers([undefined], () => run('snapstage.receive'));
      assert.match(
        kept[0]!.text,
        /^Receive “Week 1”\? 1 replaced\. Unsaved changes are saved first: notes\.txt\. The state now is kept as a snapshot first\.\nnotes\.txt$/,
      );
      assert.ok(editor.document.isDirty);
      const done = await told(() => withAnswers(['Receive'], () => run('snapstage.receive')));
      assert.match(done, /^Received “Week 1”: 1 replaced\./);
      assert.equal(readFileSync(inFolder('notes.txt'), 'utf8'), 'theirs\n');
      await until('the editor follows', () => editor.document.getText() === 'theirs\n');
      await told(() => withAnswers(['Undo Restore'], () => run('snapstage.undoRestore')));
      assert.equal(readFileSync(inFolder('notes.txt'), 'utf8'), 'typed mine\n');
    });

    it('lets conflicts wait, shows both sides, and decides them', async () => {
      const master = await joined(people);
      writeFileSync(inFolder('notes.txt'), 'mine\n');
      writeFileSync(inFolder('data.txt'), 'mine too\n');
      for (const [path, text] of [
        ['notes.txt', 'theirs\n'],
        ['data.txt', 'theirs too\n'],
        ['extra.txt', 'new\n'],
      ] as const)
        master.write(path, text);
      await master.distribute(['notes.txt', 'data.txt', 'extra.txt'], { message: 'Week 1', strategy: 'ask' });
      await sync();
      assert.deepEqual(await textsIn(await at('Inbox', '“Week 1”')), [
        '2 conflicts | decide',
        'data.txt | edited here',
        'extra.txt | will be created',
        'notes.txt | edited here',
      ]);
      const done = await told(() => run('snapstage.receive'));
      assert.match(done, /^Received “Week 1”: 1 created\. 2 conflicts wait for decisions\./m);
      assert.match((await textsIn(await at('Inbox')))[0]!, /^“Week 1” \| 2 conflicts · from Master/);
      await run('snapstage.compareDelivered', await at('Inbox', '“Week 1”', 'notes.txt'));
      await until(
        'the difference is shown',
        () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === 'notes.txt (mine ↔ from Master)',
      );
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      assert.ok(input instanceof vscode.TabInputTextDiff);
      assert.equal((await vscode.workspace.openTextDocument(input.modified)).getText(), 'theirs\n');
      await run('snapstage.resolveConflicts', await at('Inbox', '“Week 1”', '2 conflicts'));
      const { conflictPanels } = await internals();
      const [delivery] = await (await theInstance()).engine.inbox();
      const page = conflictPanels.pageOf(await theInstance(), delivery?.id ?? '') ?? assert.fail('no conflict view');
      await until('the conflicts', () => page.view.content.state === 'ready');
      const choose = (place: string, take: 'mine' | 'both'): Promise<void> =>
        page.answer({ type: 'choose', key: JSON.stringify([place, null]), take });
      await choose('data.txt', 'mine');
      await choose('notes.txt', 'both');
      const end = await told(() => page.answer({ type: 'end', how: 'apply' }));
      assert.match(end, /^Received “Week 1”: 1 saved beside, 1 kept\./);
      assert.equal(readFileSync(inFolder('notes (from Master).txt'), 'utf8'), 'theirs\n');
      assert.equal(readFileSync(inFolder('data.txt'), 'utf8'), 'mine too\n');
      assert.match((await textsIn(await at('Inbox')))[0]!, /^“Week 1” \| received · /);
      await removeFiles('notes (from Master).txt');
    });

    it('says what receiving would do, in a list', async () => {
      const master = await joined(people);
      master.write('notes.txt', 'theirs\n');
      await master.distribute(['notes.txt'], { message: 'Week 1' });
      await sync();
      await run('snapstage.showDelivery', await at('Inbox', '“Week 1”'));
      assert.equal(vscode.window.activeTextEditor?.document.getText(), '“Week 1”: 1 created.\n\nnotes.txt  will be created\n');
    });

    it('receives by itself where that is wished for', async () => {
      const master = await joined(people);
      await vscode.workspace.getConfiguration('snapstage').update('space.receive', 'automatically', vscode.ConfigurationTarget.Global);
      master.write('notes.txt', 'theirs\n');
      await master.distribute(['notes.txt'], { message: 'Week 1' });
      await sync();
      await until('it is there', () => existsSync(inFolder('notes.txt')));
      await until('it is received', async () => /received/.test((await textsIn(await at('Inbox')))[0] ?? ''));
    });
  });
});
