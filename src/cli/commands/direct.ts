/** What is done at once at other instances of the same user on this machine, after something was handed out or taken back. */
import { SnapstageError } from '../../base/errors.ts';
import type { DirectDelivery } from '../../engine/directApi.ts';
import type { Context } from '../context.ts';
import { receivedSentence } from '../render/delivery.ts';
import { escapeText, shortId } from '../render/text.ts';

export const directOption = {
  'no-direct': { summary: 'Write into no other folder of yours on this machine now: each receives it when it is next opened' },
} as const;

export async function delivered(
  { 'no-direct': isLeft }: { readonly 'no-direct': boolean },
  { engine, call }: Context,
): Promise<readonly DirectDelivery[]> {
  if (isLeft) return [];
  try {
    return await engine.deliverDirectly(call);
  } catch (error) {
    // It was handed out all the same: what is given up here comes when they receive it.
    if (error instanceof SnapstageError && error.code === 'cancelled') return [];
    throw error;
  }
}

/** A line for each folder. */
export function directLines(direct: readonly DirectDelivery[]): string[] {
  return direct.map(({ id, name, folder, state, reason, counts }) => {
    const who = `${escapeText(name ?? shortId(id))} in ${escapeText(folder)}`;
    return state === 'later' ? `Left for later at ${who}: ${escapeText(reason ?? '')}` : `Applied at ${who}: ${receivedSentence(counts)}`;
  });
}

/** What would be written to, as far as is known before. */
export async function directPlanLines(
  { 'no-direct': isLeft }: { readonly 'no-direct': boolean },
  { engine, call }: Context,
): Promise<string[]> {
  const targets = isLeft ? [] : await engine.directTargets(call);
  return targets.map(({ id, name, folder }) => `At once, if it is for it: ${escapeText(name ?? shortId(id))} in ${escapeText(folder)}`);
}
