/** What stands above and below the list: each made once, and filled anew with every view. */
import type { ConflictsView, FromPage, Look, ReadyContent, Sort } from '../../src/editor/conflicts/conflictPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';

export interface Bar {
  readonly element: HTMLElement;
  readonly fill: (view: ConflictsView, content: ReadyContent) => void;
}

type Send = (message: FromPage) => void;

export function headBar(): { readonly element: HTMLElement; readonly fill: (view: ConflictsView) => void } {
  const title = element('h1', {});
  const subtitle = element('p', { class: 'subtitle' });
  const message = element('p', { class: 'message' });
  return {
    element: element('header', {}, title, subtitle, message),
    fill: (view) => {
      title.textContent = view.title;
      subtitle.textContent = view.subtitle;
      message.textContent = view.message;
      message.hidden = view.message === '';
    },
  };
}

/** What needs no decision, folded into a line; and what can't be touched. */
export function safeBar(send: Send): Bar {
  const text = element('span', {});
  let isShown = false;
  const toggle = button('', 'safe', () => send({ type: 'safe', isShown: !isShown }), { class: 'link' });
  const line = element('p', { class: 'safe' }, element('span', { class: 'tick', 'aria-hidden': true }), text, toggle);
  const list = element('ul', { class: 'safeLines', tabindex: 0 });
  const warnings = element('div', {});
  return {
    element: element('div', {}, line, list, warnings),
    fill: (_, { safe, warnings: told }) => {
      line.hidden = safe === null;
      isShown = safe !== null && safe.lines !== null;
      text.textContent = safe?.text ?? '';
      list.setAttribute('aria-label', safe?.text ?? '');
      toggle.textContent = safe?.button ?? '';
      toggle.setAttribute('aria-expanded', String(isShown));
      list.hidden = !isShown;
      list.replaceChildren(...(safe?.lines ?? []).map((one) => element('li', {}, one)));
      warnings.replaceChildren(...told.map((one) => element('p', { class: 'warning' }, one)));
    },
  };
}

/** Filter and order, and choices for many. */
export function toolBar(look: Look, send: Send, looked: (look: Look) => void, next: () => void): Bar {
  const filter = element('input', { type: 'search', value: look.filter, spellcheck: 'false' });
  const waitingOnly = element('input', { type: 'checkbox' });
  waitingOnly.checked = look.isWaitingOnly;
  const waitingText = element('span', {});
  const sort = element('select', {});
  const counted = element('span', { class: 'counted' });
  const nextWaiting = button('', 'next', next);
  const tell = (): void => looked({ filter: filter.value, isWaitingOnly: waitingOnly.checked, sort: sort.value as Sort });
  for (const control of [filter, waitingOnly, sort]) control.addEventListener(control === filter ? 'input' : 'change', tell);
  const scope = element('select', {});
  const rules = element('div', { class: 'buttons', role: 'group' });
  const scopeLabel = element('span', {});
  const bulk = element('div', { class: 'bulk' }, element('label', {}, scopeLabel, scope), rules);
  const sortLabel = element('span', {});
  const tools = element(
    'div',
    { class: 'tools' },
    counted,
    filter,
    element('label', {}, waitingOnly, waitingText),
    element('label', {}, sortLabel, sort),
    nextWaiting,
  );
  return {
    element: element('div', { class: 'bar' }, tools, bulk),
    fill: ({ texts }, content) => {
      filter.placeholder = texts.filter;
      filter.setAttribute('aria-label', texts.filter);
      waitingText.textContent = texts.waitingOnly;
      sortLabel.textContent = texts.sort;
      if (sort.options.length === 0) fillSelect(sort, texts.sorts, look.sort);
      counted.textContent = content.counted;
      nextWaiting.textContent = texts.nextWaiting;
      nextWaiting.disabled = content.rest === null;
      scopeLabel.textContent = texts.scope;
      fillSelect(scope, content.scopes, scope.value);
      rules.setAttribute('aria-label', texts.rules);
      fillRules(rules, content, () => scope.value, send);
      bulk.hidden = content.order.length === 0;
    },
  };
}

/** A button that stays has the focus still. */
function fillRules(place: HTMLElement, { rules }: ReadyContent, scope: () => string, send: Send): void {
  const key = JSON.stringify(rules);
  if (place.dataset['rules'] === key) return;
  place.dataset['rules'] = key;
  const focused = document.activeElement?.getAttribute('data-key');
  place.replaceChildren(
    ...rules.map(({ value, label }) => button(label, `rule:${value}`, () => send({ type: 'rule', scope: scope(), rule: value }))),
  );
  if (focused?.startsWith('rule:') !== true) return;
  const again = [...place.querySelectorAll('button')];
  (again.find((one) => one.dataset['key'] === focused) ?? again[0])?.focus();
}

/** What would happen, and the three ways to end. */
export function footBar(send: Send): Bar {
  const meter = element('progress', { max: 1 });
  const progress = element('strong', { id: 'progress' });
  const sentence = element('p', { class: 'sentence' });
  const mayWait = element('input', { type: 'checkbox' });
  mayWait.addEventListener('change', () => send({ type: 'rest', mayWait: mayWait.checked }));
  const restText = element('span', {});
  const rest = element('label', { class: 'rest' }, mayWait, restText);
  const keys = element('p', { class: 'hint' });
  const end = (how: 'apply' | 'later' | 'cancel'): HTMLButtonElement =>
    button('', how, () => send({ type: 'end', how }), { class: how === 'apply' ? 'primary' : undefined });
  const [apply, later, cancel] = [end('apply'), end('later'), end('cancel')];
  const decided = element('p', { class: 'decided' }, meter, progress);
  meter.setAttribute('aria-labelledby', 'progress');
  return {
    element: element(
      'footer',
      {},
      element('div', { class: 'told' }, decided, sentence),
      element('div', { class: 'ends' }, rest, element('div', { class: 'buttons' }, apply, later, cancel)),
      keys,
    ),
    fill: ({ texts }, content) => {
      decided.hidden = content.progress === '';
      meter.value = content.fraction;
      progress.textContent = content.progress;
      sentence.textContent = content.sentence;
      rest.hidden = content.rest === null;
      restText.textContent = content.rest?.label ?? '';
      mayWait.checked = content.rest?.mayWait === true;
      keys.textContent = texts.keys;
      [apply.textContent, later.textContent, cancel.textContent] = [texts.apply, texts.later, texts.cancel];
      apply.disabled = !content.canApply;
    },
  };
}
