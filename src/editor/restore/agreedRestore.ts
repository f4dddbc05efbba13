import { l10n, workspace } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { RestoreOutcome, RestorePlan } from '../../engine/api.ts';
import type { Instance } from '../instance.ts';
import type { EditorReloader } from './reload.ts';
import { itemsFor, unsavedAmong } from './unsaved.ts';
import { namesInWords } from '../words.ts';

/** Changes to the folder that were agreed to elsewhere: asks nothing, and brings the open editors along. */
export class AgreedRestore {
  readonly #reloader: EditorReloader;

  constructor(reloader: EditorReloader) {
    this.#reloader = reloader;
  }

  /** Executes exactly this plan, which tells what it does to what is open. Throws `refused` when it touches what is unsaved: saving would make another plan of it. */
  async execute(instance: Instance, plan: RestorePlan, options: CallOptions = {}): Promise<RestoreOutcome> {
    mustBeSaved(instance, plan);
    return this.#reloader.around(instance, (items) => instance.engine.executeRestore(plan, { ...options, items }));
  }

  /** Undoes the last restore. */
  async undo(instance: Instance, options: CallOptions = {}): Promise<RestoreOutcome> {
    mustBeSaved(instance, await instance.engine.planUndo({ ...options, items: itemsFor(instance) }));
    return this.#reloader.around(instance, (items) => instance.engine.undo({ ...options, items }));
  }
}

/** Throws in Restricted Mode, for callers that no command stands before. */
export function mustBeTrusted(): void {
  if (workspace.isTrusted) return;
  throw new SnapstageError(
    'refused',
    l10n.t('In Restricted Mode, snapshots can be viewed and compared, but not taken, restored or changed.'),
  );
}

function mustBeSaved(instance: Instance, plan: RestorePlan): void {
  const unsaved = unsavedAmong(instance, plan);
  if (unsaved.length === 0) return;
  const names = unsaved.map(({ path }) => path);
  throw new SnapstageError('refused', l10n.t('Unsaved changes would be lost: {0}. Save them first.', namesInWords(names)), {
    paths: names,
  });
}
