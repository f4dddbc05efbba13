/** Recalls in words. */
import type { RecallInfo } from '../../engine/recallApi.ts';
import type { Formats } from './format.ts';
import type { Column } from './table.ts';
import { escapeText, shortId } from './text.ts';

const shownPaths = 3;
const shownKept = 10;

export function recallColumns(formats: Formats): readonly Column<RecallInfo>[] {
  return [
    { title: 'Recall', cell: ({ id }) => shortId(id), style: () => 'bold' },
    { title: 'Made', cell: ({ made }) => formats.time(made) },
    { title: 'What', cell: whatText },
    { title: 'Of', cell: ({ distributions }) => distributions.map(shortId).join(', ') },
    { title: 'To', cell: ({ to, targets }) => `${to} (${targets.length})` },
    { title: 'Applied', cell: ({ targets }) => String(targets.filter(({ state }) => state === 'applied').length) },
    { title: 'Kept', cell: ({ targets }) => String(targets.reduce((sum, { kept }) => sum + kept.length, 0)) },
    { title: 'Message', cell: ({ message, isOwn }) => [...(isOwn ? [] : ['(another Master)']), escapeText(message)].join(' ') },
  ];
}

function whatText({ kind, paths, evenEdited, previous }: RecallInfo): string {
  if (kind === 'undo') return 'undone';
  const more = paths.length > shownPaths ? ` and ${paths.length - shownPaths} more` : '';
  const what = paths.length === 0 ? 'all' : `${paths.slice(0, shownPaths).map(escapeText).join(', ')}${more}`;
  return `${what}${previous ? ', the version before instead' : ''}${evenEdited ? ', even edited' : ''}`;
}

/** What stayed, by member. */
export function recalledLines({ id, targets }: RecallInfo): string[] {
  return targets.flatMap(({ name, id: member, kept }) => {
    if (kept.length === 0) return [];
    const more = kept.length > shownKept ? ` and ${kept.length - shownKept} more` : '';
    return [`${shortId(id)}: ${escapeText(name ?? shortId(member))} keeps ${kept.slice(0, shownKept).map(escapeText).join(', ')}${more}`];
  });
}
