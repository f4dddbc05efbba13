/** What is handed out at the command line and applied at once in another folder of the same user. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { People, type Ran } from '../support/people.ts';

interface Told {
  readonly direct: readonly { readonly name: string; readonly folder: string; readonly state: string; readonly reason: string | null }[];
}

describe('cli: directly', () => {
  let people: People;
  let second: string;

  beforeEach(() => {
    people = new People();
    second = people.folder('second');
    people.ran('master', ['init']);
    people.run('master', ['space', 'create', 'Econometrics', '--hub', people.hub]);
    const { code } = people.run('master', ['space', 'invite', 'Test student']) as { code: string };
    people.run('master', ['init'], second);
    people.run('master', ['space', 'join', code, '--yes'], second);
    people.run('master', ['space', 'members']);
    people.write('master', 'hw/task.md', 'task');
    people.run('master', ['stage', 'add', path.join(people.folder('master'), 'hw')]);
  });
  afterEach(() => people.gone());

  const master = (...argv: readonly string[]): Ran => people.ran('master', argv);

  it('says where, and does it unless it is told not to', () => {
    assert.match(master('distribute', '--dry-run').out, /At once, if it is for it: Test student in .*second/);
    assert.doesNotMatch(master('distribute', '--dry-run', '--no-direct').out, /At once/);
    const left = people.run('master', ['distribute', '--no-direct']) as Told;
    assert.deepEqual([left.direct, people.isThere('second', 'hw/task.md')], [[], false]);
    const made = people.run('master', ['distribute']) as Told;
    assert.deepEqual(
      [made.direct.map(({ name, folder, state }) => [name, folder, state]), people.read('second', 'hw/task.md')],
      [[['Test student', second, 'applied']], 'task'],
    );
    const id = (people.run('master', ['distributions']) as { id: string }[])[0]!.id;
    assert.match(master('distributions', id.slice(0, 12)).out, /^\w+\n  hw\/, overwrite\nTest student\treceived\t\S/);
    assert.deepEqual([master('distributions', 'ffff').status, master('distributions', '').status], [1, 1]);
    assert.match(master('space', 'members').out, /^Test student\t.*\tmember\t\D*\d.*\t\w+$/m);
    assert.match(master('recall', path.join(people.folder('master'), 'hw')).out, /Applied at Test student in .*second: 1 deleted\./);
    assert.equal(people.isThere('second', 'hw/task.md'), false);
    people.run('master', ['config', 'receive', 'ask'], second);
    assert.match(master('distribute').out, /Left for later at Test student in .*second: It is asked first there\./);
    assert.equal(people.ran('master', ['config', 'receive', 'never'], second).status, 2);
  });
});
