/** The rows of the Space view, what its commands say, and how this window's instance comes into a Space and out of it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SpaceNode } from '../../src/editor/space/spaceNodes.ts';
import { rmSync } from 'node:fs';
import { withAnswers } from './answers.ts';
import { forgetSnapshots, inFolder, internals, removeFiles, theInstance } from './extension.ts';
import type { People, Person } from './people.ts';

export const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

/** While it runs, what toasts of this kind say comes here; the button is pressed where a toast has it. */
export async function told(
  work: () => PromiseLike<unknown>,
  kind: 'showInformationMessage' | 'showErrorMessage' = 'showInformationMessage',
  press?: string,
): Promise<string> {
  const window = vscode.window as unknown as Record<typeof kind, (...args: unknown[]) => unknown>;
  const real = window[kind];
  const said: string[] = [];
  window[kind] = async (...args: unknown[]) => {
    said.push(String(args[0]));
    return args.includes(press) ? press : undefined;
  };
  try {
    await work();
  } finally {
    window[kind] = real;
  }
  return said.join('\n');
}

export async function rowsIn(node?: SpaceNode): Promise<readonly SpaceNode[]> {
  return (await internals()).spaceTree.getChildren(node);
}

/** `label | description` */
async function textOf(node: SpaceNode): Promise<string> {
  const { label, description } = (await internals()).spaceTree.getTreeItem(node);
  const name = typeof label === 'string' ? label : '';
  return typeof description === 'string' && description !== '' ? `${name} | ${description}` : name;
}

export async function textsIn(node?: SpaceNode): Promise<readonly string[]> {
  return Promise.all((await rowsIn(node)).map(textOf));
}

/** The row that is found by going down along those whose texts begin so. */
export async function at(...starts: readonly string[]): Promise<SpaceNode> {
  let found: SpaceNode | undefined;
  for (const start of starts) {
    const rows = await rowsIn(found);
    const texts = await Promise.all(rows.map(textOf));
    found = rows[texts.findIndex((text) => text.startsWith(start))] ?? assert.fail(`no row ${start} among ${texts.join('; ')}`);
  }
  return found ?? assert.fail('no row was asked for');
}

export const sync = (): Thenable<unknown> => run('snapstage.syncSpace');

/** This window's instance is the Master of a new Space. Returns what was said of the recovery code. */
export async function create({ hub }: People): Promise<string> {
  const asked = await withAnswers(['Econometrics', 'A Folder…', hub, 'Copy', 'I Have Written It Down'], () => run('snapstage.createSpace'));
  return asked[3]!.text;
}

/** Returns the code. */
export async function invite(name: string, role: 'Editor' | 'Viewer' = 'Editor', groups = ''): Promise<string> {
  await withAnswers([name, role, groups, 'Copy Code', 'Done'], () => run('snapstage.invite'));
  return vscode.env.clipboard.readText();
}

/** This window's instance is a member of somebody else's Space. */
export async function joined(people: People): Promise<Person> {
  const master = await people.person('master');
  await master.engine.createSpace({ name: 'Econometrics', hub: people.hub });
  const { code } = await master.engine.invite({ name: 'Ada' });
  await told(() => withAnswers([code, 'Join'], () => run('snapstage.joinSpace')));
  await master.engine.space({ sync: true });
  await sync();
  return master;
}

/** Ends what a test has made of the window: editors, the Space, the Stage, snapshots, settings and these files. */
export async function forgetSpace(...files: string[]): Promise<void> {
  await run('workbench.action.closeAllEditors');
  // A Master can't leave: what is known of the Space goes with its folder.
  rmSync(inFolder('.snapstage/space'), { recursive: true, force: true, maxRetries: 5 });
  const { engine } = await theInstance();
  const { objects } = await engine.stage();
  await engine.removeFromStage(objects.map(({ id }) => id));
  await removeFiles(...files);
  await forgetSnapshots();
  const { spaces } = await internals();
  await spaces.refresh(await theInstance());
  await vscode.workspace.getConfiguration('snapstage').update('space.receive', undefined, vscode.ConfigurationTarget.Global);
}
