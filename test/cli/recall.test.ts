/** Recalls, pulls and what was distributed, from the command line. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { People, type Ran } from '../support/people.ts';

describe('cli: what was distributed', () => {
  let people: People;
  let base: string;

  beforeEach(() => {
    people = new People();
    base = people.base;
    for (const name of ['master', 'ada']) people.ran(name, ['init']);
  });
  afterEach(() => people.gone());

  const run = (name: string, ...argv: readonly string[]): Ran => people.ran(name, argv);
  const json = (name: string, ...argv: readonly string[]): unknown => people.run(name, argv);

  const write = (name: string, at: string, text: string): void => people.write(name, at, text);
  const read = (name: string, at: string): string => people.read(name, at);
  const isThere = (name: string, at: string): boolean => people.isThere(name, at);

  function openRoom(): void {
    json('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    const { code } = json('master', 'space', 'invite', 'Ada') as { code: string };
    json('ada', 'space', 'join', code, '--yes');
    json('master', 'space', 'members');
  }

  function handOut(...paths: readonly string[]): string {
    run('master', 'stage', 'clear', '--yes');
    assert.equal(run('master', 'stage', 'add', ...paths.map((one) => path.join(base, 'master', one))).status, 0);
    return (json('master', 'distribute', '--message', 'Week 1') as { id: string }).id;
  }

  const at = (name: string, one: string): string => path.join(base, name, one);

  it('is read, compared, pulled back, recalled and undone', () => {
    write('master', 'hw1/task.md', 'task');
    write('master', 'hw1/data.csv', 'a,b\n');
    openRoom();
    const first = handOut('hw1');
    assert.equal(run('ada', 'receive').status, 0);
    write('ada', 'hw1/task.md', 'spoilt');
    assert.match(run('ada', 'ls', 'distributed', '-R').out, /hw1\/task\.md/);
    assert.equal(run('ada', 'cat', 'distributed', at('ada', 'hw1/task.md')).out, 'task');
    assert.match(run('ada', 'diff', 'distributed', 'current').out, /hw1\/task\.md/);
    const dry = json('ada', 'pull', at('ada', 'hw1'), '--dry-run') as { plan: { counts: { replaced: number } } };
    assert.equal(dry.plan.counts.replaced, 1);
    const unasked = run('ada', 'pull', at('ada', 'hw1'));
    assert.deepEqual([unasked.status, read('ada', 'hw1/task.md')], [3, 'spoilt']);
    const pulled = json('ada', 'restore', 'distributed', at('ada', 'hw1'), '--yes') as { outcome: { counts: { replaced: number } } };
    assert.deepEqual([pulled.outcome.counts.replaced, read('ada', 'hw1/task.md')], [1, 'task']);
    assert.equal(run('ada', 'undo').status, 0);
    assert.equal(read('ada', 'hw1/task.md'), 'spoilt');

    assert.match(
      run('master', 'recall', at('master', 'hw1'), '--dry-run').out,
      /^Would take back hw1 of 1 distribution from all who got it:\n  .*Week 1/,
    );
    const recalled = json('master', 'recall', at('master', 'hw1'), '--for', 'others', '--message', 'too early') as {
      plan: { distributions: { id: string }[] };
      outcome: { targets: { name: string; state: string }[] }[];
    };
    assert.deepEqual(
      [
        recalled.plan.distributions.map(({ id }) => id),
        recalled.outcome.map(({ targets }) => targets.map(({ name, state }) => `${name} ${state}`)),
      ],
      [[first], [['Ada sent']]],
    );
    assert.match(run('ada', 'inbox').out, /new.*too early/);
    assert.match(run('ada', 'receive').out, /1 kept, 1 deleted\.\n  D {2}hw1\/data\.csv\n  = {2}hw1\/task\.md/);
    assert.deepEqual([read('ada', 'hw1/task.md'), isThere('ada', 'hw1/data.csv')], ['spoilt', false]);
    assert.match(run('master', 'recalls').out, /hw1.*too early\n.*Ada keeps hw1\/task\.md/);
    const even = ['recall', at('master', 'hw1'), '--for', 'Ada', '--even-edited'];
    assert.equal(run('master', ...even).status, 3);
    assert.equal(run('master', ...even, '--yes').status, 0);
    assert.equal(run('ada', 'receive').status, 0);
    assert.equal(isThere('ada', 'hw1'), false);

    write('ada', 'own.txt', 'own');
    write('master', 'own.txt', 'the Master’s');
    const second = handOut('own.txt');
    assert.equal(run('ada', 'receive').status, 0);
    assert.equal(read('ada', 'own.txt'), 'the Master’s');
    assert.match(run('master', 'undo-distribution', second, '--dry-run').out, /^Would put back what .* changed/);
    const undone = json('master', 'undo-distribution', second) as { outcome: { kind: string; distributions: string[] } };
    assert.deepEqual([undone.outcome.kind, undone.outcome.distributions], ['undo', [second]]);
    assert.equal(run('ada', 'receive').status, 0);
    assert.equal(read('ada', 'own.txt'), 'own');
    assert.equal(run('master', 'undo-distribution', second).status, 3);
  });

  it('is told to be none where there is none', () => {
    write('ada', 'a', 'a');
    const statuses = [
      ['recall'],
      ['recall', 'a'],
      ['recalls'],
      ['undo-distribution', 'abcd'],
      ['pull'],
      ['pull', at('ada', 'a')],
      ['ls', 'distributed'],
      ['distribute', '--to', 'me', '--to', 'all'],
      ['distribute', '--to', 'me'],
    ].map((argv) => run('ada', ...argv).status);
    assert.deepEqual(statuses, [2, 1, 1, 1, 2, 1, 1, 2, 3]);
    assert.match(run('ada', 'pull', at('ada', 'a')).err, /belongs to no Space/);
    json('ada', 'take', '--name', 'distributed');
    assert.equal(run('ada', 'ls', 'distributed').status, 0);
  });

  it('may be what is staged from a snapshot, for this folder alone', () => {
    write('ada', 'a.txt', 'a');
    json('ada', 'take', '--name', 'start');
    write('ada', 'a.txt', 'b');
    json('ada', 'stage', 'add', at('ada', 'a.txt'), '--from', 'start');
    assert.match(run('ada', 'distribute', '--to', 'me', '--dry-run').out, /R {2}a\.txt\nWould be: 1 replaced\./);
    assert.equal(run('ada', 'distribute', '--to', 'me').status, 3);
    assert.equal(run('ada', 'distribute', '--to', 'me', '--strategy', 'rename').status, 0);
    assert.deepEqual([read('ada', 'a.txt'), read('ada', 'a (from Stage).txt')], ['b', 'a']);
    const done = json('ada', 'distribute', '--to', 'me', '--yes') as { outcome: { safety: { kind: string } } };
    assert.deepEqual([done.outcome.safety.kind, read('ada', 'a.txt')], ['automatic', 'a']);
    assert.equal(run('ada', 'undo').status, 0);
    assert.equal(read('ada', 'a.txt'), 'b');
  });
});
