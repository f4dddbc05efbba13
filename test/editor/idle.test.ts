/** Nothing of ours is at work when nothing happens, with all views open. */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { forgetSnapshots, inFolder, internals, removeFiles, theInstance, until } from './extension.ts';

const run = (id: string, ...args: unknown[]): Thenable<unknown> => vscode.commands.executeCommand(id, ...args);

/** What our code does from now on: calls of the engine, timers set, rows drawn anew. `end` puts everything back. */
async function listen(): Promise<{ readonly seen: readonly string[]; readonly end: () => void }> {
  const { workspace, tree, comparison, history } = await internals();
  const seen: string[] = [];
  const [instance] = workspace.instances;
  assert.ok(instance);
  const { engine } = instance;
  const listening = new Proxy(engine, {
    get(target, method: keyof typeof engine) {
      seen.push(`engine.${method}`);
      return target[method];
    },
  });
  Object.defineProperty(instance, 'engine', { get: () => listening, configurable: true });
  const timers = ['setTimeout', 'setInterval', 'setImmediate'] as const;
  const real = Object.fromEntries(timers.map((name) => [name, globalThis[name]]));
  const watched = (name: (typeof timers)[number]): unknown =>
    new Proxy(globalThis[name], {
      apply(target, self, args) {
        if (new Error().stack?.includes('extension.cjs')) seen.push(name);
        return Reflect.apply(target, self, args) as unknown;
      },
    });
  Object.assign(globalThis, Object.fromEntries(timers.map((name) => [name, watched(name)])));
  const drawn = [tree, comparison, history].map((view) => view.onDidChangeTreeData(() => seen.push(`rows of ${view.constructor.name}`)));
  return {
    seen,
    end() {
      Reflect.deleteProperty(instance, 'engine');
      Object.assign(globalThis, real);
      for (const subscription of drawn) subscription.dispose();
    },
  };
}

/** Every file of the store with its size and time. */
function storeNow(): readonly string[] {
  return readdirSync(inFolder('.snapstage'), { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mtimeMs, size } = statSync(join(inFolder('.snapstage'), name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

describe('when nothing happens', () => {
  afterEach(async () => {
    await run('snapstage.closeComparison');
    await run('snapstage.closeHistory');
    await removeFiles('idle.txt');
    await forgetSnapshots();
  });

  it('no engine is asked, no timer is set, no row is drawn and no file of the store is written', async () => {
    await writeFile(inFolder('idle.txt'), 'one\n');
    await run('snapstage.take');
    await writeFile(inFolder('idle.txt'), 'two\n');
    await run('snapstage.snapshots.focus');
    await run('snapstage.showChanges');
    await run('snapstage.showHistory', vscode.Uri.file(inFolder('idle.txt')));
    const { seen, end } = await listen();
    try {
      let before = -1;
      await until('what was done is over', async () => {
        if (seen.length === before) return true;
        before = seen.length;
        // A view is told once more two seconds after it was drawn first.
        await pause(3000);
        return false;
      });
      const store = storeNow();
      const settled = seen.length;
      // Nobody has used the window: VS Code says so after one or two minutes.
      while (vscode.window.state.active) await pause(500);
      await pause(4000);
      assert.deepEqual(seen.slice(settled), []);
      assert.deepEqual(storeNow(), store);

      await writeFile(inFolder('idle.txt'), 'three\n');
      await until('a change wakes it up', async () => seen.length > settled);
    } finally {
      end();
    }
    await (await theInstance()).refreshChanges();
  });
});
