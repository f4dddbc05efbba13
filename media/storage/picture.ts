import type { Part } from '../../src/editor/storage/storagePage.ts';
import { drawing } from '../page/elements.ts';
import { treemap } from './treemap.ts';

/** Smaller parts have no text in the picture. */
const textHeight = 18;
const characterWidth = 7;
const gap = 6;

export interface Picture {
  readonly element: SVGSVGElement;
  /** Draws it for a place of this size, in pixels. */
  readonly draw: (width: number, height: number) => void;
  /** Marks the part whose row one is in, by focus or by pointer. */
  readonly mark: (how: Reach, key: string | undefined) => void;
}

/** How one is in a row: the pointer that rests in one takes nothing from the focus in another. */
export type Reach = 'focused' | 'pointed';

/** The parts as areas. All of it is in the table too, so that the picture is one image for who can't see it. */
export function picture(parts: readonly Part[], description: string, chosen: (part: Part) => void): Picture {
  const element = drawing('svg', { class: 'picture', role: 'img', 'aria-label': description });
  const marked: Record<Reach, string | undefined> = { focused: undefined, pointed: undefined };
  const mark: Picture['mark'] = (how, key) => {
    marked[how] = key;
    for (const cell of element.children) cell.classList.toggle(how, cell.getAttribute('data-part') === key);
  };
  const draw = (width: number, height: number): void => {
    element.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const areas = treemap(
      parts.map(({ bytes }) => bytes),
      width,
      height,
    );
    const cells = parts.flatMap((part, index) => {
      const { x, y, width: wide, height: high } = areas[index]!;
      if (wide < 1 || high < 1) return [];
      const cell = drawing(
        'g',
        { 'data-part': part.key, class: `part ${part.kind}${part.main === undefined ? '' : ' active'}`, transform: `translate(${x} ${y})` },
        drawing('title', {}, [part.label, ...part.cells.filter(Boolean)].join(' · ')),
        // A line of the background between neighbours.
        drawing('rect', { x: 1, y: 1, width: Math.max(0, wide - 2), height: Math.max(0, high - 2) }),
        ...texts(part, wide, high),
      );
      cell.addEventListener('click', () => chosen(part));
      return [cell];
    });
    element.replaceChildren(...cells);
    mark('focused', marked.focused);
    mark('pointed', marked.pointed);
  };
  return { element, draw, mark };
}

/** The name, and below it the size, as much of them as has room. */
function texts(part: Part, width: number, height: number): SVGTextElement[] {
  const room = Math.floor((width - 2 * gap) / characterWidth);
  if (room < 3 || height < textHeight + gap) return [];
  const label = part.label.length <= room ? part.label : `${part.label.slice(0, room - 1).toWellFormed()}…`;
  const isSizeShown = part.size.length <= room && height >= 2 * textHeight + gap;
  const line = (text: string, row: number, kind: string): SVGTextElement =>
    drawing('text', { x: gap, y: gap + 12 + row * textHeight, class: kind }, text);
  return [line(label, 0, 'name'), ...(isSizeShown ? [line(part.size, 1, 'size')] : [])];
}
