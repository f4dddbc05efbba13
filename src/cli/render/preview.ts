/** What a distribution would meet, in words. */
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../engine/previewApi.ts';
import type { Report } from '../report.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const TITLES: Readonly<Record<PreviewState, string>> = {
  new: 'New',
  same: 'Same',
  safe: 'Update',
  edited: 'Edited',
  'deleted-there': 'Deleted there',
  'kind-clash': 'Other kind',
  unknown: 'Unknown',
};
const STATES = Object.keys(TITLES) as PreviewState[];
const CONFLICTS: readonly PreviewState[] = ['edited', 'deleted-there', 'kind-clash'];

const WHY: Readonly<Record<Exclude<PreviewTarget['unknown'], null>, string>> = {
  viewer: 'a viewer',
  never: 'nothing published yet',
  missing: 'not in the hub',
  damaged: 'damaged in the hub',
};

const shownObjects = 40;

export function* previewLines(
  { objects, targets, isMirror }: DistributionPreview,
  report: Pick<Report, 'formats' | 'table'>,
): Generator<string> {
  const { formats } = report;
  yield `${formats.count(objects.length, 'object')} for ${formats.count(targets.length, 'target')}, by what each last published; each looks again when it applies them:`;
  yield* report.table(targets, targetColumns(formats));
  const inConflict = objects.filter(({ counts }) => CONFLICTS.some((state) => counts[state] > 0));
  if (inConflict.length > 0) yield 'In conflict:';
  for (const object of inConflict.slice(0, shownObjects)) yield `  ${conflictText(object)}`;
  if (inConflict.length > shownObjects) yield `  and ${formats.number(inConflict.length - shownObjects)} more`;
  const risky = objects.filter(({ runsCode }) => runsCode).length;
  if (risky > 0) yield `${formats.count(risky, 'object')} can run programs, and will wait for a decision everywhere.`;
  if (isMirror)
    yield 'A mirror also deletes what is not delivered. What that is only the targets know; more than half of all has to be confirmed there.';
}

function targetColumns(formats: Formats): readonly Column<PreviewTarget>[] {
  return [
    { title: 'Target', cell: ({ id, name }) => (name === null ? shortId(id) : escapeText(name)), style: () => 'bold' },
    {
      title: 'As of',
      cell: ({ published, unknown }) => (unknown === null && published !== null ? formats.time(published) : `(${WHY[unknown ?? 'never']})`),
    },
    ...STATES.map((state): Column<PreviewTarget> => ({
      title: TITLES[state],
      align: 'right',
      cell: ({ counts }) => formats.number(counts[state]),
      style: ({ counts }) => (counts[state] === 0 ? 'dim' : CONFLICTS.includes(state) ? 'yellow' : undefined),
    })),
  ];
}

function conflictText({ path, part, counts }: PreviewObject): string {
  const parts = CONFLICTS.flatMap((state) => (counts[state] > 0 ? [`${TITLES[state].toLowerCase()} at ${counts[state]}`] : []));
  return `${escapeText(part === null ? path : `${path}: ${part}`)}  ${parts.join(', ')}`;
}
