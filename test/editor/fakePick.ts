/** Stands in for a person at a quick pick that searches while one types. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './extension.ts';

type Row = vscode.QuickPickItem;
type Pick = vscode.QuickPick<Row>;

/** An open quick pick, and what a person does with it. */
export class FakePick {
  title = '';
  value = '';
  placeholder = '';
  busy = false;
  items: readonly Row[] = [];
  selectedItems: readonly Row[] = [];
  shown = false;
  disposed = false;
  readonly #typed = new vscode.EventEmitter<string>();
  readonly #accepted = new vscode.EventEmitter<void>();
  readonly #pressed = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<Row>>();
  readonly #hidden = new vscode.EventEmitter<void>();
  readonly onDidChangeValue = this.#typed.event;
  readonly onDidAccept = this.#accepted.event;
  readonly onDidTriggerItemButton = this.#pressed.event;
  readonly onDidHide = this.#hidden.event;

  show(): void {
    this.shown = true;
  }

  dispose(): void {
    this.disposed = true;
  }

  /** Types, and waits for what is found. Label, description and detail of each row. */
  async type(text: string): Promise<readonly string[]> {
    const before = this.items;
    this.value = text;
    this.#typed.fire(text);
    await until('the search ends', () => !this.busy && this.items !== before);
    return this.items.map(({ label, description, detail }) => [label, description, detail].filter(Boolean).join(' | '));
  }

  accept(label: string): void {
    this.selectedItems = [this.#row(label)];
    this.#accepted.fire();
  }

  press(label: string, tooltip: string): void {
    const item = this.#row(label);
    const button = item.buttons?.find((candidate) => candidate.tooltip === tooltip) ?? assert.fail(`no button ${tooltip}`);
    this.#pressed.fire({ item, button });
  }

  escape(): void {
    this.#hidden.fire();
  }

  #row(label: string): Row {
    return this.items.find((item) => item.label === label) ?? assert.fail(`no row ${label}`);
  }
}

/** Runs what opens a quick pick, with a person at it; waits for both. */
export async function withPick(run: () => PromiseLike<unknown>, person: (pick: FakePick) => PromiseLike<void>): Promise<void> {
  const window = vscode.window as unknown as { createQuickPick: () => Pick };
  const { createQuickPick } = window;
  const { promise, resolve } = Promise.withResolvers<FakePick>();
  window.createQuickPick = () => {
    const pick = new FakePick();
    resolve(pick);
    return pick as unknown as Pick;
  };
  try {
    await Promise.all([run(), promise.then((pick) => person(pick))]);
  } finally {
    window.createQuickPick = createQuickPick;
  }
}
