import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Gate } from '../../../src/engine/gate.ts';

describe('engine: the gate', () => {
  it('lets one be alone when the others have left, and keeps those who come meanwhile', async () => {
    const gate = new Gate();
    const said: string[] = [];
    const other = Promise.withResolvers<void>();
    const work = (name: string, run: () => Promise<unknown> = turn) =>
      gate.enter(async () => {
        said.push(`${name} begins`);
        await run();
        said.push(`${name} ends`);
      });
    const first = work('first', () => other.promise);
    const one = work('one', () => gate.alone(() => said.push('alone')));
    await turn();
    const late = work('late');
    await turn();
    assert.deepEqual(said, ['first begins', 'one begins']);
    other.resolve();
    await Promise.all([first, one, late]);
    assert.deepEqual(said.slice(0, 4), ['first begins', 'one begins', 'first ends', 'alone']);
    assert.ok(said.includes('late ends'));
  });

  it('opens again after a failure', async () => {
    const gate = new Gate();
    const failing = gate.enter(() =>
      gate.alone(() => {
        throw new Error('no');
      }),
    );
    await assert.rejects(failing, /no/);
    assert.equal(await gate.enter(async () => 1), 1);
  });
});
