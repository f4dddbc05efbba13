import { drawing, element } from './elements.ts';

const box = { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': true };

/** What opens and closes a row by the pointer. By keyboard the row itself does it. */
export function caretFor(
  texts: { readonly showDetails: string; readonly hideDetails: string },
  pressed: () => void,
): { readonly element: HTMLElement; readonly turn: (isOpen: boolean) => void } {
  const caret = element('span', { class: 'caret' }, drawing('svg', box, drawing('path', { d: 'M5 3l5 5-5 5' })));
  caret.addEventListener('click', pressed);
  return {
    element: caret,
    turn: (isOpen) => {
      caret.title = isOpen ? texts.hideDetails : texts.showDetails;
    },
  };
}
