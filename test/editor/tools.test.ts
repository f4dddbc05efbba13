/** The tools that agents call: as VS Code calls them, and each with its input, question and result. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { AgreedRestore } from '../../src/editor/restore/agreedRestore.ts';
import { EditorReloader } from '../../src/editor/restore/reload.ts';
import { Reporter } from '../../src/editor/reporter.ts';
import { toolShapes, type ToolName } from '../../src/editor/api/toolInput.ts';
import { registerTools, type ToolRegistry } from '../../src/editor/api/tools.ts';
import { editorOn, forgetSnapshots, inFolder, insert, internals, removeFiles, theInstance } from './extension.ts';

const names = Object.keys(toolShapes) as ToolName[];
const { token } = new vscode.CancellationTokenSource();

type Result = Readonly<Record<string, unknown>>;

function resultOf(result: vscode.LanguageModelToolResult | null | undefined): Result {
  const [part] = result?.content ?? [];
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value) as Result;
}

describe('tools for agents', () => {
  const endings: (() => unknown)[] = [];
  let log: vscode.LogOutputChannel;

  before(() => {
    log = vscode.window.createOutputChannel('Tools', { log: true });
  });

  after(() => log.dispose());

  beforeEach(() => writeFile(inFolder('agent.txt'), 'one\n'));

  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await removeFiles('agent.txt', 'later.txt');
    await forgetSnapshots();
  });

  /** The tools as VS Code gets them, to be called as it calls them. */
  async function tools(): Promise<Readonly<Record<ToolName, vscode.LanguageModelTool<unknown>>>> {
    const { workspace } = await internals();
    const registered: Partial<Record<string, vscode.LanguageModelTool<unknown>>> = {};
    const registry: ToolRegistry = {
      registerTool(name, tool) {
        registered[name] = tool;
        return new vscode.Disposable(() => delete registered[name]);
      },
    };
    const registration = registerTools(registry, workspace, new AgreedRestore(new EditorReloader(new Reporter(log))));
    endings.push(() => registration.dispose());
    return registered as Record<ToolName, vscode.LanguageModelTool<unknown>>;
  }

  /** An unsaved change in the file's editor. */
  async function makeDirty(): Promise<void> {
    const editor = await editorOn('agent.txt');
    await insert(editor, 'unsaved ');
    assert.equal(editor.document.isDirty, true);
  }

  const invoke = async (tool: vscode.LanguageModelTool<unknown>, input: object): Promise<Result> =>
    resultOf(await tool.invoke({ input, toolInvocationToken: undefined }, token));
  const prepare = async (tool: vscode.LanguageModelTool<unknown>, input: object): Promise<vscode.PreparedToolInvocation> =>
    (await tool.prepareInvocation?.({ input }, token)) ?? assert.fail('nothing is said');

  it('are offered by VS Code, and called through it', async () => {
    await internals();
    const offered = vscode.lm.tools.map(({ name }) => name).filter((name) => name.startsWith('snapstage_'));
    assert.deepEqual(offered.toSorted(), names.toSorted());
    const call = async (name: ToolName, input: object): Promise<Result> =>
      resultOf(await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }));
    const taken = await call('snapstage_take_snapshot', { name: 'before the agent' });
    assert.equal(taken['name'], 'before the agent');
    const { snapshots } = (await call('snapstage_list_snapshots', {})) as { readonly snapshots: readonly Result[] };
    assert.deepEqual(
      snapshots.map(({ id }) => id),
      [taken['id']],
    );
    await assert.rejects(
      Promise.resolve(vscode.lm.invokeTool('snapstage_compare_snapshots', { input: { from: 7 }, toolInvocationToken: undefined })),
    );
  });

  it('do no harm in an editor that has none', async () => {
    const { workspace } = await internals();
    const restore = new AgreedRestore(new EditorReloader(new Reporter(log)));
    for (const registry of [undefined, {}]) registerTools(registry, workspace, restore).dispose();
  });

  it('take and compare, and say what was unsaved', async () => {
    const all = await tools();
    await makeDirty();
    const said = await prepare(all.snapstage_take_snapshot, {});
    assert.equal(said.confirmationMessages, undefined);
    assert.match(said.invocationMessage as string, /^Taking a snapshot of /);
    const taken = await invoke(all.snapstage_take_snapshot, { description: 'All of it' });
    assert.deepEqual(taken['unsavedInEditors'], ['agent.txt']);
    await writeFile(inFolder('later.txt'), 'later\n');
    const compared = await invoke(all.snapstage_compare_snapshots, {});
    assert.deepEqual(compared, {
      counts: { added: 1, changed: 0, removed: 0, moved: 0 },
      changes: [{ change: 'added', path: 'later.txt', kind: 'file', size: 6 }],
    });
    assert.deepEqual((await invoke(all.snapstage_compare_snapshots, { from: taken['id'], to: 'latest', path: 'data' }))['changes'], []);
  });

  it('restore what the user has agreed to', async () => {
    const all = await tools();
    await invoke(all.snapstage_take_snapshot, { name: 'safe [x](command:y)' });
    await rm(inFolder('agent.txt'));
    await writeFile(inFolder('later.txt'), 'later\n');
    const input = { state: 'latest' };
    const { confirmationMessages } = await prepare(all.snapstage_restore_snapshot, input);
    assert.match(confirmationMessages?.title ?? '', /^Restore sample-course from “safe/);
    const { value, isTrusted } = (confirmationMessages ?? assert.fail()).message as vscode.MarkdownString;
    const plain = value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
    assert.match(
      plain,
      /Bring back 1 file, delete 1 that came later\.\s+agent\.txt and later\.txt\s+The state now is kept as a snapshot first\./,
    );
    assert.ok(!isTrusted, 'no link in it runs a command');
    assert.ok(!existsSync(inFolder('agent.txt')), 'nothing happens before the answer');
    const done = await invoke(all.snapstage_restore_snapshot, input);
    assert.equal((await readFile(inFolder('agent.txt'))).toString(), 'one\n');
    assert.ok(!existsSync(inFolder('later.txt')));
    assert.match(String(done['stateBefore']), /^[0-9a-f]{32}$/);
    await assert.rejects(invoke(all.snapstage_restore_snapshot, input), /Nobody was asked/, 'one answer is for one restore');
    const { state } = await theInstance();
    assert.ok(state.kind === 'ready' && state.status.undo);
  });

  it('restore nothing else than what was shown', async () => {
    const all = await tools();
    await invoke(all.snapstage_take_snapshot, {});
    await writeFile(inFolder('later.txt'), 'later\n');
    const input = { state: 'latest' };
    await prepare(all.snapstage_restore_snapshot, input);
    await writeFile(inFolder('agent.txt'), 'two\n');
    await assert.rejects(invoke(all.snapstage_restore_snapshot, input), /have changed since the plan was shown/);
    assert.ok(existsSync(inFolder('later.txt')));
    await assert.rejects(invoke(all.snapstage_restore_snapshot, { state: 'latest', paths: ['agent.txt'] }), /Nobody was asked/);
    assert.equal((await readFile(inFolder('agent.txt'))).toString(), 'two\n');
  });

  it('do not restore over what is unsaved', async () => {
    const all = await tools();
    await invoke(all.snapstage_take_snapshot, {});
    await writeFile(inFolder('agent.txt'), 'two\n');
    await makeDirty();
    const input = { state: 'latest', paths: ['agent.txt'] };
    await prepare(all.snapstage_restore_snapshot, input);
    await assert.rejects(invoke(all.snapstage_restore_snapshot, input), /Unsaved changes would be lost/);
  });

  it('are asked about by VS Code itself, which in a test run answers yes', async () => {
    const all = await tools();
    await invoke(all.snapstage_take_snapshot, {});
    await writeFile(inFolder('agent.txt'), 'two\n');
    await vscode.lm.invokeTool('snapstage_restore_snapshot', { input: { state: 'latest' }, toolInvocationToken: undefined });
    assert.equal((await readFile(inFolder('agent.txt'))).toString(), 'one\n');
  });

  it('say what is wrong in a sentence', async () => {
    const all = await tools();
    await assert.rejects(invoke(all.snapstage_take_snapshot, { name: 7 }), /“name” must be a string/);
    await assert.rejects(
      invoke(all.snapstage_take_snapshot, { folder: 'elsewhere' }),
      /Say which folder is meant\. There are: sample-course\./,
    );
    await invoke(all.snapstage_take_snapshot, { folder: 'sample-course' });
    await assert.rejects(prepare(all.snapstage_restore_snapshot, {}), /“state” is missing/);
    await assert.rejects(prepare(all.snapstage_restore_snapshot, { state: 'nowhere' }), /no snapshot “nowhere”/);
    await assert.rejects(prepare(all.snapstage_restore_snapshot, { state: 'latest', paths: ['../x'] }), /not a path inside/);
    const cancelled = new vscode.CancellationTokenSource();
    cancelled.cancel();
    const call = all.snapstage_compare_snapshots.invoke({ input: {}, toolInvocationToken: undefined }, cancelled.token);
    await assert.rejects(Promise.resolve(call), (error) => error instanceof vscode.CancellationError);
  });

  it('change nothing in Restricted Mode', async () => {
    const all = await tools();
    await invoke(all.snapstage_take_snapshot, {});
    await prepare(all.snapstage_restore_snapshot, { state: 'latest' });
    const workspace = vscode.workspace as { isTrusted: boolean };
    const descriptor = Object.getOwnPropertyDescriptor(workspace, 'isTrusted') ?? assert.fail();
    Object.defineProperty(workspace, 'isTrusted', { ...descriptor, get: () => false });
    try {
      await assert.rejects(invoke(all.snapstage_take_snapshot, {}), /In Restricted Mode/);
      await assert.rejects(invoke(all.snapstage_restore_snapshot, { state: 'latest' }), /In Restricted Mode/);
      await assert.rejects(prepare(all.snapstage_restore_snapshot, { state: 'latest' }), /In Restricted Mode/);
      await invoke(all.snapstage_list_snapshots, {});
    } finally {
      Object.defineProperty(workspace, 'isTrusted', descriptor);
    }
  });
});
