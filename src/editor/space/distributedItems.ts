/** How all that was distributed looks in the Space view. */
import { env, l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { formatNumber, formatSize } from '../../base/format.ts';
import { baseName } from '../../base/paths.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Row } from '../snapshots/row.ts';
import { rowUri } from '../snapshots/rowDecorations.ts';
import { entryWord } from '../words.ts';
import { distributedName } from './spaceWords.ts';
import type { DistributedEntryNode } from './spaceNodes.ts';
import type { Belonging } from './spaces.ts';

const { None, Collapsed } = TreeItemCollapsibleState;
const number = (count: number): string => formatNumber(count, env.language);

export function distributedRow(belonging: Belonging | undefined): Row {
  const { items = 0, newer = 0, made = null } = belonging?.distributed ?? {};
  const counted = items === 1 ? l10n.t('1 item') : l10n.t('{0} items', number(items));
  const facts = [items === 0 ? l10n.t('nothing yet') : counted, ...(newer > 0 ? [l10n.t('{0} newer than mine', number(newer))] : [])];
  return {
    label: distributedName(),
    description: facts.join(' · '),
    spoken: facts.join(', '),
    tooltip: [
      l10n.t('All that was distributed and was not taken back, as it is now. It can be looked into, compared and pulled, not edited.'),
      ...(made === null ? [] : [l10n.t('Last distributed {0}.', formatMoment(made, env.language))]),
      ...(newer > 0 ? [l10n.t('Newer than mine: what was not received here yet.')] : []),
    ].join('\n\n'),
    icon: new ThemeIcon('library'),
    state: items === 0 ? None : Collapsed,
    context: items === 0 ? 'distributed empty' : 'distributed',
  };
}

export function distributedEntryRow({ instance, entry }: DistributedEntryNode): Row {
  const isFolder = entry.kind === 'folder';
  const size = formatSize(entry.size, env.language);
  const description = entry.kind === 'link' ? `→ ${displayText(entry.target ?? '')}` : isFolder ? '' : size;
  return {
    label: displayText(baseName(entry.path)),
    description,
    spoken: [entryWord(entry.kind), description, l10n.t('in {0}', distributedName())].filter(Boolean).join(', '),
    tooltip: [displayText(entry.path), entryWord(entry.kind), ...(isFolder ? [] : [size]), formatMoment(entry.modified, env.language)].join(
      ' · ',
    ),
    icon: isFolder ? ThemeIcon.Folder : ThemeIcon.File,
    resourceUri: rowUri(instance.folder.uri, entry.path),
    state: isFolder ? Collapsed : None,
    context: `distributed-entry ${entry.kind}`,
    ...(!isFolder && { command: 'snapstage.openDistributed' }),
  };
}
