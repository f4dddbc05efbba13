/** What a view is told of its rows around its first request for them. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { RowsChanged } from '../../src/editor/rowsChanged.ts';

describe('a view whose rows change', () => {
  const drawnMs = 300;
  let changed: RowsChanged<string>;
  let told: (string | undefined)[];

  beforeEach(() => {
    changed = new RowsChanged(drawnMs);
    told = [];
    changed.event((row) => told.push(row));
  });

  afterEach(() => changed.dispose());

  /** Until it is drawn, and a while longer. */
  const drawn = (): Promise<void> => sleep(drawnMs + 100);

  it('is told once more of a change that came while it was first drawn', async () => {
    changed.asked();
    changed.fire('members');
    assert.deepEqual(told, ['members']);
    await drawn();
    assert.deepEqual(told, ['members', undefined]);
  });

  it('is told once more of a change that VS Code may still have held back as it asked', async () => {
    changed.fire(undefined);
    changed.asked();
    await drawn();
    assert.deepEqual(told, [undefined, undefined]);
  });

  it('is left alone where nothing changed meanwhile, and later', async () => {
    changed.fire(undefined);
    await sleep(300);
    changed.asked();
    await drawn();
    changed.asked();
    changed.fire('members');
    await drawn();
    assert.deepEqual(told, [undefined, 'members']);
  });

  it('is told nothing any more once it is closed', async () => {
    changed.asked();
    changed.fire(undefined);
    changed.dispose();
    await drawn();
    assert.deepEqual(told, [undefined]);
  });
});
