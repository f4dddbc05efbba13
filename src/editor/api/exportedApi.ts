import * as vscode from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type * as engine from '../../engine/api.ts';
import { installedExtensions } from '../applications/installedExtensions.ts';
import type { Instance } from '../instance.ts';
import { snapshotUri } from '../files/snapshotUris.ts';
import type { Workspace } from '../workspace.ts';
import { mustBeTrusted, type AgreedRestore } from '../restore/agreedRestore.ts';
import { abortable } from './abortable.ts';
import type * as api from './snapstage.d.ts';

/** The API of version 1 over the same engines that the views use. */
export class ExportedApi implements api.SnapstageApi, vscode.Disposable {
  readonly #workspace: Workspace;
  readonly #restore: AgreedRestore;
  readonly #folders = new WeakMap<Instance, ExportedFolder>();
  readonly #changed = new vscode.EventEmitter<api.SnapstageFolder | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #subscription: vscode.Disposable;

  constructor(workspace: Workspace, restore: AgreedRestore) {
    this.#workspace = workspace;
    this.#restore = restore;
    this.#subscription = workspace.onDidChange(({ instance, what }) => {
      if (what === 'all') this.#changed.fire(instance && this.#folderFor(instance));
    });
  }

  get folders(): readonly api.SnapstageFolder[] {
    return this.#workspace.instances.map((instance) => this.#folderFor(instance));
  }

  folderOf(uri: vscode.Uri): api.SnapstageFolder | undefined {
    const instance = this.#workspace.instanceOf(uri);
    return instance && this.#folderFor(instance);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  /** The same object each time for the same folder. */
  #folderFor(instance: Instance): ExportedFolder {
    const known = this.#folders.get(instance) ?? new ExportedFolder(instance, this.#restore);
    this.#folders.set(instance, known);
    return known;
  }
}

/** What the extension exports: the API by its version. */
export function exportApi(version1: api.SnapstageApi): api.SnapstageExtension {
  return {
    getAPI(version: number) {
      if (version === 1) return version1;
      throw new SnapstageError('usage', `There is no version ${version} of the API of this Snapstage.`, { version });
    },
  };
}

class ExportedFolder implements api.SnapstageFolder {
  readonly #instance: Instance;
  readonly #restore: AgreedRestore;
  /** Plans as the engine made them: what is handed back may have been changed, or never have been a plan. */
  readonly #plans = new WeakMap<api.RestorePlan, engine.RestorePlan>();

  constructor(instance: Instance, restore: AgreedRestore) {
    this.#instance = instance;
    this.#restore = restore;
  }

  get uri(): vscode.Uri {
    return this.#instance.folder.uri;
  }

  get name(): string {
    return this.#instance.name;
  }

  list(): Promise<readonly api.Snapshot[]> {
    return this.#instance.mustList();
  }

  async show(state: string): Promise<api.SnapshotDetails> {
    return this.#instance.engine.show(text(state, 'state'));
  }

  async take(labels: api.TakeOptions = {}, options?: api.CallOptions): Promise<api.SnapshotDetails> {
    mustBeTrusted();
    const { name, description, pin, force } = labels;
    const request: engine.TakeRequest = {
      ...(name !== undefined && { name: text(name, 'name') }),
      ...(description !== undefined && { description: text(description, 'description') }),
      ...(pin !== undefined && { pin }),
      ...(force !== undefined && { force }),
      extensions: installedExtensions(),
    };
    await this.#instance.ensureInitialised();
    try {
      return await abortable(options?.token, (signal) => this.#instance.engine.take(request, callOptions(signal, options)));
    } finally {
      await this.#instance.refresh();
    }
  }

  async compare(a: string, b?: string, path?: string, options?: api.CallOptions): Promise<api.Changes> {
    const request = {
      a: text(a, 'a'),
      ...(b !== undefined && { b: text(b, 'b') }),
      ...(path !== undefined && { path: text(path, 'path') }),
    };
    return abortable(options?.token, (signal) => this.#instance.engine.diff(request, callOptions(signal, options)));
  }

  async find(pattern: string, state?: string, options?: api.CallOptions): Promise<readonly api.FoundPath[]> {
    const request = { pattern: text(pattern, 'pattern'), ...(state !== undefined && { state: text(state, 'state') }) };
    const { paths } = await abortable(options?.token, (signal) => this.#instance.engine.find(request, callOptions(signal, options)));
    return paths;
  }

  async history(path: string, options?: api.CallOptions): Promise<readonly api.Version[]> {
    return abortable(options?.token, (signal) => this.#instance.engine.history(text(path, 'path'), callOptions(signal, options)));
  }

  uriOf(snapshot: api.Snapshot, path: string): vscode.Uri {
    return snapshotUri(this.uri, snapshot.id, path);
  }

  async planRestore(request: api.RestoreRequest, options?: api.CallOptions): Promise<api.RestorePlan> {
    const { state, paths, keepBoth } = request;
    const asked: engine.RestoreRequest = {
      state: text(state, 'state'),
      ...(paths !== undefined && { paths: paths.map((path) => text(path, 'paths')) }),
      ...(keepBoth !== undefined && { keepBoth }),
    };
    const plan = await abortable(options?.token, (signal) => this.#instance.engine.planRestore(asked, callOptions(signal, options)));
    const shown: api.RestorePlan = { snapshot: plan.snapshot, counts: plan.counts, items: plan.items };
    this.#plans.set(shown, plan);
    return shown;
  }

  async restore(plan: api.RestorePlan, options?: api.CallOptions): Promise<api.RestoreOutcome> {
    mustBeTrusted();
    const made = this.#plans.get(plan);
    if (!made) throw new SnapstageError('usage', 'Not a plan of planRestore of this folder, or one that was executed already.');
    this.#plans.delete(plan);
    return abortable(options?.token, (signal) => this.#restore.execute(this.#instance, made, callOptions(signal, options)));
  }

  async undo(options?: api.CallOptions): Promise<api.RestoreOutcome> {
    mustBeTrusted();
    return abortable(options?.token, (signal) => this.#restore.undo(this.#instance, callOptions(signal, options)));
  }
}

function callOptions(signal: AbortSignal, options: api.CallOptions | undefined): CallOptions {
  return { signal, ...(options?.onProgress && { onProgress: options.onProgress }) };
}

/** Callers in JavaScript are not held to the types. */
function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new SnapstageError('usage', `“${name}” must be a string.`, { name });
}
