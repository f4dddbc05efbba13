import type { Fact } from '../../src/editor/assignments/assignmentPage.ts';
import { element } from '../page/elements.ts';

/** Names and values. */
export function factList(facts: readonly Fact[]): HTMLElement {
  const rows = facts.map(({ name, value }) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'facts' }, ...rows);
}
