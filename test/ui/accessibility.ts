/** What a machine can tell of a page's accessibility. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, FrameLocator } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8');

/** The faults that axe-core finds in a webview's document, each with its rule and the elements. */
export async function faults(webview: FrameLocator): Promise<readonly string[]> {
  const body = await webview.locator('body').elementHandle();
  return faultsIn((await body?.ownerFrame()) ?? assert.fail('no frame'));
}

/** The same of any document. */
export async function faultsIn(frame: Frame): Promise<readonly string[]> {
  // Past the page's own policy, which lets no foreign script in.
  await frame.evaluate(axe);
  const { violations, passes } = await frame.evaluate<AxeResults>('axe.run()');
  assert.ok(
    passes.some(({ id }) => id === 'color-contrast'),
    'contrast was looked at',
  );
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
