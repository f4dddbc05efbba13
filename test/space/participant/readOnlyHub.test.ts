/** A hub that may be read alone: what comes is heard and received, what is to be told waits, and why is said. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { skip } from '../../rig/skip.ts';
import { Workbench } from '../../support/folders.ts';
import { runAsNobody, whyNot } from '../../support/nobody.ts';

const bench = new Workbench();

interface Found {
  readonly hub: string;
  readonly findings: readonly (readonly string[])[];
  readonly isHere: boolean;
  readonly isLost: boolean;
  readonly isBack: boolean;
  readonly refused: string | null;
  readonly previewed: number;
  readonly told: string;
}

describe('space: a hub that does not let itself be written to', () => {
  after(() => bench.clear());

  it('is read all the same, and told of; what was said goes when it does', function () {
    const reason = whyNot();
    if (reason !== undefined) skip(this, reason);
    const script = fileURLToPath(import.meta.resolve('./readingAlone.ts'));
    const found = JSON.parse(runAsNobody(script, bench.folder())) as Found;
    const locked = `The hub ${found.hub} does not let itself be written to. Ask whoever shares it for the right to write.`;
    const waits = `What this instance has to tell waits for a later sync. ${locked}`;
    // There is nothing to be told before something was received, but for previews.
    assert.deepEqual(found.findings[0], [`What this instance has could not be published for previews. ${locked}`]);
    assert.deepEqual(found.findings[1], [waits]);
    assert.equal(found.findings[2]!.at(-1), waits);
    assert.deepEqual([found.isHere, found.isLost], [true, true]);
    // Who has to write is refused; who only looks is not.
    assert.deepEqual([found.refused, found.previewed], [locked, 1]);
    assert.equal(
      found.findings[3]!.some((one) => one.includes('written to')),
      false,
    );
    assert.deepEqual([found.isBack, found.told], [true, 'applied']);
  });
});
