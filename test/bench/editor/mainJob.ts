import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pressIcon, pressTitleButton, view } from '../../ui/steps.ts';
import { readManifest } from '../compare.ts';
import { editFiles, insertLine } from '../mutate.ts';
import { restoreAndUndo, type Verdict } from './restoreAndUndo.ts';
import { now, type Stopwatch } from './stopwatch.ts';
import { row, rowSight, type EditorWindow, type Sight } from './window.ts';

export interface MainJob {
  readonly window: EditorWindow;
  readonly stopwatch: Stopwatch;
  /** A copy of a tree, no instance yet, open in the window. */
  readonly folder: string;
  /** The path in it of a file that is edited. */
  readonly one: string;
}

const unchanged = rowSight(view, /^Current state.*no changes since/);

/** Take, change, compare, take again, restore and undo; says how the folder compares with what was there before each. */
export async function mainJob(job: MainJob): Promise<readonly Verdict[]> {
  const first = readManifest(job.folder);
  await takeFirst(job);
  await changeOne(job);
  await changeMany(job);
  await takeSecond(job);
  const second = readManifest(job.folder);
  return restoreAndUndo(
    { ...job, plan: /Replace .* bring back 1, delete 1/, undone: /^Current state.*no changes since (?!.*was restored)/ },
    first,
    second,
  );
}

async function takeFirst({ window, stopwatch }: MainJob): Promise<void> {
  const button: Sight = { selector: '.monaco-button', text: /Take First Snapshot/ };
  await stopwatch.step('open the view', { act: () => pressIcon(window.editor), see: () => button });
  await stopwatch.step('first snapshot', {
    act: () => window.page.locator(button.selector, { hasText: 'Take First Snapshot' }).click(),
    see: () => rowSight(view, /quick · /),
    settle: unchanged,
  });
}

async function changeOne({ window, stopwatch, folder, one }: MainJob): Promise<void> {
  await stopwatch.step('one file edited outside', {
    act: () => {
      insertLine(join(folder, one), 1);
      return Promise.resolve(now());
    },
    see: () => rowSight(view, /^Current state.*1 changed since/),
    settle: rowSight(view, new RegExp(`^${basename(one)}`)),
  });
  await stopwatch.step('its difference opened', {
    act: () => row(window, view, new RegExp(`^${basename(one)}`)).click(),
    see: () => ({ selector: '.monaco-diff-editor .line-insert' }),
  });
}

/** Edits 1 % of the files, and adds and deletes one each. */
async function changeMany({ stopwatch, folder, one }: MainJob): Promise<void> {
  let edited = 0;
  await stopwatch.step('1 % edited outside', {
    act: () => {
      rmSync(join(folder, one));
      edited = editFiles(folder, 1);
      writeFileSync(join(folder, 'added.txt'), 'added\n');
      return Promise.resolve(now());
    },
    see: () => rowSight(view, new RegExp(`^Current state.*${edited.toLocaleString('en')} changed, 1 new, 1 deleted since`)),
  });
}

function takeSecond({ window, stopwatch }: MainJob): Promise<void> {
  return stopwatch.step('second snapshot', {
    act: () => pressTitleButton(window.editor, 'Take Snapshot'),
    see: () => ({ selector: '.statusbar-item', text: /Snapshot taken/ }),
    settle: unchanged,
  });
}
