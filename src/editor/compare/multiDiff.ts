import * as vscode from 'vscode';
import type { Change, EngineApi } from '../../engine/api.ts';
import type { Stored } from '../state.ts';
import { numberOfChanges } from './changes.ts';
import { formatNumber } from '../../base/format.ts';
import type { Instance } from '../instance.ts';
import { setting } from '../settings.ts';
import { isOpenable } from '../files/snapshotUris.ts';
import { isText, stateUri } from '../files/viewer.ts';
import { stateTitle } from '../words.ts';

/** Larger texts would hold up the editor that shows them all. */
const mostBytes = 2_000_000;

/** Changes that are asked for, to find among them as many texts as are shown. */
const mostAsked = 2000;

export interface Sides {
  readonly instance: Instance;
  readonly from: Stored;
  /** Absent: the current state. */
  readonly to?: Stored;
  /** A path: nothing else is compared. Absent: everything is. */
  readonly below?: string;
}

/** Whether it is a part of a folder that is compared with a whole one: all else that is there is no difference. */
function isPart({ from, to }: Pick<Sides, 'from' | 'to'>): boolean {
  return from.kind === 'distributed' || (from.kind === 'kept' && to?.kind !== 'kept');
}

/** What the engine is asked for. */
export function comparedStates({ from, to, below }: Omit<Sides, 'instance'>): Omit<Parameters<EngineApi['changes']>[0], 'limit'> {
  return {
    a: from.id,
    ...(to && { b: to.id }),
    ...(below !== undefined && { path: below }),
    ...(isPart({ from, ...(to && { to }) }) && { without: 'added' }),
  };
}

/**
 * Opens the changed texts in VS Code's multi-file diff editor, as many as the setting says; it says
 * how many are left out, and why. Notebooks, images and other binaries have diffs of their own.
 */
export async function openChanges(sides: Sides): Promise<void> {
  const { instance, from, to } = sides;
  const limit = setting('openAllChangesLimit');
  const asked = { ...comparedStates(sides), limit: Math.max(limit, mostAsked) };
  const { counts, changes } = await instance.engine.changes(asked);
  const files = changes.filter(({ kind, path, from: earlier = path }) => kind !== 'folder' && isOpenable(path) && isOpenable(earlier));
  const small = files.filter(({ size, path }) => size <= mostBytes && !path.endsWith('.ipynb'));
  const texts: Change[] = [];
  // Only as many are looked into as can be shown.
  for (let next = 0; next < small.length && texts.length < limit; next += limit) {
    const some = small.slice(next, next + limit);
    const readable = await Promise.all(some.map((change) => isTextChange(instance, from, to, change)));
    texts.push(...some.filter((_, index) => readable[index]));
  }
  const shown = texts.slice(0, limit);
  const all = numberOfChanges(counts);
  const count = all > changes.length ? all : files.length;
  if (count === 0) void vscode.window.showInformationMessage(vscode.l10n.t('No differences.'));
  const language = vscode.env.language;
  if (count > shown.length) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        '{0} of {1} changed files are opened: text files, at most {2} of them. The Comparison view opens the others one by one.',
        formatNumber(shown.length, language),
        formatNumber(count, language),
        formatNumber(limit, language),
      ),
    );
  }
  if (shown.length === 0) return;
  await vscode.commands.executeCommand(
    'vscode.changes',
    `${stateTitle(from)} ↔ ${stateTitle(to)}`,
    shown.map(({ change, path, from: earlier = path }) => [
      stateUri(instance, change === 'removed' ? from : to, path),
      change === 'added' ? undefined : stateUri(instance, from, earlier),
      change === 'removed' ? undefined : stateUri(instance, to, path),
    ]),
  );
}

async function isTextChange(instance: Instance, from: Stored, to: Stored | undefined, change: Change): Promise<boolean> {
  const [state, path] = change.change === 'removed' ? [from, change.path] : [to, change.path];
  // What has gone meanwhile is no text; its row says so when it is opened.
  return isText(instance, state, path).catch(() => false);
}
