import { env, l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode';
import { formatSize } from '../../base/format.ts';
import type { SnapshotInfo } from '../../engine/api.ts';
import type { HandInObstacle, HandInPlan } from '../../engine/assignmentApi.ts';
import { displayText } from '../formats.ts';
import { plainLabel } from '../pickers.ts';
import { namesInWords, snapshotInSentence } from '../words.ts';
import { assignmentTitle, contentInWords, deadlineInWords, obstacleInWords, timeLeftInWords, warningInWords } from './assignmentWords.ts';

/** What is handed in, as far as it was chosen. */
export interface Draft {
  /** Absent: the current state. */
  readonly from?: SnapshotInfo;
  readonly note: string;
  readonly identifier: string;
}

/** What somebody wants who looks at what would be sent. */
export type HandInChoice =
  | { readonly want: 'send'; readonly force: boolean }
  | { readonly want: 'from' | 'note' | 'identifier' }
  | { readonly want: 'file'; readonly path: string };

interface Row extends QuickPickItem {
  /** Absent: it only tells. */
  readonly choice?: HandInChoice;
}

export interface HandInPickOptions {
  readonly plan: HandInPlan;
  readonly draft: Draft;
  /** Paths with unsaved changes, which are saved first. */
  readonly unsaved: readonly string[];
  /** The folder has changed since it was shown last. */
  readonly isStale: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Shows what would be sent, what is odd about it and what stands in the way; `undefined`: nothing is to be done. A row that only tells is shown again. */
export async function pickHandIn(options: HandInPickOptions): Promise<HandInChoice | undefined> {
  const { plan, isStale, now } = options;
  const { assignment } = plan;
  const deadline = assignment.mine?.deadline ?? assignment.deadline;
  const due = `${deadlineInWords({ ...assignment, deadline })}, ${timeLeftInWords(assignment, deadline, now)}`;
  const placeHolder = isStale ? l10n.t('The files have changed meanwhile; this is what would be sent now.') : l10n.t('Deadline: {0}', due);
  for (;;) {
    const picked = await window.showQuickPick<Row>(rowsOf(options), {
      title: l10n.t('Hand In “{0}”', assignmentTitle(assignment)),
      placeHolder,
      matchOnDescription: true,
      ignoreFocusOut: true,
    });
    if (picked === undefined || picked.choice) return picked?.choice;
  }
}

function rowsOf({ plan, draft, unsaved }: HandInPickOptions): Row[] {
  const { files, bytes, extra, warnings, obstacles } = plan;
  const separator = (label: string): Row => ({ label, kind: QuickPickItemKind.Separator });
  const looks = [
    ...obstacles.map((obstacle): Row => ({ label: `$(error) ${plainLabel(obstacleInWords(obstacle))}`, alwaysShow: true })),
    ...warnings.map((warning): Row => ({ label: `$(warning) ${plainLabel(warningInWords(warning))}` })),
    ...(unsaved.length === 0
      ? []
      : [{ label: `$(save) ${plainLabel(l10n.t('Unsaved changes are saved first: {0}.', namesInWords(unsaved)))}` }]),
  ];
  return [
    ...sendRow(plan, obstacles, contentInWords({ files: files.length, bytes })),
    ...(looks.length === 0 ? [] : [separator(l10n.t('to be looked at')), ...looks]),
    separator(l10n.t('how')),
    {
      label: `$(history) ${l10n.t('From')}`,
      description: draft.from ? snapshotInSentence(draft.from) : l10n.t('the current state, of which a snapshot is taken'),
      choice: { want: 'from' },
    },
    { label: `$(note) ${l10n.t('Note')}`, description: plainLabel(draft.note) || l10n.t('none'), choice: { want: 'note' } },
    {
      label: `$(tag) ${l10n.t('Identifier')}`,
      description: plainLabel(draft.identifier) || l10n.t('none'),
      choice: { want: 'identifier' },
    },
    separator(l10n.t('is sent')),
    ...files.map(({ path, size }): Row => ({
      label: `$(file) ${plainLabel(path)}`,
      description: formatSize(size, env.language),
      choice: { want: 'file', path },
    })),
    ...(extra.length === 0 ? [] : [separator(l10n.t('is not asked for, and not sent'))]),
    ...extra.map((path): Row => ({ label: `$(circle-slash) ${plainLabel(displayText(path))}` })),
  ];
}

/** The row that sends; none where something stands in the way. */
function sendRow({ assignment }: HandInPlan, obstacles: readonly HandInObstacle[], content: string): readonly Row[] {
  const isForced = obstacles.length > 0;
  if (obstacles.some((obstacle) => obstacle.kind !== 'late' || obstacle.isProven)) return [];
  const again = assignment.mine?.handIns.some(({ counts }) => counts) === true ? l10n.t('it counts then instead of the one before') : '';
  return [
    {
      label: `$(cloud-upload) ${isForced ? l10n.t('Hand In All the Same') : l10n.t('Hand In')}`,
      description: [content, again].filter(Boolean).join(' · '),
      alwaysShow: true,
      choice: { want: 'send', force: isForced },
    },
  ];
}
