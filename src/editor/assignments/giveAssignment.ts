import { l10n, window, type QuickPickItem } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { AssignmentInfo, AssignmentPart, AssignmentPlan, EditAssignmentRequest } from '../../engine/assignmentApi.ts';
import type { DistributionInfo } from '../../engine/deliveryApi.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { saveAll, unsavedIn } from '../restore/unsaved.ts';
import { groupsOf } from '../space/memberEditor.ts';
import type { Belonging, Spaces } from '../space/spaces.ts';
import { deliveryTitle, memberCount, memberName } from '../space/spaceWords.ts';
import type { Work } from '../work.ts';
import { namesInWords } from '../words.ts';
import { assignmentTitle, authorName, deadlineInWords, latePolicyInWords, partsInWords } from './assignmentWords.ts';
import { askForDeadline, dueInWords, fillForm, forInWords, type AssignmentDraft } from './giveAssignmentForm.ts';
import { askForTitle, pickParts, type Due } from './giveAssignmentSteps.ts';

/** What an assignment is made of before anything is asked. */
export interface GivenParts {
  readonly distribution?: DistributionInfo;
  readonly parts?: readonly AssignmentPart[];
}

/** Gives assignments, changes them, extends them: what will happen is said first. */
export class AssignmentGiver {
  readonly #spaces: Spaces;
  readonly #work: Work;

  constructor(spaces: Spaces, work: Work) {
    this.#spaces = spaces;
    this.#work = work;
  }

  async create(instance: Instance, { distribution, parts: known }: GivenParts = {}): Promise<void> {
    const belonging = await this.#mustLead(instance);
    const title = l10n.t('New Assignment');
    const called = await askForTitle(title, distribution?.message.slice(0, 200));
    if (called === undefined) return;
    const parts = known ?? (distribution ? undefined : await pickParts(instance, title));
    if (!distribution && !parts) return;
    const due = await askForDeadline(title);
    if (!due) return;
    const draft: AssignmentDraft = {
      title: called,
      due,
      description: '',
      late: 'accept',
      limit: null,
      isAnonymous: false,
      ...(parts && { parts }),
      ...(!distribution && { to: 'all' }),
    };
    const said = await fillForm({ instance, belonging, title, go: l10n.t('Create Assignment…') }, draft);
    if (said) await this.#create(instance, said, distribution);
  }

  async edit(instance: Instance, assignment: AssignmentInfo): Promise<void> {
    const belonging = await this.#mustLead(instance);
    const { title, description, deadline, zone, parts, limit, late, isAnonymous } = assignment;
    const before = { title, description, due: { deadline, zone }, parts, limit, late, isAnonymous };
    const form = { instance, belonging, title: l10n.t('Edit {0}', assignmentTitle(assignment)), go: l10n.t('Save, and Tell the Members') };
    const said = await fillForm(form, before);
    if (!said || JSON.stringify(said) === JSON.stringify(before)) return;
    const { due, ...terms } = said;
    await this.#change(instance, { assignment: assignment.id, ...terms, ...due });
  }

  /** Closed or open again, whatever the deadline is. */
  async close(instance: Instance, assignment: AssignmentInfo, isClosed: boolean): Promise<void> {
    await this.#mustLead(instance);
    const name = assignmentTitle(assignment);
    const question = isClosed ? l10n.t('Close the assignment “{0}”?', name) : l10n.t('Reopen the assignment “{0}”?', name);
    const detail = isClosed
      ? l10n.t('Nobody can hand in any more, whatever the deadline is. It can be reopened.')
      : l10n.t('Members can hand in again. Deadline: {0}. {1}', deadlineInWords(assignment), latePolicyInWords(assignment.late));
    const go = isClosed ? l10n.t('Close Assignment') : l10n.t('Reopen');
    if ((await window.showWarningMessage(question, { modal: true, detail }, go)) !== go) return;
    await this.#change(instance, { assignment: assignment.id, isClosed });
  }

  /** Members by their ids; those that are not given are asked for. */
  async extend(instance: Instance, assignment: AssignmentInfo, given?: readonly string[]): Promise<void> {
    const belonging = await this.#mustLead(instance);
    const title = l10n.t('Extend {0}', assignmentTitle(assignment));
    const to = given ?? (await pickExtended(belonging, title));
    if (!to || to.length === 0) return;
    const due = await pickExtension(assignment, title);
    if (due === undefined) return;
    const reason = await window.showInputBox({
      title,
      prompt: l10n.t('A reason, which the member reads (optional)'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.length > 1000 ? l10n.t('At most {0} characters.', 1000) : undefined),
    });
    if (reason === undefined) return;
    const request = { assignment: assignment.id, to, reason: reason.trim(), ...(due === null ? { deadline: null } : due) };
    await this.#run(instance, l10n.t('Extending {0}', assignmentTitle(assignment)), (options) => instance.engine.extend(request, options));
    const whom = forInWords(belonging, to);
    const said =
      due === null
        ? l10n.t('For {0} the deadline of all holds again.', whom)
        : l10n.t('For {0} the deadline is {1} now.', whom, dueInWords(due));
    void window.showInformationMessage(said);
  }

  async #create(instance: Instance, { due, ...terms }: AssignmentDraft, distribution: DistributionInfo | undefined): Promise<void> {
    const request = { ...terms, ...due, ...(distribution && { distribution: distribution.id }) };
    const plan = await this.#work.run(
      l10n.t('Planning the assignment “{0}”', assignmentTitle(terms)),
      (options) => instance.engine.planAssignment(request, options),
      { isQuiet: true },
    );
    // What is unsaved is in no snapshot.
    const unsaved = plan.handsOut.length > 0 ? unsavedIn(instance) : [];
    if (
      !(await isAgreed(
        plan,
        distribution,
        unsaved.map(({ path }) => path),
      ))
    )
      return;
    await saveAll(unsaved, l10n.t('no assignment was made'));
    const made = await this.#run(instance, l10n.t('Creating the assignment “{0}”', assignmentTitle(terms)), (options) =>
      instance.engine.createAssignment(request, options),
    );
    void window.showInformationMessage(l10n.t('The assignment “{0}” is made. Members see it with their next sync.', assignmentTitle(made)));
  }

  async #change(instance: Instance, request: EditAssignmentRequest): Promise<void> {
    const made = await this.#run(instance, l10n.t('Changing the assignment'), (options) =>
      instance.engine.editAssignment(request, options),
    );
    window.setStatusBarMessage(l10n.t('The assignment “{0}” is changed. Members are told.', assignmentTitle(made)), 5000);
  }

  async #mustLead(instance: Instance): Promise<Belonging> {
    const belonging = await this.#spaces.mustBelong(instance);
    if (belonging.space.me.role === 'master') return belonging;
    throw new SnapstageError('refused', l10n.t('Only the Master of the Space can give assignments.'));
  }

  async #run<T>(instance: Instance, title: string, task: (options: CallOptions) => Promise<T>): Promise<T> {
    try {
      return await this.#work.run(title, task);
    } finally {
      await instance.refresh();
      await this.#spaces.refresh(instance);
    }
  }
}

async function isAgreed(plan: AssignmentPlan, distribution: DistributionInfo | undefined, unsaved: readonly string[]): Promise<boolean> {
  const { terms, to, handsOut } = plan;
  const whom = to === 'all' ? l10n.t('all members') : to.length > 3 ? memberCount(to.length) : namesInWords(to.map(authorName));
  const detail = [
    l10n.t('Deadline: {0}. {1}', deadlineInWords(terms), latePolicyInWords(terms.late)),
    l10n.t('Handed in: {0}.', partsInWords(terms.parts)),
    handsOut.length > 0
      ? l10n.t('{0} is distributed with it, as it is here now. A snapshot of the current state is taken first.', namesInWords(handsOut))
      : plan.distribution === null
        ? l10n.t('Nothing of it is here, so nothing is distributed with it.')
        : distribution
          ? l10n.t('It is about the distribution {0}.', deliveryTitle(distribution))
          : l10n.t('It is about what was distributed to them before.'),
    ...(unsaved.length === 0 ? [] : [l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved))]),
  ].join('\n');
  const go = l10n.t('Create');
  const question = l10n.t('Create the assignment “{0}” for {1}?', assignmentTitle(terms), whom);
  return (await window.showWarningMessage(question, { modal: true, detail }, go)) === go;
}

/** Members and groups who hand in. */
async function pickExtended({ space }: Belonging, title: string): Promise<readonly string[] | undefined> {
  const members = space.members.filter(({ role, state }) => role === 'editor' && state === 'member');
  if (members.length === 0) throw new SnapstageError('usage', l10n.t('There is no member with whom this could be done.'));
  const items: readonly (QuickPickItem & { readonly to: string })[] = [
    ...members.map((member) => ({
      label: plainLabel(memberName(member)),
      description: member.groups.map(plainLabel).join(' · '),
      to: member.id,
    })),
    ...groupsOf(members).map((group) => ({
      label: plainLabel(group),
      description: memberCount(members.filter(({ groups }) => groups.includes(group)).length),
      to: `group:${group}`,
    })),
  ];
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('For whom?'),
    canPickMany: true,
    matchOnDescription: true,
  });
  return picked?.map(({ to }) => to);
}

/** `null`: as for all again. */
async function pickExtension(assignment: AssignmentInfo, title: string): Promise<Due | null | undefined> {
  const items = [
    { label: l10n.t('Another Deadline…'), description: l10n.t('for all: {0}', deadlineInWords(assignment)), isOther: true },
    { label: l10n.t('As for All'), description: l10n.t('takes an extension back'), isOther: false },
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Until when?'), ignoreFocusOut: true });
  if (!picked) return undefined;
  return picked.isOther ? askForDeadline(title, assignment) : null;
}
