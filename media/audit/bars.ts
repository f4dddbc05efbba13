/** What stands above and below the trail: each made once, and filled anew with every view. */
import type { AuditView, FromPage, Look, ReadyContent, Report } from '../../src/editor/audit/auditPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';

export interface Bar {
  readonly element: HTMLElement;
  readonly fill: (view: AuditView, content: ReadyContent) => void;
}

type Send = (message: FromPage) => void;

export function headBar(): { readonly element: HTMLElement; readonly fill: (view: AuditView) => void } {
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

/** What is shown, and what can be done with all of it. */
export function toolBar(
  look: Look,
  send: Send,
  looked: (look: Look) => void,
): Bar & {
  /** Shows this of it. */
  readonly lookAt: (look: Look) => void;
} {
  const counted = element('span', { class: 'counted' });
  const find = element('input', { type: 'search', value: look.find, spellcheck: 'false' });
  const [person, kind, assignment] = [element('select', {}), element('select', {}), element('select', {})];
  const [personLabel, kindLabel, assignmentLabel] = [element('span', {}), element('span', {}), element('span', {})];
  const about = element('label', { hidden: true }, assignmentLabel, assignment);
  let wanted = look;
  const tell = (): void => {
    wanted = { find: find.value, person: person.value, kind: kind.value, assignment: assignment.value };
    looked(wanted);
  };
  for (const control of [find, person, kind, assignment]) control.addEventListener(control === find ? 'input' : 'change', tell);
  const verify = button('', 'verify', () => send({ type: 'verify' }));
  const exporting = button('', 'export', () => send({ type: 'export' }));
  const refresh = button('', 'refresh', () => send({ type: 'again' }));
  return {
    element: element(
      'div',
      { class: 'bar' },
      element(
        'div',
        { class: 'tools' },
        counted,
        find,
        element('label', {}, personLabel, person),
        element('label', {}, kindLabel, kind),
        about,
        element('div', { class: 'buttons' }, verify, exporting, refresh),
      ),
    ),
    fill: ({ texts }, content) => {
      counted.textContent = content.counted;
      find.placeholder = texts.find;
      find.setAttribute('aria-label', texts.find);
      personLabel.textContent = texts.person;
      kindLabel.textContent = texts.kind;
      assignmentLabel.textContent = texts.assignment;
      about.hidden = content.assignments.length === 0;
      fillSelect(person, content.people, wanted.person);
      fillSelect(kind, content.kinds, wanted.kind);
      fillSelect(assignment, content.assignments, wanted.assignment);
      verify.textContent = content.isVerifying ? texts.verifying : texts.verify;
      verify.disabled = content.isVerifying;
      exporting.textContent = texts.export;
      refresh.textContent = texts.refresh;
    },
    lookAt: (next) => {
      wanted = next;
      find.value = next.find;
      person.value = next.person;
      kind.value = next.kind;
      assignment.value = next.assignment;
      looked(next);
    },
  };
}

/** What the last check has found. */
export function reportBar(send: Send, goTo: (record: string) => void): Bar {
  const place = element('div', {});
  return {
    element: place,
    fill: ({ texts }, { report }) => {
      place.replaceChildren(...(report === null ? [] : [reportOf(report, texts.goTo, texts.close, send, goTo)]));
    },
  };
}

function reportOf(report: Report, goToText: string, closeText: string, send: Send, goTo: (record: string) => void): HTMLElement {
  const { verdict, isDamaged, findings, limits, limitsTitle } = report;
  return element(
    'section',
    { class: `report${isDamaged ? ' damaged' : ''}`, 'aria-labelledby': 'verdict' },
    element(
      'div',
      { class: 'titled' },
      element('h2', { id: 'verdict' }, verdict),
      button(closeText, 'closeReport', () => send({ type: 'closeReport' }), { class: 'link' }),
    ),
    element(
      'ul',
      {},
      ...findings.map(({ word, isDamage, text, record }, at) =>
        element(
          'li',
          { class: isDamage ? 'damage' : 'note' },
          element('strong', {}, word),
          element('span', {}, text),
          ...(record === null
            ? []
            : [button(goToText, `finding:${at}`, () => goTo(record), { class: 'link', 'aria-label': `${goToText}: ${text}` })]),
        ),
      ),
    ),
    element('p', { class: 'hint' }, limitsTitle),
    element('ul', { class: 'limits' }, ...limits.map((limit) => element('li', {}, limit))),
  );
}
