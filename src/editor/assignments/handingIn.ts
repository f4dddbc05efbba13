import { l10n, Uri, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { AssignmentInfo, HandInDone, HandInPlan, HandInRequest } from '../../engine/assignmentApi.ts';
import type { Viewer } from '../files/viewer.ts';
import type { Instance } from '../instance.ts';
import { pickState, plainLabel } from '../pickers.ts';
import type { Reporter } from '../reporter.ts';
import { saveAll, unsavedIn } from '../restore/unsaved.ts';
import type { Spaces } from '../space/spaces.ts';
import type { Work } from '../work.ts';
import { assignmentTitle, contentInWords, deadlineInWords, standingWord } from './assignmentWords.ts';
import { pickHandIn, type Draft } from './handInPick.ts';
import { handedOutState } from './keptStates.ts';
import { saveReceipt } from './receipts.ts';

export interface HandingInServices {
  readonly spaces: Spaces;
  readonly work: Work;
  readonly reporter: Reporter;
  readonly viewer: Viewer;
}

/** Hands in: first what would be sent, then the sending, then the receipt. */
export class HandingIn {
  readonly #services: HandingInServices;

  constructor(services: HandingInServices) {
    this.#services = services;
  }

  /** An assignment that is not given is asked for. Goes round until what was looked at is what is sent. */
  async handIn(instance: Instance, given?: AssignmentInfo): Promise<void> {
    const assignment = given ?? (await this.#pickAssignment(instance));
    if (!assignment) return;
    let draft: Draft = { note: '', identifier: '' };
    for (let isStale = false; ;) {
      const plan = await this.#plan(instance, assignment, draft);
      const unsaved = draft.from ? [] : unsavedIn(instance);
      const choice = await pickHandIn({ plan, draft, unsaved: unsaved.map(({ path }) => path), isStale, now: Date.now() });
      if (choice === undefined) return;
      isStale = false;
      if (choice.want === 'file') await this.#show(instance, plan, draft, choice.path);
      else if (choice.want !== 'send') draft = (await this.#ask(instance, draft, choice.want)) ?? draft;
      else {
        await saveAll(unsaved, l10n.t('nothing was handed in'));
        const done = await this.#send(instance, { ...requestOf(assignment, draft), force: choice.force, expected: plan.from });
        if (done) return this.#tell(instance, assignment, done);
        isStale = true;
      }
    }
  }

  /** The only one, or the one that is picked: those that something can still be handed in to first. */
  async #pickAssignment(instance: Instance): Promise<AssignmentInfo | undefined> {
    const { assignments } = await this.#services.spaces.mustBelong(instance);
    const mine = assignments.filter((one) => one.mine !== null);
    if (mine.length === 0)
      throw new SnapstageError('usage', l10n.t('There is no assignment that something could be handed in to from {0}.', instance.name));
    if (mine.length === 1) return mine[0];
    const items = mine
      .toSorted((a, b) => Number(a.isClosed) - Number(b.isClosed))
      .map((assignment) => ({
        label: plainLabel(assignment.title),
        description: [
          assignment.isClosed
            ? l10n.t('closed')
            : deadlineInWords({ ...assignment, deadline: assignment.mine?.deadline ?? assignment.deadline }),
          standingWord(assignment.mine?.state ?? 'nothing'),
        ].join(' · '),
        assignment,
      }));
    const picked = await window.showQuickPick(items, { title: l10n.t('Hand In'), placeHolder: l10n.t('To which assignment?') });
    return picked?.assignment;
  }

  #plan(instance: Instance, assignment: AssignmentInfo, draft: Draft): Promise<HandInPlan> {
    const title = l10n.t('Looking at what “{0}” asks for', assignmentTitle(assignment));
    return this.#services.work.run(title, (options) => instance.engine.planHandIn(requestOf(assignment, draft), options), {
      isQuiet: true,
    });
  }

  /** What the file is like beside how it was handed out, or by itself. */
  async #show(instance: Instance, plan: HandInPlan, { from }: Draft, path: string): Promise<void> {
    const { viewer } = this.#services;
    const handedOut = handedOutState(plan.assignment);
    if (handedOut) await viewer.compare({ instance, snapshot: handedOut, path, ...(from && { to: from }) }, { preserveFocus: true });
    else if (from) await viewer.open({ instance, snapshot: from, path });
    else await window.showTextDocument(Uri.joinPath(instance.folder.uri, path), { preview: true });
  }

  /** `undefined`: it stays as it was. */
  async #ask(instance: Instance, draft: Draft, what: 'from' | 'note' | 'identifier'): Promise<Draft | undefined> {
    const title = l10n.t('Hand In');
    if (what === 'from') {
      const { note, identifier } = draft;
      const picked = await pickState(instance, title);
      return picked && (picked === 'current' ? { note, identifier } : { note, identifier, from: picked });
    }
    const prompt =
      what === 'note'
        ? l10n.t('Note to whoever grades it (optional)')
        : l10n.t('Identifier, such as a student number (optional): Masters see it');
    const typed = await window.showInputBox({ title, prompt, value: draft[what], ignoreFocusOut: true });
    return typed === undefined ? undefined : { ...draft, [what]: typed.trim() };
  }

  /** `undefined` where the folder has changed since it was looked at. */
  async #send(instance: Instance, request: HandInRequest & { readonly expected: string }): Promise<HandInDone | undefined> {
    const { work, spaces } = this.#services;
    try {
      return await work.run(l10n.t('Handing in from {0}', instance.name), (options) => instance.engine.handIn(request, options));
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'stale-plan') return undefined;
      throw error;
    } finally {
      await instance.refresh();
      await spaces.refresh(instance);
    }
  }

  /** The receipt; not waited for: what was asked for is done. */
  #tell(instance: Instance, assignment: AssignmentInfo, { handIn, isSent }: HandInDone): void {
    const { reporter } = this.#services;
    const title = assignmentTitle(assignment);
    const what = contentInWords(handIn);
    const sentence = isSent
      ? l10n.t('Handed in to “{0}”: {1}. Code of the receipt: {2}.', title, what, handIn.code)
      : l10n.t(
          'Handed in to “{0}” here, {1}, and not sent: the hub can’t be reached. It is sent with the next sync. Code of the receipt: {2}.',
          title,
          what,
          handIn.code,
        );
    const late = handIn.lateness === 'late' ? ` ${l10n.t('It is late.')}` : '';
    const save = l10n.t('Save Receipt As…');
    const shown = isSent ? window.showInformationMessage(sentence + late, save) : window.showWarningMessage(sentence + late, save);
    reporter.detached(Promise.resolve(shown).then((answer) => (answer === save ? saveReceipt(instance, assignment, handIn) : undefined)));
  }
}

function requestOf({ id }: AssignmentInfo, { from, note, identifier }: Draft): HandInRequest {
  return { assignment: id, ...(from && { from: from.id }), ...(note !== '' && { note }), ...(identifier !== '' && { identifier }) };
}
