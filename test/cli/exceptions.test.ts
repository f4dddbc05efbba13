/** Another strategy for one object at one member, from the command line. */
import assert from 'node:assert/strict';
import path from 'node:path';
import type { DistributionPreview } from '../../src/engine/previewApi.ts';
import { People } from '../support/people.ts';

describe('cli: exceptions', () => {
  let people: People;
  beforeEach(() => (people = new People()));
  afterEach(() => people.gone());

  it('are shown before they are made, hold at one member for one file, and are in the audit trail', () => {
    const at = (name: string, one: string): string => path.join(people.base, name, one);
    for (const name of ['master', 'ada', 'bob']) people.ran(name, ['init']);
    people.write('master', 'hw1/task.md', 'task');
    people.write('master', 'hw1/data.csv', 'a,b\n');
    people.run('master', ['space', 'create', 'Econometrics', '--hub', 'hub']);
    for (const name of ['ada', 'bob']) {
      for (const file of ['task.md', 'data.csv']) people.write(name, `hw1/${file}`, `${name}’s`);
      const { code } = people.run('master', ['space', 'invite', name]) as { code: string };
      people.run(name, ['space', 'join', code, '--yes']);
    }
    people.run('master', ['space', 'members']);
    for (const name of ['ada', 'bob']) people.run(name, ['space', 'status']);
    people.run('master', ['stage', 'add', at('master', 'hw1')]);

    const exceptions = ['--strategy-at', `ada:${at('master', 'hw1/task.md')}=skip`];
    const shown = people.run('master', ['preview', ...exceptions]) as DistributionPreview;
    assert.deepEqual(
      shown.targets.map(({ name, becomes, exceptions: own }) => [name, becomes, own]),
      [
        ['ada', ['replaced', 'kept'], [{ path: 'hw1/task.md', table: null, strategy: 'skip' }]],
        ['bob', ['replaced', 'replaced'], []],
      ],
    );
    assert.match(people.ran('master', ['preview', ...exceptions]).out, /^ada: hw1\/task\.md {2}skip$/m);
    assert.match(
      people.ran('master', ['distribute', ...exceptions, '--dry-run']).out,
      /^ {2}hw1\/ {2}overwrite\n {2}ada: hw1\/task\.md {2}skip$/m,
    );
    const wrong = people.ran('master', ['distribute', '--to', 'bob', ...exceptions]);
    assert.deepEqual([wrong.status, wrong.err.includes('Nothing of this goes to ada')], [3, true]);

    people.run('master', ['distribute', ...exceptions]);
    for (const name of ['ada', 'bob']) assert.equal(people.ran(name, ['receive']).status, 0);
    assert.deepEqual(
      ['ada', 'bob'].map((name) => ['task.md', 'data.csv'].map((file) => people.read(name, `hw1/${file}`))),
      [
        ['ada’s', 'a,b\n'],
        ['task', 'a,b\n'],
      ],
    );
    assert.match(people.ran('master', ['audit']).out, /made exceptions for ada: skip for hw1\/task\.md/);
    assert.doesNotMatch(people.ran('bob', ['audit']).out, /exceptions/);
  });
});
