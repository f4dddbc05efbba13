/** What stands above and below the matrix: each made once, and filled anew with every view. */
import type { FromPage, Look, PreviewView, ReadyContent, Sort } from '../../src/editor/preview/previewPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';

export interface Bar {
  readonly element: HTMLElement;
  readonly fill: (view: PreviewView, content: ReadyContent) => void;
}

type Send = (message: FromPage) => void;

export function headBar(): { readonly element: HTMLElement; readonly fill: (view: PreviewView) => void } {
  const title = element('h1', {});
  const message = element('p', { class: 'message' });
  return {
    element: element('header', {}, title, message),
    fill: (view) => {
      title.textContent = view.title;
      message.textContent = view.message;
      message.hidden = view.message === '';
    },
  };
}

/** To whom and how; what is shown; totals and warnings. */
export function toolBar(look: Look, send: Send, looked: (look: Look) => void): Bar {
  const to = button('', 'to', () => send({ type: 'to' }));
  const strategy = element('select', { 'data-key': 'strategy' });
  strategy.addEventListener('change', () => send({ type: 'strategy', column: null, strategy: strategy.value as ReadyContent['strategy'] }));
  const strategyLabel = element('span', {});
  const find = element('input', { type: 'search', value: look.find, spellcheck: 'false' });
  const interestingOnly = element('input', { type: 'checkbox' });
  interestingOnly.checked = look.isInterestingOnly;
  const interestingText = element('span', {});
  const sort = element('select', {});
  const sortLabel = element('span', {});
  const tell = (): void => looked({ find: find.value, isInterestingOnly: interestingOnly.checked, sort: sort.value as Sort });
  for (const control of [find, interestingOnly, sort]) control.addEventListener(control === find ? 'input' : 'change', tell);
  const counted = element('span', { class: 'counted' });
  const totals = element('ul', { class: 'totals' });
  const warnings = element('div', {});
  return {
    element: element(
      'div',
      { class: 'bar' },
      element('div', { class: 'tools' }, to, element('label', {}, strategyLabel, strategy)),
      warnings,
      totals,
      element(
        'div',
        { class: 'tools' },
        counted,
        find,
        element('label', {}, interestingOnly, interestingText),
        element('label', {}, sortLabel, sort),
      ),
    ),
    fill: ({ texts }, content) => {
      to.textContent = content.to;
      strategyLabel.textContent = texts.strategy;
      fillSelect(strategy, content.strategies, content.strategy);
      strategy.value = content.strategy;
      find.placeholder = texts.find;
      find.setAttribute('aria-label', texts.find);
      interestingText.textContent = texts.interestingOnly;
      sortLabel.textContent = texts.sort;
      if (sort.options.length === 0) fillSelect(sort, texts.sorts, look.sort);
      counted.textContent = content.counted;
      totals.setAttribute('aria-label', texts.totals);
      totals.replaceChildren(...content.totals.map(({ state, text }) => element('li', { class: `total ${state}` }, text)));
      warnings.hidden = content.warnings.length === 0;
      warnings.replaceChildren(...content.warnings.map((one) => element('p', { class: 'warning' }, one)));
    },
  };
}

/** What would happen, and what begins it. */
export function footBar(send: Send): Bar {
  const sentence = element('p', { class: 'sentence' });
  const pending = element('p', { class: 'pending' });
  const refresh = button('', 'refresh', () => send({ type: 'again' }));
  const distribute = button('', 'distribute', () => send({ type: 'distribute' }), { class: 'primary' });
  const keys = element('p', { class: 'hint' });
  return {
    element: element('footer', {}, element('div', {}, sentence, pending), element('div', { class: 'buttons' }, refresh, distribute), keys),
    fill: ({ texts }, content) => {
      sentence.textContent = content.sentence;
      pending.textContent = content.pending;
      refresh.textContent = texts.refresh;
      distribute.textContent = content.distribute;
      keys.textContent = texts.keys;
    },
  };
}
