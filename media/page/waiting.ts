import type { Waiting } from '../../src/editor/pageMessages.ts';
import { button, element } from './elements.ts';

/** What can be done meanwhile, or then. */
interface Ways {
  readonly tryAgain: string;
  readonly again: () => void;
  /** Absent where nobody would wait for long. */
  readonly cancel?: { readonly label: string; readonly pressed: () => void };
}

/** In place of everything else, while there is nothing to be shown. */
export function waitingBar({ state, text }: Waiting, { tryAgain, again, cancel }: Ways): HTMLElement {
  const isReading = state === 'reading';
  return element(
    'div',
    { class: 'waiting' },
    ...(isReading ? [element('progress', { 'aria-label': text })] : []),
    element('p', { class: 'state', role: isReading ? 'status' : 'alert' }, text),
    ...(isReading ? [element('span', { class: 'hint done' })] : [button(tryAgain, 'again', again)]),
    ...(isReading && cancel ? [button(cancel.label, 'cancel', cancel.pressed)] : []),
  );
}

/** How far it is: in words, and from 0 to 1 where that is known. Told to who can't see it only where they ask for it. */
export function showProgress(text: string, fraction: number | null): void {
  for (const done of document.querySelectorAll('.done')) done.textContent = text;
  const bar = document.querySelector('progress');
  if (fraction !== null && bar) bar.value = fraction;
}
