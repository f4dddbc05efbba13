import type { FeedbackForm, FilesAction, PageTexts, Visibility } from '../../src/editor/assignments/dashboardPage.ts';
import { button, element } from '../page/elements.ts';
import { fillSelect } from '../page/select.ts';
import type { Draft } from './details.ts';

export interface FeedbackHooks {
  readonly written: (draft: Draft) => void;
  /** `isLast`: one stays with this member. */
  readonly save: (draft: Draft, isLast: boolean) => void;
  readonly files: (action: FilesAction) => void;
}

/** Grade, comment, files, and who sees them. */
export class FeedbackFields {
  readonly element: HTMLElement;
  readonly #grade = element('input', { type: 'text', spellcheck: 'false', maxlength: 100 });
  readonly #comment = element('textarea', { rows: 4, maxlength: 12_000 });
  readonly #visibility = element('select', { 'data-key': 'feedback:visibility' });
  readonly #files = element('span', { class: 'files' });
  readonly #labels = {
    grade: element('span', {}),
    comment: element('span', {}),
    files: element('span', {}),
    visibility: element('span', {}),
  };
  readonly #unsaved = element('span', { class: 'caution' });
  readonly #choose: HTMLButtonElement;
  readonly #none: HTMLButtonElement;
  readonly #save: HTMLButtonElement;
  readonly #next: HTMLButtonElement;

  constructor({ written, save, files }: FeedbackHooks) {
    this.#choose = button('', 'feedback:choose', () => files('choose'));
    this.#none = button('', 'feedback:none', () => files('none'));
    this.#save = button('', 'feedback:save', () => save(this.#draft, true), { class: 'primary' });
    this.#next = button('', 'feedback:next', () => save(this.#draft, false));
    for (const control of [this.#grade, this.#comment, this.#visibility])
      control.addEventListener('input', () => {
        this.#unsaved.hidden = false;
        written(this.#draft);
      });
    const { grade, comment, visibility, files: filesLabel } = this.#labels;
    this.element = element(
      'div',
      { class: 'feedback' },
      element('label', {}, grade, this.#grade),
      element('label', { class: 'comment' }, comment, this.#comment),
      element('div', { class: 'tools' }, element('span', {}, filesLabel, this.#files), this.#choose, this.#none),
      element('label', {}, visibility, this.#visibility),
      element('div', { class: 'buttons' }, this.#save, this.#next, this.#unsaved),
    );
  }

  setTexts(texts: PageTexts): void {
    this.#labels.grade.textContent = texts.grade;
    this.#labels.comment.textContent = texts.comment;
    this.#labels.files.textContent = `${texts.files}: `;
    this.#labels.visibility.textContent = texts.visibility;
    this.#choose.textContent = texts.chooseFiles;
    this.#none.textContent = texts.noFiles;
    this.#save.textContent = texts.save;
    this.#next.textContent = texts.saveAndNext;
    this.#unsaved.textContent = texts.unsaved;
    fillSelect(this.#visibility, texts.visibilities, 'draft');
  }

  /** As it was saved, or as it was written since. */
  fill(form: FeedbackForm, draft: Draft | undefined): void {
    const { grade, comment, visibility } = draft ?? form;
    this.#files.textContent = form.files;
    this.#unsaved.hidden = draft === undefined;
    // What is the same keeps its caret.
    if (this.#grade.value !== grade) this.#grade.value = grade;
    if (this.#comment.value !== comment) this.#comment.value = comment;
    this.#visibility.value = visibility;
  }

  get #draft(): Draft {
    return { grade: this.#grade.value, comment: this.#comment.value, visibility: this.#visibility.value as Visibility };
  }
}
