import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { RestorePlan } from '../../engine/api.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { errorSentence } from '../messages.ts';
import { installedExtensions } from '../applications/installedExtensions.ts';
import { Recent } from '../recent.ts';
import { countActions, samePlan } from '../restore/restorePlan.ts';
import { pathIn } from '../files/snapshotUris.ts';
import { namesInWords, plannedInWords, snapshotInSentence } from '../words.ts';
import type { Workspace } from '../workspace.ts';
import { abortable } from './abortable.ts';
import { mustBeTrusted, type AgreedRestore } from '../restore/agreedRestore.ts';
import { itemsFor } from '../restore/unsaved.ts';
import { parseToolInput, type ToolInput, type ToolName } from './toolInput.ts';
import { changesResult, listResult, mostPaths, restoreResult, takeResult } from './toolResults.ts';

/** Names shown in a question; the rest is a number. */
const mostNames = 10;

/** Plans kept between the question and its answer. */
const mostShown = 5;

/** One tool: what it does with a checked input, and what is said or asked before. */
interface Tool<Name extends ToolName> {
  run(input: ToolInput<Name>, signal: AbortSignal): Promise<object>;
  prepare(input: ToolInput<Name>, signal: AbortSignal): Promise<vscode.PreparedToolInvocation> | vscode.PreparedToolInvocation;
}

type Tools = { readonly [Name in ToolName]: Tool<Name> };

/** What registers tools; editors built on VS Code can lack it. */
export type ToolRegistry = Pick<typeof vscode.lm, 'registerTool'>;

/**
 * Lets agents take, list and compare snapshots, and restore one when the user agrees. None of them deletes a snapshot.
 * Registers nothing in an editor without language model tools.
 */
export function registerTools(
  registry: Partial<ToolRegistry> | undefined,
  workspace: Workspace,
  restore: AgreedRestore,
): vscode.Disposable {
  if (typeof registry?.registerTool !== 'function') return new vscode.Disposable(() => undefined);
  const register = registry.registerTool.bind(registry);
  const tools = snapshotTools(workspace, restore);
  return vscode.Disposable.from(
    register('snapstage_take_snapshot', languageModelTool('snapstage_take_snapshot', tools.snapstage_take_snapshot)),
    register('snapstage_list_snapshots', languageModelTool('snapstage_list_snapshots', tools.snapstage_list_snapshots)),
    register('snapstage_compare_snapshots', languageModelTool('snapstage_compare_snapshots', tools.snapstage_compare_snapshots)),
    register('snapstage_restore_snapshot', languageModelTool('snapstage_restore_snapshot', tools.snapstage_restore_snapshot)),
  );
}

/** A tool as VS Code calls it: the input checked, the result as JSON, an error as its sentence. */
function languageModelTool<Name extends ToolName>(name: Name, tool: Tool<Name>): vscode.LanguageModelTool<unknown> {
  return {
    async invoke({ input }, token) {
      try {
        const result = await abortable(token, (signal) => tool.run(parseToolInput(name, input), signal));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(result))]);
      } catch (error) {
        throw toolError(error, token);
      }
    },
    async prepareInvocation({ input }, token) {
      try {
        return await abortable(token, async (signal) => tool.prepare(parseToolInput(name, input), signal));
      } catch (error) {
        throw toolError(error, token);
      }
    },
  };
}

function toolError(error: unknown, token: vscode.CancellationToken): Error {
  if (token.isCancellationRequested) return new vscode.CancellationError();
  return new Error(errorSentence(error), { cause: error });
}

function snapshotTools(workspace: Workspace, restore: AgreedRestore): Tools {
  return {
    snapstage_take_snapshot: {
      prepare: ({ folder }) => ({ invocationMessage: vscode.l10n.t('Taking a snapshot of {0}', instanceFor(workspace, folder).name) }),
      async run({ folder, ...request }, signal) {
        mustBeTrusted();
        const instance = instanceFor(workspace, folder);
        await instance.ensureInitialised();
        try {
          // Nobody is there to ask; the answer says what was in use.
          return takeResult(
            await instance.engine.take({ ...request, force: true, extensions: installedExtensions() }, { signal }),
            unsavedIn(instance),
          );
        } finally {
          await instance.refresh();
        }
      },
    },
    snapstage_list_snapshots: {
      prepare: ({ folder }) => ({ invocationMessage: vscode.l10n.t('Listing the snapshots of {0}', instanceFor(workspace, folder).name) }),
      run: async ({ folder }) => listResult(await instanceFor(workspace, folder).mustList()),
    },
    snapstage_compare_snapshots: {
      prepare: ({ folder }) => ({ invocationMessage: vscode.l10n.t('Comparing snapshots of {0}', instanceFor(workspace, folder).name) }),
      async run({ folder, from = 'latest', to, path }, signal) {
        const { engine } = instanceFor(workspace, folder);
        const states = { a: from, ...(to !== undefined && { b: to }), ...(path !== undefined && { path }) };
        return changesResult(await engine.changes({ ...states, limit: mostPaths }, { signal }));
      },
    },
    snapstage_restore_snapshot: restoreTool(workspace, restore),
  };
}

/** Restores what the user has agreed to, and nothing else: the plan that was shown is made again and must be the same. */
function restoreTool(workspace: Workspace, restore: AgreedRestore): Tool<'snapstage_restore_snapshot'> {
  const shown = new Recent<RestorePlan>(mostShown);
  const planFor = (input: ToolInput<'snapstage_restore_snapshot'>, signal: AbortSignal): Promise<RestorePlan> => {
    const { folder, state, paths = [] } = input;
    if (state === undefined) throw new SnapstageError('usage', '“state” is missing: the snapshot to restore, by its id or name.');
    const instance = instanceFor(workspace, folder);
    return instance.engine.planRestore({ state, paths }, { signal, items: itemsFor(instance) });
  };
  return {
    async prepare(input, signal) {
      mustBeTrusted();
      const plan = await planFor(input, signal);
      shown.set(JSON.stringify(input), plan);
      return {
        invocationMessage: vscode.l10n.t('Restoring from {0}', snapshotInSentence(plan.snapshot)),
        confirmationMessages: question(instanceFor(workspace, input.folder), plan),
      };
    },
    async run(input, signal) {
      mustBeTrusted();
      const key = JSON.stringify(input);
      const agreed = shown.get(key);
      shown.delete(key);
      if (!agreed) throw new SnapstageError('refused', vscode.l10n.t('Nobody was asked about this restore, so it was not done.'));
      const instance = instanceFor(workspace, input.folder);
      const plan = await planFor(input, signal);
      if (!samePlan(agreed, plan)) throw new SnapstageError('stale-plan', vscode.l10n.t('Not restored.'));
      if (countActions(plan.counts).length === 0) return { done: false, reason: 'Everything is as it was then.' };
      return restoreResult(await restore.execute(instance, plan, { signal }));
    },
  };
}

function question(instance: Instance, plan: RestorePlan): vscode.LanguageModelToolConfirmationMessages {
  const { items, counts, snapshot, request } = plan;
  const changed = items.filter(({ action, kind }) => action !== 'keep' && (action !== 'attributes' || kind !== 'folder'));
  const count = counts.add + counts.replace + counts.delete + counts.attributes - counts.folders.attributes;
  const what = request.paths?.length ? namesInWords(request.paths, mostNames) : instance.name;
  const lines = [
    plannedInWords(countActions(counts)) || vscode.l10n.t('Nothing to do: everything is as it was then.'),
    ...(changed.length === 0
      ? []
      : [
          namesInWords(
            changed.map(({ path }) => path),
            mostNames,
            count,
          ),
        ]),
    vscode.l10n.t('The state now is kept as a snapshot first.'),
  ];
  // As text: a file's name must not turn into a link or a command here.
  const message = new vscode.MarkdownString();
  for (const line of lines) message.appendText(line).appendMarkdown('\n\n');
  return { title: vscode.l10n.t('Restore {0} from {1}?', what, snapshotInSentence(snapshot)), message };
}

/** The folder of this name or path, or the only one. */
function instanceFor(workspace: Workspace, folder: string | undefined): Instance {
  const { instances } = workspace;
  const [only, ...others] = instances;
  if (!only) throw new SnapstageError('usage', vscode.l10n.t('Open a folder first: a snapshot is one of a folder on this machine.'));
  if (folder === undefined && others.length === 0) return only;
  const found = instances.find(({ name, folder: { uri } }) => folder !== undefined && (name === folder || uri.fsPath === folder));
  if (found) return found;
  const names = namesInWords(
    instances.map(({ name }) => name),
    mostNames,
  );
  throw new SnapstageError('usage', vscode.l10n.t('Say which folder is meant. There are: {0}.', names));
}

/** Files of the folder with unsaved changes in an editor. */
function unsavedIn(instance: Instance): string[] {
  return [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments].flatMap(({ isDirty, uri }) => {
    const path = isDirty && uri.scheme === 'file' ? pathIn(instance.folder.uri, uri) : undefined;
    return path === undefined ? [] : [displayText(path)];
  });
}
