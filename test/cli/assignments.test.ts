/** Assignments from the command line, in the forms that scripts use. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import path from 'node:path';
import { People, type Ran } from '../support/people.ts';

interface HandedIn {
  readonly id: string;
  readonly receipt: string;
  readonly late: boolean;
  readonly files: readonly { readonly path: string }[];
}

describe('cli: assignments', () => {
  let people: People;

  beforeEach(() => {
    people = new People();
    people.write('master', 'hw1/task.md', 'task');
    people.write('master', 'hw1/answer.txt', '');
    json('master', 'space', 'create', 'Course', '--hub', '../hub');
  });
  afterEach(() => people.gone());

  const run = (name: string, ...argv: readonly string[]): Ran => people.ran(name, argv);
  const json = (name: string, ...argv: readonly string[]): unknown => people.run(name, argv);
  const inFolder = (name: string, at: string): string => path.join(people.base, name, at);

  /** Somebody whose folder is not there yet. */
  function joins(name: string): void {
    const { code } = json('master', 'space', 'invite', name) as { code: string };
    json(name, 'space', 'join', code, '--yes');
  }

  it('go their whole way: given, handed in, receipted, collected, graded, returned, on the trail', () => {
    run('master', 'stage', 'add', 'hw1');
    run('master', 'distribute');
    joins('alice');
    assert.ok(fs.existsSync(path.join(people.base, 'hub')), 'the hub is beside the instance');
    // Who joins starts with what was distributed.
    assert.equal(fs.readFileSync(inFolder('alice', 'hw1/task.md'), 'utf8'), 'task');
    const terms = ['--deadline', '2099-12-01T23:59:00+01:00', '--path', 'hw1/', '--limit', '20MB', '--to', 'all'];
    const planned = json('master', 'assignment', 'create', 'HW 1', ...terms, '--dry-run') as {
      plan: { handsOut: string[]; distribution: string | null };
    };
    assert.deepEqual([planned.plan.handsOut, typeof planned.plan.distribution], [[], 'string']);
    const { id } = json('master', 'assignment', 'create', 'HW 1', ...terms) as { id: string };

    const unchanged = json('alice', 'hand-in', id, '--dry-run') as { plan: { warnings: unknown } };
    assert.deepEqual(unchanged.plan.warnings, [{ kind: 'unchanged' }]);
    people.write('alice', 'hw1/answer.txt', '42');
    const done = json('alice', 'hand-in', 'HW 1', '--note', 'there') as HandedIn;
    assert.deepEqual([done.late, done.files.map((file) => file.path)], [false, ['hw1/answer.txt', 'hw1/task.md']]);
    const claimed = json('alice', 'receipt', 'verify', done.receipt) as { isValid: boolean; countersigned: unknown; handIn: string };
    assert.deepEqual([claimed.isValid, claimed.countersigned, claimed.handIn], [true, null, done.id]);

    const collected = json('master', 'collect', id) as { items: { outcome: string; folder: string }[] };
    assert.deepEqual(
      collected.items.map(({ outcome }) => outcome),
      ['collected'],
    );
    assert.equal(fs.readFileSync(path.join(collected.items[0]!.folder, 'hw1/answer.txt'), 'utf8'), '42');
    json('alice', 'assignment', 'show', id);
    assert.match(run('alice', 'receipt', 'verify', done.receipt).out, /^A valid receipt[^]*Countersigned by the Master/);
    const receipt = path.join(people.base, 'receipt.json');
    json('alice', 'receipt', 'save', done.id.slice(0, 8), receipt);
    fs.writeFileSync(receipt, fs.readFileSync(receipt, 'utf8').replace('"files": 2', '"files": 3'));
    assert.deepEqual([run('bob', 'receipt', 'verify', receipt).status, run('alice', 'receipt', 'save', done.id, receipt).status], [5, 3]);

    fs.writeFileSync(path.join(people.base, 'remarks.md'), 'good');
    const remarks = path.join(people.base, 'remarks.md');
    json('master', 'feedback', done.id, '--grade', '=5', '--comment', 'well done', '--file', remarks, '--return');
    assert.match(run('master', 'grades', id, '--csv').out, /,alice,returned,.*,'=5,well done,returned\r\n$/);
    const shown = json('alice', 'assignment', 'show', id) as { mine: { state: string; handIns: { feedback: { grade: string } }[] } };
    assert.deepEqual([shown.mine.state, shown.mine.handIns[0]!.feedback.grade], ['returned', '=5']);
    const back = path.join(people.base, 'back');
    json('alice', 'feedback', done.id, '--save', back);
    assert.equal(fs.readFileSync(path.join(back, 'remarks.md'), 'utf8'), 'good');

    json('master', 'feedback', done.id, '--grade', '6');
    assert.match(run('master', 'assignment', 'show', id).out, /returned, with a newer draft/);
    assert.match(run('alice', 'assignment', 'show', id).out, /feedback: =5/);

    const trail = json('master', 'audit', '--assignment', id) as { entries: { kind: string }[] };
    assert.deepEqual(
      trail.entries.map(({ kind }) => kind),
      ['distribute', 'assign', 'hand-in', 'receipt', 'feedback', 'feedback'],
    );
    assert.equal(run('master', 'audit', '--verify').status, 0);
    assert.match(run('master', 'similarity', id).out, /^Compared 1 hand-in/);
  });

  it('are changed, extended, closed and judged; what is late is refused where it is to be', () => {
    joins('alice');
    const { id } = json(
      'master',
      'assignment',
      'create',
      'HW',
      '--deadline',
      '2020-01-01',
      '--zone',
      'Europe/Berlin',
      '--path',
      'hw1',
      '--late',
      'refuse',
    ) as {
      id: string;
    };
    run('alice', 'receive');
    const late = run('alice', 'hand-in', id, '--json');
    assert.deepEqual([late.status, (JSON.parse(late.out) as { error: { details: { reason: string } } }).error.details.reason], [3, 'late']);
    assert.equal(run('master', 'assignment', 'extend', id, '--to', 'alice').status, 2);
    json('master', 'assignment', 'extend', id, '--to', 'alice', '--deadline', '2099-01-01', '--reason', 'ill');
    const done = json('alice', 'hand-in', id) as HandedIn;
    json('master', 'assignment', 'judge', done.id, '--late', '--reason', 'no');
    const judged = json('master', 'assignment', 'show', id) as { standings: { state: string }[] };
    assert.equal(judged.standings[0]!.state, 'refused');
    json('master', 'assignment', 'edit', id, '--close');
    assert.equal(run('alice', 'hand-in', id).status, 3);
    json('master', 'assignment', 'edit', id, '--reopen', '--late', 'accept', '--title', 'Homework');
    assert.equal((json('alice', 'hand-in', 'Homework') as HandedIn).late, false);
    assert.equal(run('master', 'assignment', 'edit', id).status, 2);
    assert.equal(run('master', 'assignment', 'create', 'X', '--path', 'hw1', '--deadline', 'tomorrow').status, 2);
    assert.equal(run('alice', 'assignment', 'create', 'X', '--path', 'hw1', '--deadline', '2099-01-01').status, 3);
    assert.equal(run('master', 'collect', id, '--to', inFolder('master', 'copies')).status, 3);
  });
});
