/** Applications through rows and commands, on real projects with the real engine, tasks and programs. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { SnapshotsNode } from '../../src/editor/snapshots/nodes.ts';
import { skip } from '../rig/skip.ts';
import { pipenvProject, pipenvScript, programFolder, virtualEnvironment, writeProject } from '../support/projects.ts';
import { pressInWarnings, withAnswers } from './answers.ts';
import {
  extensionId,
  folder,
  forgetSnapshots,
  inFolder,
  internals,
  removeFiles,
  rowsUnder,
  rowWith,
  texts,
  theInstance,
} from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

describe('applications', () => {
  let programs = '';
  const path = process.env['PATH'];

  before(function () {
    if (process.platform === 'win32') skip(this, 'the programs of this test are scripts of a Unix shell');
  });

  beforeEach(async () => {
    programs = programFolder(mkdtempSync(join(tmpdir(), 'snapstage-programs-')), { pipenv: pipenvScript });
    process.env['PATH'] = [programs, path].join(delimiter);
    writeProject(inFolder('api'), { ...pipenvProject(), ...virtualEnvironment({ flask: '3.0.0', click: '8.1.7' }) });
    writeProject(inFolder(''), { '.vscode/extensions.json': '{ "recommendations": ["ms-python.python"] }' });
    await run('snapstage.take');
  });

  afterEach(async () => {
    process.env['PATH'] = path;
    rmSync(programs, { recursive: true });
    await run('workbench.action.closeAllEditors');
    await removeFiles('api', '.vscode', 'strange');
    await forgetSnapshots();
  });

  const under = async (node: SnapshotsNode): Promise<readonly SnapshotsNode[]> => (await internals()).tree.getChildren(node);

  /** The rows below Applications in the oldest snapshot, or in the current state. */
  async function applicationRows(state: 'stored' | 'current' = 'stored'): Promise<readonly SnapshotsNode[]> {
    return under(await applicationsRow(state));
  }

  async function applicationsRow(state: 'stored' | 'current' = 'stored'): Promise<SnapshotsNode> {
    const snapshot = (await rowsUnder('Today')).at(-1) ?? assert.fail('no snapshot');
    return rowWith(state === 'stored' ? await under(snapshot) : await rowsUnder('Current state'), 'Applications');
  }

  async function api(state: 'stored' | 'current' = 'stored'): Promise<SnapshotsNode> {
    const rows = await applicationRows(state);
    const found = rows.find((node) => node.type === 'application' && node.application.path === 'api');
    return found ?? assert.fail('no row of the project');
  }

  async function editorRow(): Promise<SnapshotsNode> {
    return rowWith(await applicationRows(), 'Editor');
  }

  const shown = (): string => vscode.window.activeTextEditor?.document.getText() ?? assert.fail('nothing is open');

  /** What notifications say while it runs; none of their buttons is pressed. */
  async function told(action: () => PromiseLike<unknown>): Promise<readonly string[]> {
    const names = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;
    const window = vscode.window as unknown as Record<(typeof names)[number], (...args: unknown[]) => unknown>;
    const real = Object.fromEntries(names.map((name) => [name, window[name]]));
    const said: string[] = [];
    for (const name of names) window[name] = async (...args) => void said.push(String(args[0]));
    try {
      await action();
    } finally {
      Object.assign(window, real);
    }
    return said;
  }

  it('are rows below every state, after its tables, with version and folder', async () => {
    const { tree } = await internals();
    for (const state of ['stored', 'current'] as const) {
      const rows = await applicationRows(state);
      assert.deepEqual(await texts(rows), ['Editor', 'Python | analysis', 'Python | 3.12.3 (asks for 3) · api']);
      assert.equal(new Set(rows.map((node) => tree.getTreeItem(node).id)).size, 3);
      const { accessibilityInformation, contextValue, tooltip } = tree.getTreeItem(await api(state));
      assert.match(accessibilityInformation?.label ?? '', /^Python, application, 3\.12\.3 \(asks for 3\), api, in /);
      assert.equal(contextValue, 'application recreatable');
      assert.equal(
        tooltip,
        'Python in api · 3.12.3 (asks for 3)\nDependencies: 2 installed\nEnvironment: .venv\nRecreated by: pipenv sync',
      );
      const below = await under(await api(state));
      assert.deepEqual(await texts(below), ['Dependencies | 2 installed', 'Pipfile', 'Pipfile.lock']);
      assert.deepEqual(
        below.map((node) => tree.getTreeItem(node).contextValue),
        ['dependencies', ...Array.from({ length: 2 }, () => (state === 'stored' ? 'entry file' : 'configuration'))],
      );
    }
  });

  it('have rows for what is strange in their files, and one where there is no application', async () => {
    writeProject(inFolder('strange'), { Pipfile: '[packages]\nflask = "==2.0.0"\n', 'Pipfile.lock': 'no lock' });
    const rows = await applicationRows('current');
    const found = rows.find((node) => node.type === 'application' && node.application.path === 'strange') ?? assert.fail('no row of it');
    assert.match((await texts(await under(found))).join('\n'), /strange\/Pipfile\.lock: can't be parsed: /);
    const { tree } = await internals();
    const alone = { type: 'applications', instance: await theInstance() } as const;
    assert.equal(tree.getTreeItem(alone).contextValue, 'applications');
  });

  it('open their configuration files, of a snapshot and of now', async () => {
    writeProject(inFolder('api'), pipenvProject('3.1.0'));
    for (const [state, version] of [
      ['stored', '3.0.0'],
      ['current', '3.1.0'],
    ] as const) {
      const file = await rowWith(await under(await api(state)), 'Pipfile.lock');
      await run('snapstage.openConfiguration', file);
      assert.match(shown(), new RegExp(`==${version}`));
      assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, state === 'stored' ? 'snapstage' : 'file');
    }
    await run('snapstage.compare', await rowWith(await under(await api()), 'Pipfile.lock'));
    assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
  });

  it('show what they depend on, resolved and really installed', async () => {
    await run('snapstage.showDependencies', await rowWith(await under(await api()), 'Dependencies'));
    assert.match(shown(), /^Python in api, 3\.12\.3 \(asks for 3\)\nin .+\n2 installed\n\nname {3}version {2}status {5}asked for\n/);
    assert.match(shown(), /\nclick {2}8\.1\.7 {4}installed\nflask {2}3\.0\.0 {4}installed {2}any version\n/);
    rmSync(inFolder('api/.venv'), { recursive: true });
    await withAnswers(['Current State', 'Python'], () => run('snapstage.showDependencies'));
    assert.match(shown(), /numpy {3}2\.3\.4 {4}in the lock file {2}==2\.3\.4/);
    await run('snapstage.showDependencies', await api('current'));
    assert.match(shown(), /2 in the lock file\n/);
  });

  it('are compared with this machine: nothing differs, or what differs as a document', async () => {
    const all = await told(async () => run('snapstage.checkApplications', await applicationsRow()));
    assert.match(all.join(), /^All is as in the snapshot of .+: 3 applications compared\.$/);
    const one = await told(async () => run('snapstage.checkApplications', await api()));
    assert.match(one.join(), /^Python in api is as in the snapshot of .+\.$/);
    assert.equal(vscode.window.tabGroups.activeTabGroup.tabs.length, 0, 'where nothing differs, no document opens');

    rmSync(inFolder('api/.venv'), { recursive: true });
    writeProject(inFolder('api'), pipenvProject('3.1.0'));
    const warned = await told(async () => run('snapstage.checkApplications', await api()));
    assert.match(warned.join(), /^Python in api is not as in the snapshot of .+: 1 missing, \d different\.$/);
    assert.match(
      shown(),
      /\n {4}missing +the environment \.venv\n {4}other version {2}flask +3\.0\.0 +3\.1\.0\n {4}other content {2}api\/Pipfile\.lock\n/,
    );
    const { document } = vscode.window.activeTextEditor ?? assert.fail('nothing is open');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
    assert.deepEqual(
      lenses.map(({ command, range }) => [command?.command, document.lineAt(range.start.line).text]),
      [['snapstage.recreate', 'Python in api']],
    );
    await withAnswers(['Current State'], () => run('snapstage.checkApplications'));
    assert.match(shown(), /in sample-course, Current State\n1 missing\n[^]*missing +ms-python\.python +any version/);
  });

  it('are recreated by a task after the command was agreed to, their files first', async () => {
    rmSync(inFolder('api/.venv'), { recursive: true });
    writeProject(inFolder('api'), pipenvProject('3.1.0'));
    await run('snapstage.checkApplications', await api());
    const asked = await withAnswers(['Restore Files…', 'Restore', 'Run'], async () => run('snapstage.recreate', await api()));
    assert.match(
      asked[0]?.text ?? '',
      /^The configuration files of Python in api are not those of the snapshot of .+: api\/Pipfile\.lock\./,
    );
    assert.equal(asked[2]?.text, 'Run this command in the folder api, in a terminal? The folder api/.venv is filled anew.\npipenv sync');
    assert.ok(existsSync(inFolder('api/.venv/pyvenv.cfg')));
    const said = await told(async () => run('snapstage.checkApplications', await api()));
    assert.match(said.join(), /^Python in api is as in /);
    await withAnswers(['Undo Restore'], () => run('snapstage.undoRestore'));
  });

  it('are not recreated without a yes', async () => {
    rmSync(inFolder('api/.venv'), { recursive: true });
    await withAnswers([undefined], async () => run('snapstage.recreate', await api()));
    await withAnswers(['Copy'], async () => run('snapstage.recreate', await api()));
    assert.equal(await vscode.env.clipboard.readText(), 'pipenv sync');
    writeProject(inFolder('api'), pipenvProject('3.1.0'));
    await withAnswers(['Restore Files…', undefined], async () => run('snapstage.recreate', await api()));
    await withAnswers([undefined], async () => run('snapstage.recreate', await api()));
    assert.ok(!existsSync(inFolder('api/.venv')));
  });

  it('tell when a command fails, or there is no such program', async () => {
    programFolder(programs, { pipenv: 'exit 7' });
    const failed = await pressInWarnings('Show Log', () => withAnswers(['Run'], async () => run('snapstage.recreate', await api())));
    assert.deepEqual(failed, ['Python in api is not recreated: “pipenv sync” ended with exit code 7. What comes after it was not run.']);
    rmSync(join(programs, 'pipenv'));
    const said = await told(() => withAnswers([], async () => run('snapstage.recreate', await api())));
    assert.deepEqual(said, ['There is no program “pipenv” on this machine. Install it so that PATH leads to it, and try again.']);
  });

  it('run no program of the workspace, hand over nothing that the editor would read anew, and fill no folder behind a link', async () => {
    programFolder(inFolder('strange/bin'), { pipenv: `touch '${inFolder('strange/trap')}'` });
    rmSync(join(programs, 'pipenv'));
    process.env['PATH'] = [inFolder('strange/bin'), path].join(delimiter);
    assert.match((await told(() => withAnswers([], async () => run('snapstage.recreate', await api())))).join(), /There is no program/);
    assert.ok(!existsSync(inFolder('strange/trap')));

    programFolder(programs, { conda: 'true' });
    process.env['PATH'] = [programs, path].join(delimiter);
    const odd = 'strange/${command:workbench.action.quit}';
    writeProject(inFolder(odd), { 'environment.yml': 'dependencies: [numpy]\n' });
    const rows = await applicationRows('current');
    const conda = rows.find((node) => node.type === 'application' && node.application.kind === 'conda') ?? assert.fail('no row of it');
    assert.match((await told(() => withAnswers([], () => run('snapstage.recreate', conda)))).join(), /can’t be handed on safely/);

    rmSync(inFolder('api/.venv'), { recursive: true });
    symlinkSync(tmpdir(), inFolder('api/.venv'));
    const refused = await told(() => withAnswers([], async () => run('snapstage.recreate', await api())));
    assert.match(refused.join(), /^Nothing was run: api\/\.venv: is a link or a file, and no folder\.$/);
  });

  describe('the editor', () => {
    const version = (): string => {
      const { packageJSON } = vscode.extensions.getExtension(extensionId) ?? assert.fail('the extension is not there');
      return (packageJSON as { readonly version: string }).version;
    };

    /** Has VS Code's own command for it do what is given, while it runs. Returns what was to be installed. */
    async function installing(install: (name: string) => void, action: () => PromiseLike<unknown>): Promise<readonly string[]> {
      const commands = vscode.commands as unknown as Record<'executeCommand', (...args: unknown[]) => unknown>;
      const { executeCommand } = commands;
      const names: string[] = [];
      commands.executeCommand = async (...args: unknown[]) => {
        if (args[0] !== 'workbench.extensions.installExtension') return executeCommand.apply(commands, args);
        names.push(String(args[1]));
        install(String(args[1]));
      };
      try {
        await action();
      } finally {
        commands.executeCommand = executeCommand;
      }
      return names;
    }

    async function takeOfOther(): Promise<void> {
      await forgetSnapshots();
      const { engine } = await theInstance();
      const extensions = [
        { id: extensionId, version: '0.0.1' },
        { id: 'ms-python.python', version: '2026.1.0' },
        { id: 'julialang.language-julia', version: '1.200.0' },
      ];
      await engine.take({ extensions });
      await (await theInstance()).refresh();
    }

    it('is kept with a snapshot that was taken here: the extensions that are installed, and none that comes with VS Code', async () => {
      await run('snapstage.showDependencies', await editorRow());
      assert.match(shown(), new RegExp(`\n${extensionId} +${version().replaceAll('.', String.raw`\.`)} +installed`));
      assert.doesNotMatch(shown(), /vscode\.git/);
    });

    it('is compared with what is installed now, and what is missing is installed after its list was shown', async () => {
      await takeOfOther();
      const asked: string[] = [];
      const names = await installing(
        () => undefined,
        async () => {
          const questions = await withAnswers(['Install'], async () => run('snapstage.recreate', await editorRow()));
          asked.push(...questions.map(({ text }) => text));
        },
      );
      assert.deepEqual(asked, [
        'Install 2 extensions in this editor?\njulialang.language-julia 1.200.0\nms-python.python 2026.1.0\n' +
          `Another version is installed of ${extensionId}: it stays.`,
      ]);
      assert.deepEqual(names, ['julialang.language-julia@1.200.0', 'ms-python.python@2026.1.0']);
      await run('snapstage.checkApplications', await editorRow());
      assert.match(shown(), new RegExp(`other version +${extensionId} +0\\.0\\.1 +${version().replaceAll('.', String.raw`\.`)}`));
    });

    it('tells what could not be installed, and goes on with the others', async () => {
      await takeOfOther();
      const failing = (name: string): void => {
        if (name.startsWith('julialang')) throw new Error('no such extension');
      };
      const failed = await pressInWarnings('Show Log', async () => {
        const names = await installing(failing, () => withAnswers(['Install'], async () => run('snapstage.recreate', await editorRow())));
        assert.equal(names.length, 2);
      });
      assert.deepEqual(failed, ['1 of 2 extensions could not be installed.']);
    });

    it('has nothing to recreate where nothing is missing, and its files are offered where they differ', async () => {
      await removeFiles('.vscode');
      writeProject(inFolder(''), { '.vscode/settings.json': '{}' });
      await forgetSnapshots();
      await run('snapstage.take');
      const said = await told(() => withAnswers([], async () => run('snapstage.recreate', await editorRow())));
      assert.deepEqual(said, ['Nothing to do: no extension is missing here.']);
      writeProject(inFolder(''), { '.vscode/settings.json': '{ "editor.tabSize": 3 }' });
      const asked = await withAnswers(['Restore Files…', 'Restore'], async () => run('snapstage.recreate', await editorRow()));
      assert.match(asked[0]?.text ?? '', /^No extension is missing here, but the configuration files are not those of /);
      assert.equal(String(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder().uri, '.vscode/settings.json'))), '{}');
    });
  });
});
