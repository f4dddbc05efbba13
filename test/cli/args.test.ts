import assert from 'node:assert/strict';
import { SnapstageError } from '../../src/base/errors.ts';
import { parseCommandLine, usageLine, wantsJson } from '../../src/cli/args.ts';
import { commands } from '../../src/cli/commandTable.ts';
import { fakeEngine, runFake } from './fakes.ts';

function parsed(...argv: string[]): Extract<ReturnType<typeof parseCommandLine>, { kind: 'run' }> {
  const line = parseCommandLine(argv, commands);
  assert.equal(line.kind, 'run');
  return line;
}

function refused(...argv: string[]): SnapstageError {
  try {
    parseCommandLine(argv, commands);
  } catch (error) {
    assert.ok(error instanceof SnapstageError);
    assert.equal(error.code, 'usage');
    return error;
  }
  return assert.fail(`accepted: ${argv.join(' ')}`);
}

describe('cli: the command line', () => {
  it('has every command of this stage', () => {
    const names =
      'init status config take list show edit pin unpin delete ls cat diff restore undo clone detach links find history why reclaim thin ' +
      'tables table_show table_diff table_restore verify compact export import copy recover apps check recreate ' +
      'stage_add stage_remove stage_list stage_clear stage_strategy stage_save stage_use stage_bundles stage_delete ' +
      'space_create space_join space_recover space_move space_follow space_rights space_compact space_status space_members space_invite space_withdraw space_admit space_set space_remove ' +
      'space_leave preview distribute distributions inbox receive resolve pull recall recalls undo-distribution audit ' +
      'assignment_create assignment_list assignment_show assignment_edit assignment_extend assignment_judge hand-in receipt_verify receipt_save ' +
      'collect feedback grades similarity';
    assert.deepEqual(
      commands.map((each) => each.name.replace(' ', '_')),
      names.split(' '),
    );
  });

  it('binds arguments in order, optional ones and many', () => {
    assert.deepEqual(parsed('cat', 'latest', 'a/b').invocation.arguments, ['latest', 'a/b']);
    assert.deepEqual(parsed('diff', 'x').invocation.arguments, ['x', undefined, undefined]);
    assert.deepEqual(parsed('diff', 'x', 'y', 'z').invocation.arguments, ['x', 'y', 'z']);
    assert.deepEqual(parsed('delete', 'x', 'y').invocation.arguments, [['x', 'y']]);
    assert.deepEqual(parsed('restore', 'x').invocation.arguments, ['x', []]);
    assert.deepEqual(parsed('restore', 'x', 'a', 'b').invocation.arguments, ['x', ['a', 'b']]);
  });

  it('takes global options before, between and after', () => {
    const line = parsed('-C', 'there', 'take', '--name', 'n', '--json', '--pin', '-q');
    assert.equal(line.command.name, 'take');
    assert.equal(line.folder, 'there');
    assert.deepEqual(line.flags, { json: true, dryRun: false, yes: false, quiet: true });
    assert.deepEqual(line.invocation.options, { name: 'n', description: undefined, pin: true, force: false });
    assert.equal(parsed('--dry-run', '--yes', 'undo').flags.dryRun, true);
    assert.equal(parsed('take', '--name', 'list').command.name, 'take');
  });

  it('has commands of two words', () => {
    const line = parsed('-C', 'there', 'table', '--json', 'show', 'app.db:orders', '--limit', '5');
    assert.equal(line.command.name, 'table show');
    assert.deepEqual(line.invocation.arguments, [['app.db:orders']]);
    assert.equal(line.invocation.options['limit'], '5');
    assert.equal(line.flags.json, true);
    assert.match(refused('table').message, /There is no command 'table'. Did you mean/);
    assert.match(refused('table', 'drop').message, /There is no command 'table drop'/);
    assert.equal(parseCommandLine(['help', 'table', 'diff'], commands).kind, 'help');
    assert.match(refused('help', 'table', 'diff', 'more').message, /Unexpected argument 'more'/);
  });

  it('takes a path that looks like an option after --', () => {
    assert.deepEqual(parsed('cat', 'latest', '--', '--yes').invocation.arguments, ['latest', '--yes']);
    assert.equal(parsed('cat', 'latest', '--', '--yes').flags.yes, false);
  });

  it('refuses what does not fit, with the usage line', () => {
    assert.match(refused('take', '--nmae', 'x').message, /Unknown option '--nmae'\.$/);
    assert.match(refused('take', '--name').message, /--name/);
    assert.match(refused('take', '--pin=yes').message, /--pin/);
    assert.match(refused('take', '--name', '--pin').message, /--name/);
    assert.match(refused('cat', 'latest').message, /^PATH is missing/);
    assert.match(refused('delete').message, /^STATE is missing/);
    assert.match(refused('pin', 'a', 'b').message, /Unexpected argument 'b'/);
    assert.match(refused('ls', 'a', '--recursive', 'b', 'c').message, /Unexpected argument 'c'/);
    assert.match(refused('lst').message, /no command 'lst'/);
    assert.match(refused('stat').message, /Did you mean 'status'/);
    assert.match(refused().message, /snapstage help/);
    assert.match(refused('help', 'nonsense').message, /nonsense/);
    assert.equal(refused('cat', 'latest').details['usage'], 'snapstage cat STATE PATH');
  });

  it('writes usage lines from the table', () => {
    const line = (name: string): string => usageLine(commands.find((each) => each.name === name));
    assert.equal(line('take'), 'snapstage take [--name NAME] [--description TEXT] [--pin] [--force]');
    assert.equal(line('restore'), 'snapstage restore STATE [PATH…] [--to DIR] [--keep-both]');
    assert.equal(line('ls'), 'snapstage ls STATE [PATH] [--recursive]');
  });

  it('knows a wish for JSON in a broken command line', () => {
    assert.equal(wantsJson(['nonsense', '--json']), true);
    assert.equal(wantsJson(['cat', 'x', '--', '--json']), false);
  });
});

describe('cli: help and version', () => {
  it('lists every command, and explains each', async () => {
    const help = await runFake(['help']);
    assert.equal(help.code, 0);
    for (const command of commands) {
      assert.ok(help.out.includes(`  ${command.name}`), command.name);
      for (const argv of [
        ['help', command.name],
        [command.name, '--help'],
        ['-h', command.name],
      ]) {
        const one = await runFake(argv);
        assert.equal(one.code, 0);
        assert.ok(one.out.startsWith(`Usage: ${usageLine(command)}\n`), argv.join(' '));
        for (const option of Object.keys(command.options)) assert.ok(one.out.includes(`--${option}`), option);
      }
    }
  });

  it('gives them as documents too', async () => {
    assert.deepEqual((await runFake(['--version', '--json'])).json(), { version: '1.2.3' });
    const help = (await runFake(['help', '--json'])).json() as { commands: { name: string }[] };
    assert.deepEqual(
      help.commands.map((each) => each.name),
      commands.map((each) => each.name),
    );
    assert.equal((await runFake(['--version'])).out, '1.2.3\n');
  });

  it('needs no instance', async () => {
    assert.equal((await runFake(['--help'], { cwd: '/elsewhere' })).code, 0);
  });
});

describe('cli: wrong usage', () => {
  it('ends with 2 and the usage line on standard error', async () => {
    const engine = fakeEngine();
    const wrong = await runFake(['cat', 'latest'], { engine });
    assert.equal(wrong.code, 2);
    assert.equal(wrong.out, '');
    assert.equal(wrong.err, 'snapstage: PATH is missing.\nUsage: snapstage cat STATE PATH\n');
    assert.deepEqual(engine.calls, []);
  });

  it('is one JSON document with --json', async () => {
    const wrong = await runFake(['--json', 'nonsense']);
    assert.equal(wrong.code, 2);
    assert.equal(wrong.err, '');
    const { error } = wrong.json() as { error: Record<string, unknown> };
    assert.deepEqual(Object.keys(error), ['code', 'message', 'details']);
    assert.equal(error['code'], 'usage');
  });

  it('is a command without what it needs to know', async () => {
    for (const argv of [
      ['edit', 'latest'],
      ['recover'],
      ['recover', '--finish', '--undo'],
      ['cat', 'latest', 'a', '--json'],
      ['compact', '--dry-run'],
    ]) {
      const engine = fakeEngine();
      assert.equal((await runFake(argv, { engine })).code, 2, argv.join(' '));
      assert.deepEqual(
        engine.calls.map((call) => call.name),
        ['dispose'],
      );
    }
  });
});
