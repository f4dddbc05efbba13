/** What stands above the pairs: each made once, and filled anew with every view. */
import type { FromPage, ReadyContent, SimilarityView } from '../../src/editor/assignments/similarityPage.ts';
import { button, element } from '../page/elements.ts';

/** What it is about, what it tells, and what it does not. */
export function headBar(): { readonly element: HTMLElement; readonly fill: (view: SimilarityView) => void } {
  const title = element('h1', {});
  const subtitle = element('p', { class: 'subtitle' });
  return {
    element: element('header', {}, title, subtitle),
    fill: (view) => {
      title.textContent = view.title;
      subtitle.textContent = view.subtitle;
    },
  };
}

/** What was compared, which pairs are shown, and what can be done with all of them. */
export function toolBar(
  wanted: string,
  send: (message: FromPage) => void,
  found: (find: string) => void,
): { readonly element: HTMLElement; readonly fill: (view: SimilarityView, content: ReadyContent) => void } {
  const summary = element('p', { class: 'summary' });
  const counted = element('span', { class: 'counted' });
  const find = element('input', { type: 'search', value: wanted, spellcheck: 'false' });
  find.addEventListener('input', () => found(find.value));
  const collect = button('', 'collect', () => send({ type: 'collect' }));
  let isReading = false;
  const again = button('', 'compare', () => send({ type: isReading ? 'cancel' : 'again' }));
  const done = element('span', { class: 'hint done' });
  return {
    element: element(
      'div',
      { class: 'bar' },
      summary,
      element('div', { class: 'tools' }, counted, find, element('div', { class: 'buttons' }, collect, again), done),
    ),
    fill: ({ texts }, content) => {
      ({ isReading } = content);
      summary.textContent = content.summary;
      counted.textContent = content.counted;
      find.placeholder = texts.find;
      find.setAttribute('aria-label', texts.find);
      collect.textContent = texts.collect;
      collect.hidden = !content.canCollect;
      again.textContent = isReading ? texts.cancel : texts.again;
      if (!isReading) done.textContent = '';
    },
  };
}
