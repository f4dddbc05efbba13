/** An assignment as it is put together: all that it says in one list, each line of which can be changed. */
import { l10n, window, workspace, type QuickPickItem, type Uri } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import { baseName } from '../../base/paths.ts';
import type { AssignmentPart, AssignmentTerms } from '../../engine/assignmentApi.ts';
import { activeFile } from '../activeFile.ts';
import { displayText } from '../formats.ts';
import type { Instance } from '../instance.ts';
import { plainLabel } from '../pickers.ts';
import { pickTargets } from '../space/distributor.ts';
import type { Belonging } from '../space/spaces.ts';
import { memberName } from '../space/spaceWords.ts';
import { namesInWords } from '../words.ts';
import { deadlineInWords, latePolicyInWords, partsInWords } from './assignmentWords.ts';
import { askForLimit, askForTitle, limitInWords, pickDeadline, pickLate, pickNames, pickParts, type Due } from './giveAssignmentSteps.ts';

/** What is said of an assignment so far. */
export interface AssignmentDraft extends Omit<AssignmentTerms, keyof Due | 'parts'> {
  readonly due: Due;
  /** Absent: what the distribution delivered. */
  readonly parts?: readonly AssignmentPart[];
  /** Absent: it can't be changed any more. */
  readonly to?: 'all' | readonly string[];
}

type Field = 'title' | 'parts' | 'due' | 'late' | 'limit' | 'isAnonymous' | 'description' | 'to';

export interface Form {
  readonly instance: Instance;
  readonly belonging: Belonging;
  readonly title: string;
  /** Of the line that ends it. */
  readonly go: string;
}

/** Days after today on which a deadline is suggested. */
const suggestedDays = [1, 3, 7, 14, 28] as const;
/** Characters, as the engine takes them. */
const MOST_DESCRIPTION = 12_000;

/** What is said in the end; nothing where it was given up. */
export async function fillForm(form: Form, draft: AssignmentDraft): Promise<AssignmentDraft | undefined> {
  type Item = QuickPickItem & { readonly field?: Field };
  let said = draft;
  for (;;) {
    const lines: readonly Item[] = [
      { label: `$(check) ${form.go}`, alwaysShow: true },
      ...fieldsOf(said).map((field) => ({ label: fieldName(field), description: valueInWords(form, said, field), field })),
    ];
    const picked = await window.showQuickPick(lines, {
      title: form.title,
      placeHolder: l10n.t('What it says so far: choose a line to change it'),
      ignoreFocusOut: true,
    });
    if (!picked) return undefined;
    if (picked.field === undefined) return said;
    said = { ...said, ...(await changeOf(form, said, picked.field)) };
  }
}

export async function askForDeadline(title: string, before?: Due): Promise<Due | undefined> {
  return pickDeadline(title, before, suggestedDays);
}

function fieldsOf({ to }: AssignmentDraft): readonly Field[] {
  return ['title', 'due', 'parts', ...(to === undefined ? [] : ['to' as const]), 'late', 'limit', 'isAnonymous', 'description'];
}

function fieldName(field: Field): string {
  switch (field) {
    case 'title':
      return l10n.t('Title');
    case 'parts':
      return l10n.t('Handed in');
    case 'due':
      return l10n.t('Deadline');
    case 'late':
      return l10n.t('Late');
    case 'limit':
      return l10n.t('Limit');
    case 'isAnonymous':
      return l10n.t('Names');
    case 'description':
      return l10n.t('Description');
    case 'to':
      return l10n.t('For');
  }
}

function valueInWords({ belonging }: Form, draft: AssignmentDraft, field: Field): string {
  switch (field) {
    case 'title':
      return displayText(draft.title);
    case 'parts':
      return draft.parts ? partsInWords(draft.parts) : l10n.t('what the distribution delivered');
    case 'due':
      return dueInWords(draft.due);
    case 'late':
      return latePolicyInWords(draft.late);
    case 'limit':
      return limitInWords(draft.limit);
    case 'isAnonymous':
      return draft.isAnonymous ? l10n.t('hidden until the feedback is returned') : l10n.t('shown');
    case 'description':
      return displayText(draft.description.split('\n', 1)[0] ?? '') || l10n.t('none');
    case 'to':
      return forInWords(belonging, draft.to ?? 'all');
  }
}

/** One that was written in a zone is no moment before the engine has read it. */
export function dueInWords({ deadline, zone }: Due): string {
  return /[Z]$|[+-]\d\d:\d\d$/.test(deadline) ? deadlineInWords({ deadline, zone }) : `${deadline} (${displayText(zone)})`;
}

/** Members by their names, groups by theirs. */
export function forInWords({ space }: Belonging, to: 'all' | readonly string[]): string {
  if (to === 'all') return l10n.t('all members');
  const nameOf = (one: string): string => {
    const member = space.members.find(({ id }) => id === one);
    return member ? memberName(member) : l10n.t('group {0}', one.replace(/^group:/, ''));
  };
  return namesInWords(to.map(nameOf));
}

/** What is other then; nothing where that was given up. */
async function changeOf({ instance, belonging, title }: Form, draft: AssignmentDraft, field: Field): Promise<Partial<AssignmentDraft>> {
  switch (field) {
    case 'title':
      return given('title', await askForTitle(title, draft.title));
    case 'parts':
      return given('parts', await pickParts(instance, title, draft.parts));
    case 'due':
      return given('due', await askForDeadline(title, draft.due));
    case 'late':
      return given('late', await pickLate(title));
    case 'limit':
      return given('limit', await askForLimit(title, draft.limit));
    case 'isAnonymous':
      return given('isAnonymous', await pickNames(title));
    case 'description':
      return given('description', await askForDescription(instance, title, draft.description));
    case 'to':
      return given('to', await pickTargets(belonging, title));
  }
}

function given<Name extends keyof AssignmentDraft>(name: Name, value: AssignmentDraft[Name] | undefined): Partial<AssignmentDraft> {
  return value === undefined ? {} : { [name]: value };
}

/** Markdown: from a file, as a line that is written, or none. */
async function askForDescription(instance: Instance, title: string, before: string): Promise<string | undefined> {
  type Item = QuickPickItem & { readonly from: 'open' | 'file' | 'line' | 'none' };
  const active = activeFile();
  const open = active?.path.endsWith('.md') === true ? active : undefined;
  const items: readonly Item[] = [
    ...(open ? [{ label: l10n.t('The Open File'), description: plainLabel(baseName(open.path)), from: 'open' as const }] : []),
    { label: l10n.t('A Markdown File…'), from: 'file' },
    { label: l10n.t('Write a Line…'), from: 'line' },
    { label: l10n.t('None'), from: 'none' },
  ];
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('What describes the assignment?'), ignoreFocusOut: true });
  switch (picked?.from) {
    case undefined:
      return undefined;
    case 'none':
      return '';
    case 'open':
      return open && textOf(open);
    case 'line':
      return window.showInputBox({
        title,
        value: before.split('\n', 1)[0] ?? '',
        prompt: l10n.t('A line of Markdown'),
        ignoreFocusOut: true,
      });
    case 'file': {
      const [file] =
        (await window.showOpenDialog({
          title: l10n.t('Description'),
          openLabel: l10n.t('Use as Description'),
          defaultUri: instance.folder.uri,
          filters: { Markdown: ['md'] },
        })) ?? [];
      return file && textOf(file);
    }
  }
}

/** @throws SnapstageError `usage` for one that is too long, or no text. */
async function textOf(uri: Uri): Promise<string> {
  const bytes = await workspace.fs.readFile(uri);
  const text = bytes.length > MOST_DESCRIPTION * 4 ? undefined : new TextDecoder().decode(bytes);
  if (text !== undefined && text.length <= MOST_DESCRIPTION) return text;
  throw new SnapstageError(
    'usage',
    l10n.t('A description has at most {0} characters: hand out a longer text as a file.', MOST_DESCRIPTION),
  );
}
