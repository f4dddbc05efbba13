import * as vscode from 'vscode';
import type { CallOptions } from '../../base/progress.ts';
import type { EntryKind, FoundPath, FoundPaths } from '../../engine/api.ts';
import { coalesce } from '../coalesce.ts';
import { findPattern } from './findPattern.ts';
import { formatNumber } from '../../base/format.ts';
import { baseName, parentPath } from '../../base/paths.ts';
import { displayText } from '../formats.ts';
import { errorSentences } from '../messages.ts';
import { plainLabel } from '../pickers.ts';

/** Rows shown; more of them would help nobody to find one. */
const mostRows = 500;

/** A pause in typing that is long enough to begin to search. */
const pauseMilliseconds = 250;

export interface FindPickOptions {
  readonly title: string;
  readonly search: (pattern: string, limit: number, options: CallOptions) => Promise<FoundPaths>;
  /** Where it is, in words; below the name. */
  readonly detail: (found: FoundPath) => string | undefined;
  /** Buttons on a row. */
  readonly buttons: readonly (vscode.QuickInputButton & { readonly run: (found: FoundPath) => void })[];
  /** Hears of a search that failed; the row in its place leads to the log. */
  readonly onError: (error: unknown) => void;
}

interface FoundRow extends vscode.QuickPickItem {
  readonly found?: FoundPath;
  readonly error?: true;
}

/** Finds while one types, one search at a time. Gives the path that was chosen, nothing on escape or when a row's button was pressed. */
export function pickFound(options: FindPickOptions): Promise<FoundPath | undefined> {
  const pick = vscode.window.createQuickPick<FoundRow>();
  pick.title = options.title;
  pick.placeholder = vscode.l10n.t('A part of the name or path, or a pattern such as *.csv or data/**');
  pick.ignoreFocusOut = true;
  let search = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const findLatest = coalesce(async () => {
    const { signal } = search;
    const pattern = findPattern(pick.value);
    if (pattern === '' || signal.aborted) return;
    const rows = await options.search(pattern, mostRows, { signal }).then(
      (found) => foundRows(found, options),
      (error: unknown) => {
        if (!signal.aborted) options.onError(error);
        return errorRows(error);
      },
    );
    if (signal.aborted) return;
    pick.busy = false;
    pick.items = rows;
  });
  pick.onDidChangeValue((value) => {
    clearTimeout(timer);
    search.abort();
    search = new AbortController();
    pick.busy = findPattern(value) !== '';
    if (pick.busy) timer = setTimeout(() => void findLatest(), pauseMilliseconds);
    else pick.items = [];
  });
  return new Promise((resolve) => {
    const end = (found?: FoundPath): void => {
      clearTimeout(timer);
      search.abort();
      resolve(found);
      pick.dispose();
    };
    pick.onDidTriggerItemButton(({ item, button }) => {
      const pressed = options.buttons.find((candidate) => candidate === button);
      if (!item.found || !pressed) return;
      pressed.run(item.found);
      end();
    });
    pick.onDidAccept(() => {
      const [row] = pick.selectedItems;
      if (row?.error) void vscode.commands.executeCommand('snapstage.showLog');
      if (row?.found || row?.error) end(row.found);
    });
    pick.onDidHide(() => end());
    pick.show();
  });
}

function foundRows({ count, paths }: FoundPaths, { detail, buttons }: FindPickOptions): FoundRow[] {
  if (count === 0) return [{ label: vscode.l10n.t('Nothing found'), alwaysShow: true }];
  const rows = paths.map((one): FoundRow => {
    const where = detail(one);
    return {
      label: `$(${icons[one.kind]}) ${plainLabel(baseName(one.path))}`,
      description: displayText(parentPath(one.path)),
      ...(where !== undefined && { detail: where }),
      // What a pattern finds doesn't hold the pattern's text, by which VS Code would hide it.
      alwaysShow: true,
      buttons: [...buttons],
      found: one,
    };
  });
  const more = count - rows.length;
  return more > 0
    ? [...rows, { label: vscode.l10n.t('{0} more: be more exact', formatNumber(more, vscode.env.language)), alwaysShow: true }]
    : rows;
}

function errorRows(error: unknown): FoundRow[] {
  const { what, next } = errorSentences(error);
  const log = vscode.l10n.t('Show Log');
  return [
    {
      label: `$(warning) ${plainLabel(what)}`,
      description: log,
      ...(next !== undefined && { detail: next }),
      alwaysShow: true,
      error: true,
    },
  ];
}

const icons: Readonly<Record<EntryKind, string>> = { file: 'file', folder: 'folder', link: 'file-symlink-file' };
