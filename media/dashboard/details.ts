import type { Details, FeedbackForm, FromPage, PageTexts } from '../../src/editor/assignments/dashboardPage.ts';
import { button, element } from '../page/elements.ts';
import { keepingFocus } from '../page/focus.ts';
import { fillSelect } from '../page/select.ts';
import { FeedbackFields } from './feedback.ts';

/** What was written into the form and is not saved yet. */
export type Draft = Pick<FeedbackForm, 'grade' | 'comment' | 'visibility'>;

export interface DetailsHooks {
  readonly send: (message: FromPage) => void;
  /** Another hand-in of the member is to be told of. */
  readonly shown: (handIn: string) => void;
  /** The next member is to be told of. */
  readonly next: () => void;
  /** Nothing more is to be told of the member. */
  readonly closed: () => void;
  /** Something else is written into the form. */
  readonly changed: () => void;
}

/** What is told of a member, and the form for feedback. What is written there stays until it is saved, whatever is told in between. */
export class MemberDetails {
  readonly element = element('section', { class: 'details', 'aria-labelledby': 'details-title', hidden: true });
  /** By hand-in. */
  readonly drafts: Map<string, Draft>;
  readonly #hooks: DetailsHooks;
  readonly #title = element('h2', { id: 'details-title' });
  readonly #close: HTMLButtonElement;
  readonly #handIns = element('select', { 'data-key': 'details:handIns' });
  readonly #handInsLabel = element('span', {});
  readonly #choice = element('label', {}, this.#handInsLabel, this.#handIns);
  readonly #facts = element('dl', {});
  readonly #actions = element('div', { class: 'buttons' });
  readonly #fields: FeedbackFields;
  #shown: Details | undefined;

  constructor(hooks: DetailsHooks, drafts: readonly (readonly [handIn: string, draft: Draft])[]) {
    this.#hooks = hooks;
    this.drafts = new Map(drafts);
    this.#close = button('', 'details:close', hooks.closed, { class: 'link' });
    this.#handIns.addEventListener('change', () => hooks.shown(this.#handIns.value));
    this.#fields = new FeedbackFields({
      written: (draft) => this.#written(draft),
      save: (draft, isLast) => this.#save(draft, isLast),
      files: (action) => {
        if (this.#handIn !== null) hooks.send({ type: 'files', handIn: this.#handIn, action });
      },
    });
    this.element.append(
      element('div', { class: 'titled' }, this.#title, this.#choice, this.#close),
      element('div', { class: 'halves' }, element('div', {}, this.#actions, this.#facts), this.#fields.element),
    );
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') hooks.closed();
    });
  }

  setTexts(texts: PageTexts): void {
    this.#close.textContent = texts.close;
    this.#handInsLabel.textContent = texts.handIns;
    this.#fields.setTexts(texts);
  }

  /** True where it is of another member or hand-in than before. */
  show(details: Details): boolean {
    const isOther = this.#shown?.member !== details.member || this.#shown.handIn !== details.handIn;
    this.#shown = details;
    const { title, handIns, handIn, facts, actions, form } = details;
    this.element.hidden = false;
    this.#title.textContent = title;
    this.#choice.hidden = handIns.length < 2;
    fillSelect(this.#handIns, handIns, handIn ?? '');
    this.#handIns.value = handIn ?? '';
    this.#facts.replaceChildren(...facts.flatMap(({ name, value }) => [element('dt', {}, name), element('dd', {}, value)]));
    keepingFocus(() =>
      this.#actions.replaceChildren(
        ...actions.map(({ value, label }) =>
          button(label, `details:${value}`, () => {
            if (handIn !== null) this.#hooks.send({ type: 'handIn', action: value, handIn });
          }),
        ),
      ),
    );
    this.#fields.element.hidden = form === null;
    if (form && handIn !== null) this.#fields.fill(form, this.#draftOf(handIn, form));
    return isOther;
  }

  hide(): void {
    this.#shown = undefined;
    this.element.hidden = true;
  }

  get #handIn(): string | null {
    return this.#shown?.handIn ?? null;
  }

  /** One that is as it was saved is none any more. */
  #draftOf(handIn: string, form: FeedbackForm): Draft | undefined {
    const draft = this.drafts.get(handIn);
    if (draft && isSame(draft, form)) this.drafts.delete(handIn);
    return this.drafts.get(handIn);
  }

  #written(draft: Draft): void {
    if (this.#handIn === null) return;
    this.drafts.set(this.#handIn, draft);
    this.#hooks.changed();
  }

  #save(draft: Draft, isLast: boolean): void {
    if (this.#handIn === null) return;
    this.#hooks.send({ type: 'feedback', handIn: this.#handIn, ...draft });
    if (!isLast) this.#hooks.next();
  }
}

function isSame(a: Draft, b: Draft): boolean {
  return a.grade.trim() === b.grade && a.comment === b.comment && a.visibility === b.visibility;
}
