import type { Waiting } from '../../src/editor/pageMessages.ts';
import { button, element } from './elements.ts';

/** In place of everything else, while there is nothing to be shown. */
export function waitingBar({ state, text }: Waiting, tryAgain: string, again: () => void): HTMLElement {
  const isReading = state === 'reading';
  return element(
    'div',
    { class: 'waiting' },
    ...(isReading ? [element('progress', { 'aria-label': text })] : []),
    element('p', { class: 'state', role: isReading ? 'status' : 'alert' }, text),
    ...(isReading ? [] : [button(tryAgain, 'again', again)]),
  );
}
