/** Spaces from the command line. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import path from 'node:path';
import { People, type Ran } from '../support/people.ts';

describe('cli: spaces', () => {
  let people: People;
  let base: string;

  beforeEach(() => {
    people = new People();
    base = people.base;
    for (const name of ['master', 'ada', 'bob']) people.ran(name, ['init']);
  });
  afterEach(() => people.gone());

  const run = (name: string, ...argv: readonly string[]): Ran => people.ran(name, argv);
  const json = (name: string, ...argv: readonly string[]): unknown => people.run(name, argv);

  const invite = (who: string, ...more: readonly string[]): string =>
    (json('master', 'space', 'invite', who, ...more) as { code: string }).code;
  const names = (): string[] =>
    (json('master', 'space', 'members') as { members: { name: string | null; role: string; state: string }[] }).members.map(
      ({ name, role, state }) => `${name ?? ''} ${role} ${state}`,
    );

  it('are made, joined, changed and left', () => {
    const made = json('master', 'space', 'create', 'Econometrics', '--hub', 'hub') as {
      recoveryCode: string;
      space: { name: string; hub: string };
    };
    assert.deepEqual([made.space.name, made.space.hub], ['Econometrics', path.join(base, 'hub')]);
    assert.match(made.recoveryCode, /^R1\w{3}(-\w{5}){11}$/);
    const code = invite('Ada', '--group', 'tutors');
    const unasked = run('ada', 'space', 'join', code);
    assert.deepEqual([unasked.status, unasked.out.includes(path.join(base, 'hub'))], [3, true]);
    assert.equal((json('ada', 'space', 'join', code, '--yes') as { me: { state: string } }).me.state, 'waiting');
    assert.deepEqual(names(), [' master member', 'Ada editor member']);
    assert.match(
      run('ada', 'space', 'status').out,
      /^“Econometrics”, hub .*hub\nThis instance: editor, called Ada\nPublished for previews what it has: 0 objects, \d+ bytes sent\.\n$/,
    );
    const changed = json('master', 'space', 'set', 'Ada', '--role', 'viewer', '--no-groups') as { members: { groups: string[] }[] };
    assert.deepEqual(changed.members[1]!.groups, []);
    assert.deepEqual(names(), [' master member', 'Ada viewer member']);
    assert.equal(run('ada', 'space', 'leave').status, 3);
    assert.match(run('ada', 'space', 'leave', '--yes').out, /^Left “Econometrics”\.\n$/);
    assert.equal(run('ada', 'space', 'status').out, 'This instance belongs to no Space.\n');
    assert.deepEqual(names(), [' master member', 'Ada viewer left']);
    const refused = run('master', 'space', 'leave', '--yes');
    assert.deepEqual([refused.status, /The Master can’t leave its Space/.test(refused.err)], [3, true]);
  });

  it('give back room in the hub, after a look at what goes', () => {
    run('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    people.write('master', 'data.bin', 'x'.repeat(50_000));
    run('master', 'stage', 'add', 'data.bin');
    run('master', 'distribute', '--yes');
    const idle = run('master', 'space', 'compact');
    assert.deepEqual([idle.status, idle.out], [0, 'Nothing in the hub was to go.\n']);
    run('master', 'recall', 'data.bin', '--yes');
    const unasked = run('master', 'space', 'compact');
    assert.equal(unasked.status, 3);
    assert.match(unasked.out, /are needed by nobody any more: they go after the time of grace\.$/m);
    assert.equal(run('master', 'space', 'compact', '--dry-run').out, unasked.out);
    const done = run('master', 'space', 'compact', '--yes', '--grace', '2');
    assert.match(done.out, /^.* are given up\.\nIn their time of grace: 2 files, .*; the first go with a compaction after .*\.\n$/);
    const later = json('master', 'space', 'compact') as { waiting: { files: number; until: string }; removed: { files: number } };
    assert.deepEqual([later.waiting.files, later.removed.files], [2, 0]);
    assert.match(run('master', 'audit').out, /gave up content for .* in the hub/);
    for (const days of ['0', 'x', '1.5', '-1']) assert.equal(run('master', 'space', 'compact', `--grace=${days}`).status, 2);
  });

  it('move to another hub, and are followed there', () => {
    run('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    run('ada', 'space', 'join', invite('Ada'), '--yes');
    names();
    const unasked = run('master', 'space', 'move', 'elsewhere');
    assert.deepEqual([unasked.status, fs.existsSync(path.join(base, 'elsewhere'))], [3, false]);
    assert.match(run('master', 'space', 'move', 'elsewhere', '--dry-run').out, /every member has to follow/);
    const moved = run('master', 'space', 'move', 'elsewhere', '--yes');
    assert.deepEqual([moved.status, moved.err], [0, '']);
    assert.match(moved.out, /^Copied \d+ files, .*\. The hub is .*elsewhere now\.\n/);
    assert.match(run('ada', 'space', 'status').out, /has gone to the hub .*elsewhere: `snapstage space follow` goes there\./);
    const shown = run('ada', 'space', 'follow');
    assert.deepEqual([shown.status, shown.out.includes(path.join(base, 'elsewhere'))], [3, true]);
    const followed = json('ada', 'space', 'follow', '--yes') as { hub: string; movedTo: string | null };
    assert.deepEqual([followed.hub, followed.movedTo], [path.join(base, 'elsewhere'), null]);
    assert.match(run('ada', 'space', 'follow').err, /has not moved/);
    assert.match(run('master', 'audit').out, /is moving the Space to .*elsewhere[^]*moved the Space to .*elsewhere/);
    const rights = json('master', 'space', 'rights') as { everybody: { reads: string[] }; members: { name: string; writes: string[] }[] };
    assert.deepEqual(
      rights.members.map(({ name }) => name),
      ['Ada'],
    );
    for (const name of [...rights.everybody.reads, ...rights.members[0]!.writes].filter((one) => /^(logs|areas|previews)\/?/.test(one)))
      assert.ok(fs.existsSync(path.join(base, 'elsewhere', name)) || name.startsWith('areas/'), name);
    assert.match(
      run('master', 'space', 'rights').out,
      /^Masters read and write everything\.\nEvery member:\n {2}reads {3}SNAPSTAGE-HUB\.txt\n/,
    );
    // Somebody has called its folder otherwise.
    fs.renameSync(path.join(base, 'elsewhere'), path.join(base, 'renamed'));
    assert.equal((json('ada', 'space', 'follow', '--hub', '../renamed') as { hub: string }).hub, path.join(base, 'renamed'));
  });

  it('let in who is invited, once, and remove who is to go', () => {
    run('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    const code = invite('Ada');
    run('ada', 'space', 'join', code, '--yes');
    names();
    const second = run('bob', 'space', 'join', code, '--yes');
    assert.deepEqual([second.status, /can’t be used any more: it has been used/.test(second.err)], [3, true]);
    const wrong = run('bob', 'space', 'join', `${code.slice(0, -1)}${code.endsWith('x') ? 'y' : 'x'}`, '--yes');
    assert.deepEqual([wrong.status, /This is not an invite/.test(wrong.err)], [2, true]);
    const withdrawn = invite('Bob');
    assert.equal(run('master', 'space', 'withdraw', 'Bob').status, 0);
    assert.match(run('bob', 'space', 'join', withdrawn, '--yes').err, /it was withdrawn/);
    assert.equal(run('master', 'space', 'remove', 'Ada').status, 3);
    assert.equal(run('master', 'space', 'remove', 'Ada', '--yes').status, 0);
    assert.match(run('ada', 'space', 'status').out, /Its membership has ended: it was removed/);
    assert.match(run('ada', 'space', 'invite', 'Eve').err, /Only the Master of the Space can do this/);
  });

  it('get a Master back by the recovery code', () => {
    const { recoveryCode } = json('master', 'space', 'create', 'Econometrics', '--hub', 'hub') as { recoveryCode: string };
    fs.rmSync(path.join(base, 'master'), { recursive: true });
    assert.match(run('bob', 'space', 'recover', 'nonsense', '--hub', 'hub').err, /This is not a recovery code/);
    const recovered = json('bob', 'space', 'recover', recoveryCode, '--hub', 'hub') as { me: { role: string }; name: string };
    assert.deepEqual([recovered.me.role, recovered.name], ['master', 'Econometrics']);
    assert.equal(run('bob', 'space', 'invite', 'Ada').status, 0);
    const { members } = json('bob', 'space', 'members') as { members: { id: string; role: string; isMe: boolean }[] };
    const lost = members.find(({ role, isMe }) => role === 'master' && !isMe)!.id.slice(0, 12);
    const refused = run('bob', 'space', 'remove', lost, '--yes');
    assert.deepEqual([refused.status, /only be removed with the recovery code/.test(refused.err)], [3, true]);
    assert.equal(run('bob', 'space', 'remove', lost, '--code', recoveryCode, '--yes').status, 0);
    const left = json('bob', 'space', 'members') as typeof recovered & { members: { role: string; isMe: boolean }[] };
    assert.deepEqual(
      left.members.map(({ role, isMe }) => [role, isMe]),
      [['master', true]],
    );
  });

  it('are left, or joined anew, by who has lost the keys', () => {
    json('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    for (const name of ['ada', 'bob']) json(name, 'space', 'join', invite(name), '--yes');
    names();
    for (const name of ['ada', 'bob']) fs.rmSync(people.home(name), { recursive: true });
    assert.match(run('ada', 'space', 'status').err, /The keys of this instance are not in .*, or join the Space again with a new invite\./);
    assert.equal(run('ada', 'space', 'leave').status, 3);
    assert.equal(run('ada', 'space', 'leave', '--yes').out, 'Left its Space.\n');
    assert.equal(run('ada', 'space', 'status').out, 'This instance belongs to no Space.\n');
    json('bob', 'space', 'join', invite('bob', '--succeeds', 'bob'), '--yes');
    assert.deepEqual(names().toSorted(), [' master member', 'ada editor member', 'bob editor member', 'bob editor removed']);
  });

  it('say what is wrong with what is asked for, and do nothing by a dry run', () => {
    assert.deepEqual(
      [
        ['space', 'create', 'X'],
        ['space', 'status'],
        ['space', 'members'],
        ['space', 'create', 'X', '--hub', 'hub', '--dry-run'],
        ['space', 'recover', 'R1'],
        ['space', 'set', 'Ada'],
        ['space', 'invite', 'Ada', '--role', 'king'],
      ].map((argv) => run('bob', ...argv).status),
      [2, 0, 1, 0, 2, 2, 2],
    );
    assert.equal(fs.existsSync(path.join(base, 'hub')), false);
    run('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    const again = run('master', 'space', 'create', 'Another', '--hub', 'hub');
    assert.deepEqual([again.status, /belongs to a Space already/.test(again.err)], [3, true]);
    fs.renameSync(path.join(base, 'hub'), path.join(base, 'gone'));
    const gone = run('master', 'space', 'status');
    assert.deepEqual([gone.status, /The hub .*hub can’t be reached/.test(gone.err)], [1, true]);
    assert.match(run('master', 'space', 'status', '--offline').out, /^“Econometrics”, hub/);
  });
});
