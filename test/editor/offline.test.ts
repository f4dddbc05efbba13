/** Looks into a hub beyond a network, while there is one and while there is none. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Reporter } from '../../src/editor/reporter.ts';
import { SpaceSync, type SpaceSyncServices } from '../../src/editor/space/spaceSync.ts';
import type { Spaces } from '../../src/editor/space/spaces.ts';
import { internals, theInstance, until } from './extension.ts';

/** A day goes by whenever it rings. */
function ringingClock(): SpaceSyncServices['clock'] & { ring(): void } {
  let now = 1e12;
  let later: (() => void) | undefined;
  return {
    now: () => now,
    after: (_, call) => {
      later = call;
      return new vscode.Disposable(() => undefined);
    },
    ring: () => {
      now += 86_400_000;
      later?.();
    },
  };
}

describe('the hub of a Space', () => {
  it('is not asked while this computer is in no network, unless it needs none, and is asked when there is one again', async () => {
    await theInstance();
    const { workspace } = await internals();
    let [needsNetwork, isOnline, asked, isOffline] = [true, false, 0, false];
    const changed = new vscode.EventEmitter<undefined>();
    const ask = async (): Promise<void> => void (asked += 1);
    const spaces: Partial<Record<keyof Spaces, unknown>> = {
      onDidChange: changed.event,
      belonging: () => ({ space: { needsNetwork }, assignments: [] }),
      setOffline: (_: unknown, offline: boolean) => (isOffline = offline),
      sync: ask,
      poll: ask,
    };
    const log = vscode.window.createOutputChannel('Offline', { log: true });
    const clock = ringingClock();
    const sync = new SpaceSync({
      workspace,
      spaces: spaces as unknown as Spaces,
      reporter: new Reporter(log),
      clock,
      isFocused: () => true,
      isOnline: () => isOnline,
    });
    try {
      for (const look of [() => changed.fire(undefined), () => clock.ring()]) {
        look();
        assert.deepEqual([asked, isOffline], [0, true]);
      }
      isOnline = true;
      clock.ring();
      await until('it is asked', () => asked > 0);
      assert.equal(isOffline, false);
      [needsNetwork, isOnline, asked] = [false, false, 0];
      clock.ring();
      await until('it is asked without a network', () => asked > 0);
      assert.equal(isOffline, false);
    } finally {
      sync.dispose();
      log.dispose();
      changed.dispose();
    }
  });
});
