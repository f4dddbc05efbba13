/** The audit trail from the command line. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import path from 'node:path';
import type { AuditEntry, AuditReport } from '../../src/engine/auditApi.ts';
import { actionText, auditColumns, reportLines } from '../../src/cli/render/audit.ts';
import { createFormats } from '../../src/cli/render/format.ts';
import { People, type Ran } from '../support/people.ts';
import { fakeEngine, runFake } from './fakes.ts';

const formats = createFormats('en', 'UTC');

const entry: AuditEntry = {
  id: 'ab'.repeat(32),
  by: { id: '1'.repeat(32), name: null, role: 'master' },
  sequence: 7,
  depth: 9,
  audience: 'editors',
  kind: 'distribute',
  opened: 'yes',
  about: null,
  assignment: null,
  facts: { paths: ['hw1', 'hw2/\u001b[2J'], strategy: 'ask', message: 'Week 1' },
  at: '2026-11-21T10:00:00.000Z',
  after: ['cd'.repeat(32), 'ef'.repeat(32)],
  before: null,
  state: 'counts',
};

describe('cli: audit in words', () => {
  it('says what was done, and hides nothing that moves the cursor', () => {
    assert.equal(actionText(entry), 'distributed hw1, hw2/\\x1b[2J to editors (ask): “Week 1”');
    const cells = auditColumns([entry, { ...entry, id: 'cd'.repeat(32), state: 'late' }], formats);
    const row = (one: AuditEntry): string[] => cells.map(({ cell }) => cell(one));
    assert.deepEqual(row(entry).slice(0, 3), ['abababab', 'Master', '7']);
    // What stands before it in its own log goes without saying.
    assert.equal(row(entry)[5], 'efefefef');
    assert.match(row({ ...entry, state: 'late' })[6]!, /^not counted: after the end/);
    const other = (change: Partial<AuditEntry>): string => actionText({ ...entry, facts: {}, ...change });
    assert.equal(other({ opened: 'sealed', audience: `vault-${'1'.repeat(32)}` }), 'something sealed for one member and the Masters');
    assert.equal(other({ opened: 'unknown', kind: 'vote' }), 'something that this version does not know: vote');
    const about = { id: '2'.repeat(32), name: 'Ada', role: 'editor' } as const;
    assert.deepEqual(
      ['admit', 'remove', 'certify'].map((kind) => other({ kind, about })),
      ['let Ada in', 'removed Ada', 'made Ada a Master'],
    );
    assert.equal(
      other({ kind: 'exception', about, facts: { skip: ['hw1/a', 'b\u001b[2J'], ask: ['shop.db: orders'] } }),
      'made exceptions for Ada: skip for hw1/a, b\\x1b[2J; ask for shop.db: orders',
    );
    assert.equal(
      other({ kind: 'acknowledge', facts: { distribution: 'abcdef0123', created: 2, waiting: 1 } }),
      'applied abcdef01: 2 created, 1 waiting',
    );
  });

  it('names what is damaged apart from what was refused, and says what no check can tell', () => {
    const finding = { log: null, sequence: null, record: null };
    const report: AuditReport = {
      space: '8'.repeat(32),
      name: 'Econometrics',
      reads: 'own',
      records: 12,
      logs: 2,
      exported: { by: entry.by, at: '2026-11-21T10:00:00.000Z' },
      findings: [
        { ...finding, kind: 'missing', isDamage: true, message: 'Record 3 is missing.' },
        { ...finding, kind: 'late', isDamage: false, message: 'Record 9 came late.' },
      ],
      isDamaged: true,
      limits: ['Clocks lie.'],
    };
    assert.deepEqual(reportLines(report, formats), [
      'Checked 12 records of 2 logs of “Econometrics” (Space 88888888): 1 part damaged.',
      'Exported by Master, Nov 21, 2026, 10:00:00 AM UTC by its clock.',
      'damaged  Record 3 is missing.',
      'noted  Record 9 came late.',
      'What no check can tell:',
      '  Clocks lie.',
    ]);
  });

  it('refuses what makes no sense together, and exports nothing by a dry run', async () => {
    assert.equal((await runFake(['audit', '--verify', '--export', 'x'])).code, 2);
    assert.equal((await runFake(['audit', 'x'])).code, 2);
    const engine = fakeEngine();
    const plan = await runFake(['audit', '--export', 'x', '--dry-run', '--json'], { engine });
    assert.deepEqual([plan.code, engine.calls.some(({ name }) => name === 'exportAudit')], [0, false]);
  });
});

describe('cli: audit', () => {
  let people: People;
  let base: string;

  beforeEach(() => {
    people = new People();
    base = people.base;
    fs.mkdirSync(people.folder('nowhere'));
  });
  afterEach(() => people.gone());

  const run = (name: string, ...argv: readonly string[]): Ran => people.ran(name, argv);
  const json = (name: string, ...argv: readonly string[]): unknown => people.run(name, argv);

  it('lists, checks and exports; a file is checked where there is no instance, and damage is an exit code', () => {
    run('master', 'init');
    run('ada', 'init');
    run('master', 'space', 'create', 'Econometrics', '--hub', 'hub');
    const { code } = json('master', 'space', 'invite', 'Ada') as { code: string };
    run('ada', 'space', 'join', code, '--yes');
    run('master', 'space', 'status');
    assert.match(run('master', 'audit').out, /\tAda\t1\tasked for a place\t/);
    assert.match(run('master', 'audit', '--verify').out, /^Checked \d+ records of 3 logs of “Econometrics” \(Space \w{8}\): all well\.\n/);
    assert.match(run('ada', 'audit').out, /something sealed for Masters/);

    assert.match(run('master', 'audit', '--export', 'trail.jsonl').out, /^Wrote \d+ records to .*trail\.jsonl/);
    assert.equal(run('master', 'audit', '--export', 'trail.jsonl').status, 3);
    const good = run('nowhere', 'audit', '--verify', 'trail.jsonl');
    assert.deepEqual([good.status, /all well\.\nExported by Master, /.test(good.out)], [0, true]);
    const file = path.join(base, 'trail.jsonl');
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.writeFileSync(file, lines.toSpliced(4, 1).join('\n'));
    const bad = run('nowhere', 'audit', '--verify', 'trail.jsonl');
    assert.equal(bad.status, 5);
    assert.match(bad.out, /damaged {2}The file is not, as a whole, what its writer signed/);
    assert.match(bad.err, /^snapstage: \d+ parts of the trail damaged\.\n$/);
    fs.writeFileSync(file, 'no trail');
    assert.deepEqual(
      [run('nowhere', 'audit', '--verify', 'trail.jsonl').status, run('nowhere', 'audit', '--verify', 'none').status],
      [5, 1],
    );
    assert.match(run('nowhere', 'audit').err, /There is no instance in/);

    const log = (json('ada', 'space', 'status') as { me: { id: string } }).me.id;
    const [record] = fs.readdirSync(path.join(base, 'hub', 'logs', log));
    fs.rmSync(path.join(base, 'hub', 'logs', log, record!));
    const lost = run('master', 'audit', '--verify', '--json');
    const report = JSON.parse(lost.out) as AuditReport;
    assert.deepEqual([lost.status, report.isDamaged, report.findings.map(({ kind }) => kind)], [5, true, ['hub-lost']]);
  });
});
