/** What stands above and below the members: each made once, and filled anew with every view. */
import type { BulkAction, DashboardView, FromPage, Look, ReadyContent, Show, Sort } from '../../src/editor/assignments/dashboardPage.ts';
import { button, element } from '../page/elements.ts';
import { keepingFocus } from '../page/focus.ts';
import { fillSelect } from '../page/select.ts';

export interface Bar {
  readonly element: HTMLElement;
  readonly fill: (view: DashboardView, content: ReadyContent) => void;
}

type Send = (message: FromPage) => void;

/** The assignment, and a line with how it stands. */
export function headBar(send: Send): {
  readonly element: HTMLElement;
  readonly summary: HTMLElement;
  readonly fill: (view: DashboardView) => void;
} {
  const title = element('h1', {});
  const subtitle = element('p', { class: 'subtitle' });
  const counts = element('strong', { class: 'counts' });
  const deadline = element('span', { class: 'deadline' });
  const actions = element('div', { class: 'buttons' });
  return {
    element: element('header', {}, title, subtitle),
    summary: element('div', { class: 'tools summary' }, counts, deadline, actions),
    fill: ({ title: name, subtitle: terms, content }) => {
      title.textContent = name;
      subtitle.textContent = terms;
      if (content.state !== 'ready') return;
      counts.textContent = content.summary;
      deadline.textContent = content.deadline;
      deadline.className = `deadline ${content.urgency}`;
      const wanted = JSON.stringify(content.actions);
      if (actions.dataset['actions'] === wanted) return;
      actions.dataset['actions'] = wanted;
      keepingFocus(() =>
        actions.replaceChildren(
          ...content.actions.map(({ value, label }) =>
            button(label, `assignment:${value}`, () => send({ type: 'assignment', action: value })),
          ),
        ),
      );
    },
  };
}

/** What is shown, and in which order. */
export function toolBar(look: Look, looked: (look: Look) => void): Bar {
  const counted = element('span', { class: 'counted' });
  const find = element('input', { type: 'search', value: look.find, spellcheck: 'false' });
  const [show, sort] = [element('select', {}), element('select', {})];
  const [showLabel, sortLabel] = [element('span', {}), element('span', {})];
  const tell = (): void => looked({ find: find.value, show: show.value as Show, sort: sort.value as Sort });
  for (const control of [find, show, sort]) control.addEventListener(control === find ? 'input' : 'change', tell);
  return {
    element: element(
      'div',
      { class: 'tools' },
      counted,
      find,
      element('label', {}, showLabel, show),
      element('label', {}, sortLabel, sort),
    ),
    fill: ({ texts }, content) => {
      counted.textContent = content.counted;
      find.placeholder = texts.find;
      find.setAttribute('aria-label', texts.find);
      showLabel.textContent = texts.show;
      sortLabel.textContent = texts.sort;
      fillSelect(show, content.shows, show.value === '' ? look.show : show.value);
      fillSelect(sort, texts.sorts, sort.value === '' ? look.sort : sort.value);
    },
  };
}

/** What can be done with members that are selected. */
export function bulkBar(
  selectShown: (isSelected: boolean) => void,
  act: (action: BulkAction) => void,
): Bar & {
  /** Tells how many are selected. */
  readonly count: (selected: number) => void;
} {
  const all = element('input', { type: 'checkbox' });
  all.addEventListener('change', () => selectShown(all.checked));
  const allText = element('span', {});
  const counted = element('span', { class: 'selected' });
  const actions = element('div', { class: 'buttons', role: 'group' });
  let words = { selected: '', noneSelected: '' };
  let shown = 0;
  return {
    element: element('div', { class: 'bulk' }, element('label', {}, all, allText), counted, actions),
    fill: ({ texts }, content) => {
      words = texts;
      shown = content.order.length;
      allText.textContent = texts.selectShown;
      actions.setAttribute('aria-label', texts.bulk);
      const wanted = JSON.stringify(content.bulk);
      if (actions.dataset['actions'] === wanted) return;
      actions.dataset['actions'] = wanted;
      actions.replaceChildren(...content.bulk.map(({ value, label }) => button(label, `bulk:${value}`, () => act(value))));
    },
    count: (selected) => {
      counted.textContent = selected === 0 ? words.noneSelected : words.selected.replace('{0}', String(selected));
      all.checked = selected > 0 && selected >= shown;
      all.indeterminate = selected > 0 && selected < shown;
      for (const one of actions.querySelectorAll('button')) one.disabled = selected === 0;
    },
  };
}
