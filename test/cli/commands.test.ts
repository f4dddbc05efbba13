import assert from 'node:assert/strict';
import path from 'node:path';
import { SnapstageError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { EngineApi } from '../../src/engine/api.ts';
import {
  course,
  fakeEngine,
  id,
  reclaimPlan,
  restoreOutcome,
  restorePlan,
  runFake,
  snapshot,
  status,
  storage,
  storedFolder,
  thinPlan,
  why,
} from './fakes.ts';
import { noCounts } from '../support/restoreCounts.ts';
import type { FakeEngine, Run } from './fakes.ts';

const names = (engine: FakeEngine): string[] => engine.calls.map((call) => call.name).filter((name) => name !== 'dispose');
const requests = (engine: FakeEngine): unknown[] => engine.calls.filter((call) => call.name !== 'dispose').map((call) => call.request);

/** Runs a command against an engine with the given answers. */
async function against(overrides: Partial<EngineApi>, ...argv: string[]): Promise<Run> {
  return runFake(argv, { engine: fakeEngine(overrides) });
}

/** Runs a command that must end with an error document, and gives that. */
async function errorOf(engine: EngineApi, ...argv: string[]): Promise<{ code: string; message: string; details: Record<string, unknown> }> {
  const failed = await runFake([...argv, '--json'], { engine });
  assert.notEqual(failed.code, 0);
  const document = failed.json() as { error: { code: string; message: string; details: Record<string, unknown> } };
  assert.deepEqual(Object.keys(document), ['error']);
  return document.error;
}

describe('cli: JSON', () => {
  it('is what the engine says, for what only shows', async () => {
    const entry = { path: 'a', kind: 'file' as const, size: 3, mode: 0o644, modified: '2026-11-20T13:02:03.004005006Z', id: id('c') };
    const diff = { added: [{ path: 'n\u001b\udce9', kind: 'file' as const, size: 1 }], changed: [], removed: [], moved: [] };
    const found = [{ path: 'a', kind: 'file' as const, current: true, snapshots: 1, newest: id('a'), oldest: id('a') }];
    const versions = [{ entry, states: [id('a')], since: snapshot.created }];
    assert.deepEqual((await against({}, 'list', '--json')).json(), [snapshot]);
    assert.deepEqual((await against({}, 'show', 'latest', '--json')).json(), snapshot);
    assert.deepEqual((await against({}, 'status', '--json')).json(), status);
    assert.deepEqual((await against({ ls: async () => [entry] }, 'ls', 'latest', '--json')).json(), [entry]);
    assert.deepEqual((await against({ diff: async () => diff }, 'diff', 'latest', '--json')).json(), diff);
    assert.deepEqual((await against({ find: async () => ({ count: 1, paths: found }) }, 'find', '*', '--json')).json(), found);
    assert.deepEqual((await against({ history: async () => versions }, 'history', 'a', '--json')).json(), versions);
  });

  it('of a long list is one document, and its lines are all there, however they are written', async () => {
    const entry = { kind: 'file' as const, size: 3, mode: 0o644, modified: '2026-11-20T13:02:03.004005006Z', id: id('c') };
    for (const length of [2047, 2048, 2049, 5000]) {
      const entries = Array.from({ length }, (_, at) => ({ path: `file-${at}`, ...entry }));
      const listed = await against({ ls: async () => entries }, 'ls', 'latest', '--json');
      assert.equal(listed.out, `${JSON.stringify(entries)}\n`);
      const { out } = await against({ ls: async () => entries }, 'ls', 'latest');
      assert.deepEqual(
        out.split('\n').map((line) => line.split('\t').at(-1)),
        [...entries.map(({ path: name }) => name), ''],
      );
    }
  });

  it('of list and take has the promised fields', async () => {
    const promised = ['id', 'name', 'description', 'kind', 'created', 'consistency', 'pinned', 'files', 'bytes', 'addedBytes'];
    const [listed] = (await against({}, 'list', '--json')).json() as object[];
    const taken = (await against({}, 'take', '--json')).json() as object;
    for (const field of promised) assert.ok(listed !== undefined && field in listed && field in taken, field);
    for (const field of ['excluded', 'unreadable', 'evidence']) assert.ok(field in taken, field);
  });

  it('is one document on one line, whatever is in it', async () => {
    for (const argv of [
      ['init'],
      ['status'],
      ['take'],
      ['undo'],
      ['verify'],
      ['compact'],
      ['recover', '--undo'],
      ['pin', 'x'],
      ['clone', 'x', 'y'],
      ['export', 'x', 'y'],
      ['import', 'y'],
      ['copy', 'x', 'y'],
    ]) {
      const done = await runFake([...argv, '--json']);
      assert.equal(done.code, 0, argv.join(' '));
      assert.match(done.out, /^[^\n]+\n$/);
      done.json();
      assert.equal(done.err, '');
    }
  });

  it('of a restore is its plan and the outcome for each item', async () => {
    const problems = [{ path: 'b.txt', reason: 'permission denied' }];
    const done = await against({ restore: async () => ({ ...restoreOutcome, problems }) }, 'restore', 'latest', '--yes', '--json');
    const { plan, outcome } = done.json() as { plan: Record<string, unknown>; outcome: { items: unknown[]; safety: { id: string } } };
    assert.deepEqual(plan['items'], restorePlan.items);
    assert.deepEqual(plan['counts'], restorePlan.counts);
    assert.deepEqual(outcome.items.slice(0, 2), [
      { path: 'a.txt', action: 'replace', outcome: 'done' },
      { path: 'b.txt', action: 'replace', outcome: 'failed', problem: 'permission denied' },
    ]);
    assert.equal(outcome.items.length, restorePlan.items.length);
    assert.equal(outcome.safety.id, id('5'));
    assert.equal(done.code, 1);
    assert.match(done.err, /b\.txt: permission denied/);
  });

  it('of a delete is its plan and the outcome for each snapshot', async () => {
    assert.deepEqual((await against({}, 'delete', 'latest', '--dry-run', '--json')).json(), {
      plan: { snapshots: [snapshot], blocked: [] },
    });
    const done = (await against({}, 'delete', 'latest', '--yes', '--json')).json() as { outcome: unknown };
    assert.deepEqual(done.outcome, { items: [{ id: id('a'), name: snapshot.name, outcome: 'deleted' }] });
  });
});

describe('cli: exit codes', () => {
  const codes: Record<ErrorCode, number> = {
    usage: 2,
    'not-found': 1,
    ambiguous: 1,
    exists: 3,
    refused: 3,
    busy: 3,
    'in-use': 3,
    'stale-plan': 3,
    conflict: 4,
    damaged: 5,
    'newer-format': 1,
    'no-space': 1,
    io: 1,
    cancelled: 130,
    bug: 1,
  };

  it('follow the error, which is a sentence or a document', async () => {
    for (const [code, exit] of Object.entries(codes)) {
      const take = (): Promise<never> =>
        Promise.reject(new SnapstageError(code as ErrorCode, 'It went wrong with a\u001bb.', { path: 'a\u001bb' }));
      const told = await against({ take }, 'take');
      assert.equal(told.code, exit, code);
      assert.equal(told.out, '');
      assert.ok(told.err.startsWith('snapstage: It went wrong with a\\x1bb.\n'), told.err);
      const error = await errorOf(fakeEngine({ take }), 'take');
      assert.deepEqual(error, { code, message: 'It went wrong with a\u001bb.', details: { path: 'a\u001bb' } });
    }
  });

  it('know system errors and mistakes', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/x' });
    const told = await against({ take: () => Promise.reject(full) }, 'take');
    assert.equal(told.code, 1);
    assert.match(told.err, /No space left.*\n.*Make room/);
    const mistake = await against({ take: () => Promise.reject(new RangeError('index')) }, 'take');
    assert.equal(mistake.code, 1);
    assert.match(mistake.err, /RangeError: index/);
  });

  it('is 1 for a partial snapshot, which is taken and named', async () => {
    const partial = { ...snapshot, partial: true, unreadable: [{ path: 'se\u001bcret', reason: 'permission denied' }] };
    const told = await against({ take: async () => partial }, 'take');
    assert.equal(told.code, 1);
    assert.match(told.out, /Took snapshot aaaaaaaa/);
    assert.match(told.err, /partial: 1 entry could not be read/);
    assert.match(told.err, /^ {2}se\\x1bcret: permission denied$/m);
    const document = await against({ take: async () => partial }, 'take', '--json');
    assert.equal(document.code, 1);
    assert.deepEqual(document.json(), partial);
    assert.match(document.err, /se\\x1bcret/);
  });

  it('is 5 for damage, healed or not', async () => {
    const damage = [{ part: 'packs/01', problem: 'checksum', healed: false, affected: [{ snapshot: id('a'), path: 'x' }] }];
    const report = { snapshots: 1, packs: 1, objects: 2, bytesRead: 0, damage };
    const told = await against({ verify: async () => report }, 'verify', '--read-data');
    assert.equal(told.code, 5);
    assert.match(told.out, /1 part damaged\.\ndamaged {2}packs\/01: checksum\n {2}affects x in snapshot aaaaaaaa/);
    const document = await against({ verify: async () => report }, 'verify', '--json');
    assert.equal(document.code, 5);
    assert.deepEqual(document.json(), report);
  });

  it('says how to go on when something is in use', async () => {
    const take = (): Promise<never> => Promise.reject(new SnapstageError('in-use', 'prices.db is being written.'));
    assert.match((await against({ take }, 'take')).err, /--force/);
  });

  it('lists the candidates of an ambiguous state', async () => {
    const show = (): Promise<never> =>
      Promise.reject(new SnapstageError('ambiguous', '"aa" fits 2 snapshots.', { candidates: [id('a'), 'aab'] }));
    assert.match((await against({ show }, 'show', 'aa')).err, new RegExp(`\n {2}${id('a')}\n {2}aab\n`));
  });
});

describe('cli: labels and taking', () => {
  it('hands over what was given, and nothing else', async () => {
    const engine = fakeEngine();
    for (const argv of [
      ['take'],
      ['take', '--name', 'n', '--description', 'd', '--pin', '--force'],
      ['edit', 'x', '--name', ''],
      ['edit', 'x', '--description', 'd', '--name', 'n'],
      ['pin', 'x'],
      ['unpin', 'x'],
      ['verify', '--read-data'],
    ]) {
      assert.equal((await runFake(argv, { engine })).code, 0);
    }
    assert.deepEqual(requests(engine), [
      { pin: false, force: false },
      { name: 'n', description: 'd', pin: true, force: true },
      { state: 'x', name: null },
      { state: 'x', name: 'n', description: 'd' },
      { state: 'x', pinned: true },
      { state: 'x', pinned: false },
      { readData: true },
    ]);
  });

  it('changes nothing with --dry-run', async () => {
    const engine = fakeEngine();
    const all = [
      ['init'],
      ['take'],
      ['edit', 'x', '--name', 'n'],
      ['pin', 'x'],
      ['delete', 'x', '--yes'],
      ['restore', 'x', '--yes'],
      ['undo'],
      ['clone', 'x', 'y'],
      ['export', 'x', 'y'],
      ['import', 'y'],
      ['copy', 'x', 'y'],
    ];
    for (const argv of all) {
      for (const json of [[], ['--json']]) {
        const done = await runFake([...argv, '--dry-run', ...json], { engine });
        assert.equal(done.code, 0, argv.join(' '));
        if (json.length > 0) assert.ok('plan' in (done.json() as object));
      }
    }
    assert.deepEqual([...new Set(names(engine))].toSorted(), [
      'planCopy',
      'planDelete',
      'planImport',
      'planRestore',
      'planUndo',
      'show',
      'status',
    ]);
  });

  it('prints the id alone with --quiet', async () => {
    assert.equal((await runFake(['take', '--quiet'])).out, `${id('a')}\n`);
    assert.equal((await runFake(['pin', 'x', '--quiet'])).out, '');
  });
});

describe('cli: room', () => {
  it('is shown by snapshot, and by what is heaviest to a person', async () => {
    assert.deepEqual((await against({}, 'reclaim', '--json')).json(), { ...storage, folders: storedFolder });
    assert.match((await against({}, 'reclaim')).out, new RegExp(`^${id('a')}\\t[^\\n]*\\t100 kB\\n$`));
    const told = await runFake(['reclaim'], { terminal: true });
    assert.match(told.out, /The store takes 400 kB: 250 kB of it several snapshots share\. 5 GB free/);
    assert.match(told.out, /`snapstage compact` would give back 50 kB/);
    assert.match(told.out, /300 kB {2}data\//);
  });

  it('is shown by what lies in a folder', async () => {
    const engine = fakeEngine();
    const told = await runFake(['reclaim', '--below', 'data/', '--json'], { engine });
    assert.deepEqual(told.json(), storedFolder);
    assert.deepEqual(engine.calls[0], { name: 'storedFolder', request: { path: 'data' } });
    assert.equal((await runFake(['reclaim', '--below', '.'])).out, '300 kB\t40 kB\t2\tdata/\n');
    const more = { ...storedFolder, more: { count: 2, stored: 1500 } };
    const { out } = await runFake(['reclaim', '--below', '.'], { terminal: true, engine: fakeEngine({ storedFolder: async () => more }) });
    assert.match(out, /All of it takes 350 kB in all snapshots together\. 2 entries more take 1\.5 kB\./);
    assert.equal((await runFake(['reclaim', '--below', '.', '--free', '1GB'])).code, 2);
    assert.equal((await runFake(['reclaim', '--below', '..'])).code, 2);
  });

  it('is warned of where the budget is passed or the disk gets full', async () => {
    const warnings = [
      { kind: 'budget', bytes: 21e9, budget: 20e9 },
      { kind: 'disk', free: 1e9, wanted: 5e9 },
    ] as const;
    const room = { disk: { free: 1e9, total: 100e9 }, wanted: 5e9, budget: 20e9, warnings };
    const { out } = await against({ status: async () => ({ ...status, room }) }, 'status');
    assert.match(out, /The store takes 21 GB, and its budget is 20 GB: `snapstage reclaim --free SIZE`/);
    assert.match(out, /Only 1 GB are free on the disk; the next snapshots may need 5 GB/);
    assert.equal((await against({}, 'status')).out.includes('budget'), false);
  });

  it('has a budget that is chosen as a size', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['config', 'budget', '20 GB'], { engine })).out, 'budget = 20 GB\n');
    assert.deepEqual(engine.calls[0], { name: 'config', request: { budget: 20e9 } });
  });

  it('has a bandwidth that is chosen as a size per second', async () => {
    for (const text of ['500 KB', '500KB/s']) {
      const engine = fakeEngine();
      assert.equal((await runFake(['config', 'bandwidth', text], { engine })).out, 'bandwidth = 500 kB/s\n');
      assert.deepEqual(engine.calls[0], { name: 'config', request: { bandwidth: 500_000 } });
    }
  });

  it('of a path is told with who holds it, and what can not go', async () => {
    assert.deepEqual((await against({}, 'why', 'data/x.csv', '--json')).json(), why);
    const { out } = await against({}, 'why', 'data/x.csv');
    assert.match(out, /^data\/x\.csv {2}version cccccccccccc, 900 bytes large, takes 300 bytes$/m);
    assert.match(out, /^ {2}Still stored because of 1 snapshot: aaaaaaaa$/m);
    assert.match(out, /^ {2}At other paths in 1 snapshot: bbbbbbbb$/m);
    assert.match(out, /^ {2}What is stored as a difference from it, in 1 snapshot: dddddddd$/m);
    assert.match(out, /all 3 are deleted/);
    assert.match(out, /^ {2}bbbbbbbb can’t be deleted: it is pinned\.$/m);
  });

  it('is freed after --yes, as planned', async () => {
    const engine = fakeEngine();
    const told = await runFake(['reclaim', '--free', '100kB'], { engine });
    assert.equal(told.code, 3);
    assert.match(told.out, /delete {2}aaaaaaaa "before the refactor"/);
    assert.match(told.out, /gives back 120 kB \(120,000 bytes\)/);
    assert.equal((await runFake(['reclaim', '--free', '100kB', '--dry-run', '--yes'], { engine })).code, 0);
    assert.deepEqual(names(engine), ['planReclaim', 'planReclaim']);
    const done = await runFake(['reclaim', '--free', '100kB', '--yes'], { engine });
    assert.match(done.out, /Deleted 1 snapshot and compacted: 120 kB \(120,000 bytes\) came back, 120 kB \(120,000 bytes\) were foretold/);
    assert.deepEqual(engine.calls.at(-2), { name: 'reclaim', request: { ...reclaimPlan, free: 100_000 } });
    const document = (await against({}, 'reclaim', '--free', '100kB', '--yes', '--json')).json() as {
      plan: unknown;
      outcome: { bytes: number };
    };
    assert.deepEqual([document.plan, document.outcome.bytes], [{ ...reclaimPlan, free: 100_000 }, 120_000]);
    assert.equal((await runFake(['reclaim', '--free', '100kB'], { engine, terminal: true, answers: ['n'] })).code, 130);
  });

  it('that has to wait for others is not said to have come back', async () => {
    const waits: EngineApi['reclaim'] = async ({ snapshots, bytes }) => ({
      snapshots,
      planned: bytes,
      bytes: -5000,
      waitingFor: ['somebody'],
    });
    const { out } = await against({ reclaim: waits }, 'reclaim', '--free', '1', '--yes');
    assert.equal(out.includes('-5'), false);
    assert.match(out, /120 kB \(120,000 bytes\) come back when others have ended \(somebody\): run `snapstage compact` then/);
  });

  it('says what else a plan costs', async () => {
    const planReclaim: EngineApi['planReclaim'] = async () => ({ ...reclaimPlan, snapshots: [], losesUndo: true, waitingFor: ['x'] });
    const { out } = await against({ planReclaim }, 'reclaim', '--free', '1', '--dry-run');
    assert.match(out, /nothing has to be deleted/);
    assert.match(out, /can’t be undone/);
    assert.match(out, /when they have ended/);
  });

  it('wants a size', async () => {
    for (const size of ['', '0', '-1', '2XB', 'GB', '1e9', '1.2.3GB', '99999999PB']) {
      const engine = fakeEngine();
      assert.equal((await runFake(['reclaim', `--free=${size}`], { engine })).code, 2, size);
      assert.deepEqual(names(engine), []);
    }
  });
});

describe('cli: thin', () => {
  it('hands over the rules, and deletes after --yes what was planned', async () => {
    const engine = fakeEngine();
    const rules = ['--keep-last', '1', '--keep-hourly=2', '--keep-daily=3', '--keep-weekly=4', '--keep-monthly=5', '--keep-yearly=6'];
    const told = await runFake(['thin', ...rules, '--keep-within', '30d'], { engine });
    assert.equal(told.code, 3);
    assert.match(told.out, /^delete {2}11111111 {2}\(taken /m);
    assert.match(told.out, /^keep {4}22222222 {2}\(taken .*\): daily, it is pinned$/m);
    assert.match(told.out, /Delete 1 automatic snapshot for good/);
    assert.deepEqual(requests(engine), [
      { policy: { last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 6, within: '30d' }, timeZone: 'UTC' },
    ]);
    assert.equal((await runFake(['thin', '--dry-run', '--yes'], { engine })).code, 0);
    assert.deepEqual(requests(engine).at(-1), { timeZone: 'UTC' });
    const done = (await against({}, 'thin', '--yes', '--json')).json();
    assert.deepEqual(done, { plan: thinPlan, outcome: { items: [{ id: id('1'), name: null, outcome: 'deleted' }] } });
    assert.deepEqual(names(engine), ['planThin', 'planThin']);
  });

  it('asks nobody where nothing has to go', async () => {
    const { code, out } = await against({ planThin: async () => ({ ...thinPlan, snapshots: [] }) }, 'thin');
    assert.deepEqual([code, out], [0, 'No automatic snapshot had to go.\n']);
  });

  it('wants numbers', async () => {
    for (const number of ['0', '-1', 'x', '1.5', '']) assert.equal((await runFake(['thin', `--keep-daily=${number}`])).code, 2, number);
  });
});

describe('cli: delete', () => {
  it('says what goes and needs --yes where nobody is to be asked', async () => {
    const engine = fakeEngine();
    const told = await runFake(['delete', 'latest'], { engine });
    assert.equal(told.code, 3);
    assert.match(told.out, /delete {2}aaaaaaaa "before the refactor"/);
    assert.match(told.err, /Deleting needs --yes/);
    const error = await errorOf(engine, 'delete', 'latest');
    assert.equal(error.code, 'refused');
    assert.deepEqual(error.details['plan'], { snapshots: [snapshot], blocked: [] });
    assert.deepEqual(names(engine), ['planDelete', 'planDelete']);
  });

  it('deletes by id what was planned', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['delete', 'latest', 'x', '--yes'], { engine })).code, 0);
    assert.deepEqual(engine.calls.slice(0, 2), [
      { name: 'planDelete', request: ['latest', 'x'] },
      { name: 'delete', request: [id('a')] },
    ]);
  });

  it('asks a person', async () => {
    const engine = fakeEngine();
    const agreed = await runFake(['delete', 'latest'], { engine, terminal: true, answers: ['y'] });
    assert.equal(agreed.code, 0);
    assert.deepEqual(agreed.questions, ['Delete? [y/N] ']);
    for (const answer of ['n', '', 'maybe', undefined]) {
      const refused = await runFake(['delete', 'latest'], { engine, terminal: true, answers: [answer] });
      assert.equal(refused.code, 130);
      assert.match(refused.err, /Nothing was changed/);
    }
    assert.equal(names(engine).filter((name) => name === 'delete').length, 1);
  });

  it('never asks with --json, also on a terminal', async () => {
    for (const argv of [
      ['delete', 'latest', '--json'],
      ['restore', 'latest', '--json'],
    ]) {
      const refused = await runFake(argv, { terminal: true, answers: ['y'] });
      assert.equal(refused.code, 3);
      assert.deepEqual(refused.questions, []);
    }
  });

  it('refuses what is blocked, --yes or not', async () => {
    const planDelete = async (): ReturnType<EngineApi['planDelete']> => ({
      snapshots: [snapshot],
      blocked: [{ id: id('a'), reason: 'It is pinned.' }],
    });
    const engine = fakeEngine({ planDelete });
    const told = await runFake(['delete', 'latest', '--yes'], { engine });
    assert.equal(told.code, 3);
    assert.match(told.err, /Nothing was deleted\. aaaaaaaa .*It is pinned/);
    assert.deepEqual(names(engine), ['planDelete']);
  });
});

describe('cli: config', () => {
  it('shows what is chosen, changes it, and takes it back', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['config'], { engine })).out, 'compression = 3\n');
    assert.deepEqual((await runFake(['config', 'compression', '9', '--json'], { engine })).json(), { compression: 9 });
    assert.equal((await runFake(['config', 'compression', '--unset'], { engine })).out, 'compression = 3\n');
    assert.deepEqual(requests(engine), [{}, { compression: 9 }, { compression: null }]);
  });

  it('reads and writes rules of retention as words', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['config', 'retention', 'daily=7, within=30d'], { engine })).out, 'retention = daily=7 within=30d\n');
    assert.deepEqual(requests(engine), [{ retention: { daily: 7, within: '30d' } }]);
  });

  it('only says what it would change in a dry run', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['config', 'compression', '9', '--dry-run'], { engine })).out, 'Would set compression to 9.\n');
    assert.deepEqual(names(engine), []);
  });

  it('refuses what it does not know', async () => {
    for (const words of [['other'], ['--unset'], ['compression', '5', '--unset']])
      assert.equal((await runFake(['config', ...words], { engine: fakeEngine() })).code, 2, words.join(' '));
  });
});

describe('cli: restore', () => {
  it('of the whole folder needs --yes where nobody is to be asked', async () => {
    for (const counts of [restorePlan.counts, noCounts]) {
      const engine = fakeEngine({ planRestore: async (request) => ({ ...restorePlan, request, counts }) });
      const told = await runFake(['restore', 'latest'], { engine });
      assert.equal(told.code, 3);
      assert.match(told.err, /This restore needs --yes\. Nothing was changed/);
      assert.match(told.out, /replace +a\.txt/);
      const error = await errorOf(engine, 'restore', 'latest');
      assert.deepEqual((error.details['plan'] as { counts: unknown }).counts, counts);
      assert.deepEqual(names(engine), ['planRestore', 'planRestore']);
    }
  });

  it('is done in one go with --yes', async () => {
    const engine = fakeEngine();
    const done = await runFake(['restore', 'latest', '--yes', '--keep-both'], { engine });
    assert.equal(done.code, 0);
    assert.deepEqual(engine.calls[0], { name: 'restore', request: { state: 'latest', keepBoth: true } });
    assert.equal(
      done.out,
      'Done: 3 replaced, 1 brought back, 2 deleted.\nThe state before is snapshot 55555555; `snapstage undo` brings it back.\n',
    );
  });

  it('shows a person the sentence, asks, and executes that plan', async () => {
    const engine = fakeEngine();
    const done = await runFake(['restore', 'latest'], { engine, terminal: true, answers: ['yes'] });
    assert.equal(done.code, 0);
    assert.deepEqual(done.questions, ['Restore? [y/N] ']);
    assert.match(
      done.err,
      /Replace 3 files, bring back 1, delete 2 that came later \(2 kB\)\. The state now is kept as a snapshot first\./,
    );
    assert.deepEqual(names(engine), ['planRestore', 'executeRestore']);
    assert.deepEqual(requests(engine)[1], restorePlan);
    const refused = await runFake(['restore', 'latest'], { engine: fakeEngine(), terminal: true, answers: ['n'] });
    assert.equal(refused.code, 130);
  });

  it('asks nobody when there is nothing to do', async () => {
    const engine = fakeEngine({ planRestore: async (request) => ({ ...restorePlan, request, counts: noCounts, items: [] }) });
    const done = await runFake(['restore', 'latest'], { engine, terminal: true, answers: [] });
    assert.equal(done.code, 0);
    assert.match(done.out, /Nothing differs/);
    assert.deepEqual(names(engine), ['planRestore']);
  });

  it('of paths, or elsewhere, needs a yes only where something is replaced or deleted', async () => {
    const adds = { ...noCounts, add: 2, attributes: 1 };
    const replaces = { ...noCounts, add: 2, replace: 1 };
    for (const target of [['a.txt'], ['--to', 'elsewhere'], ['a.txt', '--to', 'elsewhere']]) {
      const harmless = fakeEngine({ planRestore: async (request) => ({ ...restorePlan, request, counts: adds }) });
      assert.equal((await runFake(['restore', 'latest', ...target], { engine: harmless })).code, 0);
      assert.deepEqual(names(harmless), ['planRestore', 'executeRestore']);
      const harmful = fakeEngine({ planRestore: async (request) => ({ ...restorePlan, request, counts: replaces }) });
      assert.equal((await runFake(['restore', 'latest', ...target], { engine: harmful })).code, 3);
      assert.deepEqual(names(harmful), ['planRestore']);
    }
  });

  it('prints the whole plan with --dry-run', async () => {
    const dry = await runFake(['restore', 'latest', '--dry-run']);
    assert.equal(dry.code, 0);
    assert.match(dry.out, /replace +a\.txt {2}\(500 bytes\)\n(.*\n)*delete +new-2\.txt.*\nReplace 3 files/);
    assert.deepEqual((await runFake(['restore', 'latest', '--dry-run', '--json'])).json(), { plan: restorePlan });
  });

  it('names what got another name, and what could not be done', async () => {
    const items = [{ path: 'CON', action: 'add' as const, kind: 'file' as const, size: 1, as: 'CON~1', reason: 'a reserved name' }];
    const outcome = { counts: { ...noCounts, add: 1 }, items, problems: [{ path: 'x', reason: 'permission denied' }] };
    const told = await against({ restore: async () => outcome }, 'restore', 'latest', '--to', 'out', '--yes');
    assert.equal(told.code, 1);
    assert.match(told.err, /CON as CON~1 .*a reserved name\n/);
    assert.match(told.err, /1 item could not be done:\n {2}x: permission denied\n/);
  });

  it('interrupted is told by status, with the way out, and ended by recover', async () => {
    const interrupted = { state: id('a'), paths: [], safety: id('5'), at: snapshot.created };
    const told = await against({ status: async () => ({ ...status, interrupted }) }, 'status');
    assert.match(told.out, /snapstage recover --finish.*snapstage recover --undo/);
    const engine = fakeEngine();
    assert.equal((await runFake(['recover', '--finish'], { engine })).code, 0);
    assert.equal((await runFake(['recover', '--undo'], { engine })).code, 0);
    assert.deepEqual(requests(engine), ['finish', 'undo']);
  });

  it('is taken back by undo without a question', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['undo'], { engine })).code, 0);
    assert.deepEqual(names(engine), ['undo']);
  });
});

describe('cli: cancelling', () => {
  it('hands the signal to the engine and says what state things are in', async () => {
    const stopped = new AbortController();
    const take: EngineApi['take'] = async (_, options) => {
      stopped.abort();
      options?.signal?.throwIfAborted();
      return snapshot;
    };
    const told = await runFake(['take'], { engine: fakeEngine({ take }), signal: stopped.signal });
    assert.equal(told.code, 130);
    assert.match(told.err, /^snapstage: Cancelled\. No snapshot was taken; [^\n]+\n$/);
  });

  it('in the middle of a restore says how to go on', async () => {
    const interrupted = { state: id('a'), paths: [], safety: id('5'), at: snapshot.created };
    for (const [left, sentence] of [
      [interrupted, /Cancelled\. A restore of everything from aaaaaaaa.*recover --finish/],
      [null, /Cancelled\. No restore is left half done\./],
    ] as const) {
      const stopped = new AbortController();
      const restore = async (): Promise<never> => {
        stopped.abort();
        throw new SnapstageError('cancelled', 'Cancelled.');
      };
      const engine = fakeEngine({ restore, status: async () => ({ ...status, interrupted: left }) });
      const told = await runFake(['restore', 'latest', '--yes', '--json'], { engine, signal: stopped.signal });
      assert.equal(told.code, 130);
      const { error } = told.json() as { error: { code: string; message: string } };
      assert.equal(error.code, 'cancelled');
      assert.match(error.message, sentence);
    }
  });

  it('before the start does nothing', async () => {
    const engine = fakeEngine();
    assert.equal((await runFake(['take'], { engine, signal: AbortSignal.abort() })).code, 130);
    assert.deepEqual(names(engine), []);
  });
});

describe('cli: output', () => {
  it('of cat comes in pieces, each written before the next is read', async () => {
    const piece = 8 * 1024 * 1024;
    const size = piece + 3;
    const order: string[] = [];
    const read: EngineApi['read'] = async ({ offset = 0, length = size }) => {
      order.push(`read ${offset}`);
      return new Uint8Array(Math.min(length, size - offset)).fill(offset === 0 ? 65 : 66);
    };
    const write = async (chunk: string | Uint8Array): Promise<void> => {
      order.push(`write ${chunk.length}`);
      await new Promise((resolve) => setImmediate(resolve));
      order.push('written');
    };
    const done = await runFake(['cat', 'latest', 'big'], { engine: fakeEngine({ read }), write });
    assert.equal(done.code, 0);
    assert.deepEqual(order, ['read 0', `write ${piece}`, 'written', `read ${piece}`, 'write 3', 'written']);
    assert.equal(done.out.length, size);
    assert.equal(done.out.slice(-4), 'ABBB');
  });

  it('ends quietly when the reader has gone', async () => {
    const write = (): Promise<void> => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    const engine = fakeEngine({ read: async ({ length = 0 }) => new Uint8Array(length) });
    for (const argv of [['cat', 'latest', 'x'], ['list'], ['list', '--json']]) {
      const ended = await runFake(argv, { engine, write });
      assert.equal(ended.code, 0);
      assert.equal(ended.err, '');
    }
    assert.equal(engine.calls.filter((call) => call.name === 'read').length, 1);
    assert.equal(engine.calls.filter((call) => call.name === 'dispose').length, 3);
  });

  it('shows progress on a terminal alone, and takes it away', async () => {
    const take: EngineApi['take'] = async (_, options) => {
      options?.onProgress?.({ phase: 'read', files: 5, bytes: 10 });
      return snapshot;
    };
    const engine = fakeEngine({ take });
    assert.equal((await runFake(['take'], { engine, terminal: true })).err, '\r\u001b[2KReading 5 files · 10 bytes\r\u001b[2K');
    assert.equal((await runFake(['take', '--quiet'], { engine, terminal: true })).err, '');
    assert.equal((await runFake(['take'], { engine })).err, '');
    assert.match((await runFake(['take', '--json'], { engine, terminal: true })).err, /Reading/);
  });

  it('is a table on a terminal and plain lines elsewhere', async () => {
    const table = (await runFake(['list'], { terminal: true })).out.split('\n');
    assert.match(table[0] ?? '', /^ID +Taken +Name +Kind/);
    assert.match(
      table[1] ?? '',
      /^aaaaaaaa {2}Nov 20, 2026, 01:02:03\sPM UTC {2}before the refactor {2}described {2}consistent +12 {2}1\.2 MB {2}\+300 kB$/,
    );
    const line = (await runFake(['list'])).out;
    assert.equal(line.split('\t')[0], id('a'));
    assert.equal(line.split('\t').length, 8);
    const none = fakeEngine({ list: async () => [] });
    assert.equal((await runFake(['list'], { engine: none })).out, '');
    assert.match((await runFake(['list'], { engine: none, terminal: true })).out, /snapstage take/);
    assert.deepEqual((await runFake(['list', '--json'], { engine: none })).json(), []);
  });

  it('never lets a name reach the terminal as it is', async () => {
    const evil = 'x\u001b[31m\u009b2J\n\u202e\udcff';
    const note = [{ path: evil, reason: evil }];
    const details = { ...snapshot, name: evil, description: evil, reason: evil, excluded: note, evidence: note, unreadable: note };
    const changed = { path: evil, kind: 'file' as const, size: 1 };
    const entry = { ...changed, mode: 0o777, modified: evil, id: id('c'), target: evil };
    const item = { ...changed, action: 'replace' as const, as: evil, reason: evil };
    const diff = { added: [changed], changed: [changed], removed: [changed], moved: [{ ...changed, from: evil }] };
    const interrupted = { state: evil, paths: [evil], safety: null, at: snapshot.created };
    const outcome = { counts: { ...noCounts, replace: 1 }, items: [item], problems: note };
    const damage = [{ part: evil, problem: evil, healed: false, affected: [{ snapshot: id('a'), path: evil }] }];
    const refuse = (): Promise<never> => Promise.reject(new SnapstageError('ambiguous', evil, { candidates: [evil] }));
    const cases: [Partial<EngineApi>, string[]][] = [
      [{ list: async () => [details] }, ['list']],
      [{ show: async () => details }, ['show', 'x']],
      [{ take: async () => ({ ...details, partial: true, consistency: 'crash-consistent' }) }, ['take']],
      [{ status: async () => ({ ...status, folder: evil, latest: details, changes: diff, interrupted }) }, ['status']],
      [{ ls: async () => [{ ...entry, modified: snapshot.created }] }, ['ls', 'x']],
      [{ diff: async () => diff }, ['diff', 'x']],
      [
        {
          find: async () => ({ count: 1, paths: [{ path: evil, kind: 'file', current: false, snapshots: 2, newest: evil, oldest: evil }] }),
        },
        ['find', 'x'],
      ],
      [{ history: async () => [{ entry: null, states: [evil], since: snapshot.created }] }, ['history', 'x']],
      [{ planRestore: async (request) => ({ ...restorePlan, request, items: [item] }) }, ['restore', 'x', '--dry-run']],
      [{ restore: async () => outcome }, ['restore', 'x', '--yes']],
      [{ planDelete: async () => ({ snapshots: [details], blocked: [{ id: id('a'), reason: evil }] }) }, ['delete', 'x']],
      [{ edit: async () => details }, ['pin', 'x']],
      [{ clone: async () => ({ folder: evil, files: 1, bytes: 1, snapshot: details }) }, ['clone', 'x', 'y']],
      [{ exportSnapshot: async () => ({ snapshot: details, bytes: 1 }) }, ['export', 'x', 'y']],
      [{ importSnapshot: async () => ({ outcome: 'imported', snapshot: details, storedBytes: 1 }) }, ['import', 'y']],
      [{ copySnapshot: async () => ({ outcome: 'present', snapshot: details, storedBytes: 0 }) }, ['copy', 'x', evil]],
      [{ verify: async () => ({ snapshots: 1, packs: 1, objects: 1, bytesRead: 1, damage }) }, ['verify']],
      [
        {
          compact: async () => ({ removedObjects: 0, freedBytes: 0, rewrittenBytes: 0, packsBefore: 0, packsAfter: 0, waitingFor: [evil] }),
        },
        ['compact'],
      ],
      [{ show: refuse }, ['show', 'x']],
      [{}, [evil]],
      [{}, ['cat', 'x', `../../${evil}`]],
    ];
    for (const [overrides, argv] of cases) {
      for (const terminal of [true, false]) {
        const { out, err } = await runFake(argv, { engine: fakeEngine(overrides), terminal });
        assert.ok((out + err).includes('x\\x1b[31m'), `${argv.join(' ')}: ${out}${err}`);
        assert.doesNotMatch(out + err, /[^\P{Cc}\n\t]|[\u202a-\u202e\ufffd\p{Cs}]/u, argv.join(' '));
      }
    }
  });

  it('names folders as the caller gave them', async () => {
    const cloned = await runFake(['clone', 'latest', 'copy'], { cwd: path.join(course, 'sub') });
    assert.ok(
      cloned.out.startsWith(`${path.join(course, 'sub', 'copy')} is a new instance with snapshot aaaaaaaa "before the refactor": 12 files`),
    );
  });
});
