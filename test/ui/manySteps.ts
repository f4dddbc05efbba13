/** A person who deletes many snapshots of a great many, and the machine that is stopped or dies meanwhile. */
import assert from 'node:assert/strict';
import { readdirSync, watch } from 'node:fs';
import { pressTitleButton, row, view, type Opened } from './steps.ts';

export const viewport = { width: 1280, height: 1400 };

const now = new Date();
const monthsAgo = (months: number): string =>
  new Date(now.getFullYear(), now.getMonth() - months, 1).toLocaleDateString('en-US', { month: 'long', year: 'numeric' });

/** For a course of so many: on a disk, which takes its time for each. In memory all are deleted before anybody can say stop. */
export const place = '/var/tmp';

export class Many {
  /** All its days are of one group: neither of this week nor of the last, and not longer ago than the first snapshot. */
  readonly month = monthsAgo(2);
  private readonly opened: Opened;

  constructor(opened: Opened) {
    this.opened = opened;
  }

  /** How many snapshots there are. */
  stored(): number {
    return readdirSync(this.opened.course.path('.snapstage/snapshots')).filter((name) => /^[0-9a-f]{32}$/.test(name)).length;
  }

  /** Signals the extension hosts at the first change in a folder of the store. */
  async signalAtChange(folder: string, name: NodeJS.Signals): Promise<void> {
    // Looked for beforehand: what is to be stopped does not wait.
    const hosts = this.opened.editor.server.extensionHosts();
    assert.ok(hosts.length > 0);
    await new Promise<void>((resolve) => {
      const watcher = watch(this.opened.course.path(`.snapstage/${folder}`), () => {
        signalAll(hosts, name);
        watcher.close();
        resolve();
      });
    });
  }

  signal(name: NodeJS.Signals): void {
    signalAll(this.opened.editor.server.extensionHosts(), name);
  }

  /** Chooses the rows of the month up to the last one that is shown, and begins to delete them. */
  async askToDelete(): Promise<void> {
    const { editor } = this.opened;
    await pressTitleButton(editor, 'Collapse All');
    await row(editor, this.month).click();
    const first = row(editor, /^state \d+/);
    await first.click();
    await editor.page.keyboard.press('ArrowLeft');
    // Not by a key, which would begin the selection anew.
    const end = editor
      .row(/^\d+ more/, view)
      .or(editor.row(monthsAgo(3), view))
      .first();
    for (let turns = 0; turns < 500 && !(await end.isVisible()); turns++) await editor.page.mouse.wheel(0, 500);
    const last = editor.pane(view).locator(`.monaco-list-row[data-index="${Number(await end.getAttribute('data-index')) - 1}"]`);
    await last.click({ modifiers: ['Shift'] });
    await editor.pickFromMenu(last, 'Delete');
    await editor.dialog.waitFor();
  }
}

function signalAll(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) process.kill(pid, name);
}
