import type { Option } from '../../src/editor/pageMessages.ts';
import { element } from './elements.ts';

/** Gives a list its options, unless it has them already: what was chosen stays then. */
export function fillSelect(select: HTMLSelectElement, options: readonly Option[], wanted: string): void {
  const key = JSON.stringify(options);
  if (select.dataset['options'] === key) return;
  select.dataset['options'] = key;
  select.replaceChildren(...options.map(({ value, label }) => element('option', { value }, label)));
  if (options.some(({ value }) => value === wanted)) select.value = wanted;
}
