/** The Storage page: draws what the editor tells, and tells the editor what is asked for. */
import type { FromPage, PageState, Part, PartAction, Section, SectionId, StorageView, ToPage } from '../src/editor/storage/storagePage.ts';
import { acquireEditor } from './page/editor.ts';
import { button, element } from './page/elements.ts';
import { picture, type Picture } from './storage/picture.ts';
import { partsTable } from './storage/table.ts';

const vscode = acquireEditor<PageState, FromPage>();
const send = (message: FromPage): void => vscode.postMessage(message);

/** A picture is as high as a part of its width, within limits; in pixels. */
const pictureShape = 0.6;
const [lowest, highest] = [160, 420];

const resized = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) drawn.get(target)?.(contentRect.width);
});
const drawn = new Map<Element, (width: number) => void>();
let shownPath: string | undefined;

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'view') show(data.view);
  else progressOf(data.section)?.replaceChildren(data.text);
});
send({ type: 'ready' });

/** Draws all anew; the focus stays on what it was on, if that is still there. */
function show(view: StorageView): void {
  vscode.setState(view.state);
  const focused = document.activeElement?.getAttribute('data-key');
  const scrolled = shownPath === view.state.path ? [...document.querySelectorAll('.rows')].map((rows) => rows.scrollTop) : [];
  shownPath = view.state.path;
  resized.disconnect();
  drawn.clear();
  const { actions, texts } = view;
  document.body.replaceChildren(
    element(
      'main',
      {},
      element(
        'header',
        {},
        element('h1', {}, view.title),
        element(
          'div',
          { class: 'buttons' },
          ...actions.map(({ id, label }) =>
            button(label, `page:${id}`, () => send({ type: 'page', action: id }), { class: id === 'freeUp' ? 'primary' : undefined }),
          ),
        ),
      ),
      ...view.warnings.map((warning) => element('p', { class: 'warning' }, warning)),
      element('dl', {}, ...view.facts.map(({ name, value }) => element('div', {}, element('dt', {}, name), element('dd', {}, value)))),
      ...view.sections.map((section) => sectionOf(section, texts)),
      element('p', { class: 'hint' }, texts.keys),
    ),
  );
  for (const [index, rows] of document.querySelectorAll('.rows').entries()) rows.scrollTop = scrolled[index] ?? 0;
  focusOn(focused);
}

/** What was pressed may be gone, as a folder that was opened: then the title above it has the focus. */
function focusOn(key: string | null | undefined): void {
  if (key === null || key === undefined) return;
  const find = (wanted: string): HTMLElement | undefined =>
    [...document.querySelectorAll<HTMLElement>('[data-key]')].find((one) => one.getAttribute('data-key') === wanted);
  (find(key) ?? find(`${key.split(':')[0]}:title`))?.focus({ preventScroll: true });
}

function sectionOf(section: Section, texts: StorageView['texts']): HTMLElement {
  const { id, title, crumbs, content } = section;
  const heading = `${id}-title`;
  return element(
    'section',
    { id, 'aria-labelledby': heading },
    element('h2', { id: heading, tabindex: -1, 'data-key': `${id}:title` }, title),
    ...(crumbs.length === 0 ? [] : [crumbsOf(section)]),
    ...(content.state === 'ready' ? readyContent(section, content, texts) : [waiting(id, content, texts)]),
  );
}

function crumbsOf({ id, title, crumbs }: Section): HTMLElement {
  const steps = crumbs.map(({ label, path }) =>
    element(
      'li',
      {},
      path === undefined
        ? element('span', { 'aria-current': 'location' }, label)
        : button(label, `${id}:crumb:${path}`, () => send({ type: 'go', path })),
    ),
  );
  return element('nav', { 'aria-label': title }, element('ol', {}, ...steps));
}

function waiting(id: SectionId, content: Exclude<Section['content'], { state: 'ready' }>, texts: StorageView['texts']): HTMLElement {
  const isReading = content.state === 'reading';
  return element(
    'div',
    { class: 'waiting' },
    ...(isReading ? [element('progress', { 'aria-labelledby': `${id}-title` })] : []),
    element('p', { class: 'state', role: isReading ? undefined : 'alert' }, content.text),
    isReading
      ? button(texts.cancel, `${id}:cancel`, () => send({ type: 'cancel', section: id }))
      : button(texts.tryAgain, `${id}:again`, () => send({ type: 'again', section: id })),
  );
}

function readyContent(
  { id, title }: Section,
  content: Extract<Section['content'], { state: 'ready' }>,
  texts: StorageView['texts'],
): HTMLElement[] {
  const { parts, columns, summary } = content;
  const act = (part: Part, action: PartAction | undefined): void => {
    if (action) send({ type: 'part', section: id, key: part.key, action: action.id });
  };
  const shown = picture(parts, content.picture, (part) => act(part, part.main));
  const table = partsTable({
    caption: title,
    columns,
    parts,
    actions: texts.actions,
    prefix: id,
    act,
    reached: (how, part) => shown.mark(how, part?.key),
  });
  return [
    element('p', { class: 'summary' }, summary),
    element('div', { class: 'both' }, placeOf(shown), element('div', { class: 'rows' }, table)),
  ];
}

/** Where the picture is: it is drawn as wide as there is room. */
function placeOf(shown: Picture): HTMLElement {
  const place = element('div', { class: 'place' }, shown.element);
  drawn.set(place, (width) => {
    const height = Math.round(Math.min(highest, Math.max(lowest, width * pictureShape)));
    shown.element.setAttribute('height', String(height));
    shown.draw(Math.floor(width), height);
  });
  resized.observe(place);
  return place;
}

function progressOf(section: SectionId): Element | null {
  return document.querySelector(`#${section} .state`);
}
