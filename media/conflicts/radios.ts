import type { Option } from '../../src/editor/pageMessages.ts';
import { element } from '../page/elements.ts';

export interface RadiosOptions<Value extends string> {
  /** Of all of them together. */
  readonly label: string;
  /** Tells them from other radio buttons of the page. */
  readonly name: string;
  readonly options: readonly Option<Value>[];
  readonly chosen: (value: Value) => void;
}

/** Radio buttons that the tab key does not reach by itself: a row is one stop with others. */
export function radios<Value extends string>({
  label,
  name,
  options,
  chosen,
}: RadiosOptions<Value>): {
  readonly element: HTMLElement;
  readonly choose: (value: Value | null) => void;
} {
  const inputs = options.map(({ value }) => {
    const input = element('input', { type: 'radio', name, value, tabindex: -1 });
    input.addEventListener('change', () => chosen(value));
    return input;
  });
  return {
    element: element(
      'div',
      { role: 'radiogroup', 'aria-label': label, class: 'radios' },
      ...options.map((option, at) => element('label', {}, inputs[at]!, element('span', {}, option.label))),
    ),
    choose: (value) => {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}
