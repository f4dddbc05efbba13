import type { MemberRow, PageTexts } from '../../src/editor/assignments/dashboardPage.ts';
import { button, element } from '../page/elements.ts';
import type { DrawnRow } from '../page/rowGrid.ts';

export interface RowHooks {
  readonly select: () => void;
  /** The hand-in is to be compared with the handed-out version. */
  readonly compare: (handIn: string) => void;
}

/** A member that is drawn. */
export interface DrawnMember extends DrawnRow {
  readonly select: (isSelected: boolean) => void;
}

/** One member: how it stands, and what it handed in. */
export function drawRow(row: MemberRow, place: number, { selected }: PageTexts, hooks: RowHooks): DrawnMember {
  const { name, facts, state, stateWord, made, late, evidence, size, changed, extension, grade, returned, handIn } = row;
  const check = element('input', { type: 'checkbox', tabindex: -1, 'aria-label': name });
  check.addEventListener('change', hooks.select);
  const cell = (text: string, title = text, kind?: string): HTMLElement =>
    element('div', { role: 'gridcell', class: kind, title: title === '' ? undefined : title }, text);
  const standing = cell(stateWord, stateWord, 'standing');
  standing.dataset['state'] = state;
  const drawn = element(
    'div',
    {
      role: 'row',
      id: `member-${place}`,
      class: 'row',
      'aria-level': 1,
      'aria-label': row.spoken,
      'aria-description': evidence || undefined,
    },
    element(
      'div',
      { role: 'gridcell', class: 'member' },
      check,
      element(
        'div',
        { class: 'lines' },
        element('div', { class: 'name', title: name }, name),
        element('div', { class: 'facts', title: facts }, facts),
      ),
    ),
    standing,
    cell(made),
    cell(late, [late, evidence].filter(Boolean).join('\n')),
    cell(size, size, 'number'),
    changed === '' || handIn === null
      ? cell(changed)
      : element(
          'div',
          { role: 'gridcell' },
          button(changed, `${row.key}:changed`, () => hooks.compare(handIn), {
            tabindex: -1,
            class: 'link',
            'aria-label': `${name}: ${changed}`,
          }),
        ),
    cell(grade, grade, 'grade'),
    cell(returned),
    cell(extension),
  );
  return {
    element: drawn,
    select: (isSelected) => {
      check.checked = isSelected;
      drawn.classList.toggle('chosen', isSelected);
      drawn.setAttribute('aria-label', isSelected ? selected.replace('{0}', row.spoken) : row.spoken);
    },
    open: () => undefined,
  };
}
