/** What a distribution would meet, in words. */
import type { DistributionPreview, PreviewObject, PreviewState, PreviewTarget } from '../../engine/previewApi.ts';
import type { Report } from '../report.ts';
import { exceptionTitle } from './delivery.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const WORDS: Readonly<Record<PreviewState, string>> = {
  new: 'new',
  same: 'same',
  safe: 'updated',
  edited: 'edited there',
  'deleted-there': 'deleted there',
  'kind-clash': 'of another kind',
  unknown: 'unknown',
};
const STATES = Object.keys(WORDS) as PreviewState[];
const CONFLICTS: readonly PreviewState[] = ['edited', 'deleted-there', 'kind-clash'];

const WHY: Readonly<Record<Exclude<PreviewTarget['unknown'], null>, string>> = {
  viewer: 'a viewer',
  never: 'nothing published yet',
  missing: 'not in the hub',
  damaged: 'damaged in the hub',
};

const shownObjects = 40;
const shownRemoved = 20;
const shownExceptions = 20;

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
  for (const { id, name, exceptions } of targets) {
    const some = exceptions.map((one) => ({ target: { id, name }, ...one }));
    for (const one of some.slice(0, shownExceptions)) yield `${exceptionTitle(one)}  ${one.strategy}`;
    if (some.length > shownExceptions) yield `  and ${formats.number(some.length - shownExceptions)} more exceptions there`;
  }
  for (const target of targets) {
    const line = removedText(target, formats);
    if (line !== undefined) yield line;
  }
  if (isMirror)
    yield 'A mirror also deletes what is not delivered. What else than earlier distributions brought that is, only the targets know; more than half of all has to be confirmed there.';
}

function targetColumns(formats: Formats): readonly Column<PreviewTarget>[] {
  return [
    { title: 'Target', cell: ({ id, name }) => (name === null ? shortId(id) : escapeText(name)), style: () => 'bold' },
    {
      title: 'As of',
      cell: ({ published, unknown }) => (unknown === null && published !== null ? formats.time(published) : `(${WHY[unknown ?? 'never']})`),
    },
    {
      title: 'Objects',
      cell: ({ counts }) =>
        STATES.filter((state) => counts[state] > 0)
          .map((state) => `${formats.number(counts[state])} ${WORDS[state]}`)
          .join(', '),
      style: ({ counts }) => (CONFLICTS.some((state) => counts[state] > 0) ? 'yellow' : undefined),
    },
  ];
}

/** What a mirror deletes at a target, as far as that is known by name. */
function removedText({ id, name, removed }: PreviewTarget, formats: Formats): string | undefined {
  if (removed === null || removed.count === 0) return undefined;
  const named = removed.paths.slice(0, shownRemoved).map(escapeText);
  const more = removed.count - named.length;
  const all = more > 0 ? [...named, `and ${formats.number(more)} more`] : named;
  return `Deleted at ${name === null ? shortId(id) : escapeText(name)}: ${all.join(', ')}`;
}

function conflictText({ path, part, counts }: PreviewObject): string {
  const places = CONFLICTS.filter((state) => counts[state] > 0).map((state) => `${WORDS[state].replace(' there', '')} at ${counts[state]}`);
  return `${escapeText(part === null ? path : `${path}: ${part}`)}  ${places.join(', ')}`;
}
