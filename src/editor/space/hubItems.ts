/** How it stands with the hub, in the Space view. */
import { env, l10n, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import { displayText, formatTime } from '../formats.ts';
import { errorSentence } from '../messages.ts';
import { setting } from '../settings.ts';
import { warningIcon } from '../snapshots/notes.ts';
import type { Row } from '../snapshots/row.ts';
import type { HubStanding } from './spaces.ts';

/** Without a tooltip: that is of the moment at which it is looked at. */
export function hubRow(standing: HubStanding): Row {
  return {
    label: l10n.t('Hub'),
    description: inShort(standing),
    icon: standing.isOffline ? new ThemeIcon('debug-disconnect') : standing.unreachable ? warningIcon : new ThemeIcon('cloud'),
    state: TreeItemCollapsibleState.None,
    context: 'hub',
  };
}

function inShort({ asked, unreachable, isOffline }: HubStanding): string {
  if (isOffline) return l10n.t('offline');
  if (unreachable) return l10n.t("can't be reached");
  return asked === undefined ? l10n.t('not asked yet') : l10n.t('reached');
}

export function hubTooltip(place: string, { asked, unreachable, isOffline }: HubStanding): string {
  const answered = asked === undefined ? undefined : formatTime(new Date(asked).toISOString(), new Date(), env.language);
  return [
    displayText(place),
    answered === undefined ? l10n.t('This window has not reached it yet.') : l10n.t('Last asked what is new: {0}.', answered),
    ...(isOffline ? [l10n.t('This computer is in no network. As soon as it is in one again, the hub is asked.')] : []),
    ...(unreachable && !isOffline ? [errorSentence(unreachable)] : []),
    whenAsked(),
  ].join('\n\n');
}

function whenAsked(): string {
  const minutes = setting('space.syncEvery');
  if (minutes <= 0) return l10n.t('It is asked by “Sync Space” alone, as the settings say.');
  return minutes === 1
    ? l10n.t('It is asked every minute while the window has the focus, and less often while it can’t be reached.')
    : l10n.t('It is asked every {0} minutes while the window has the focus, and less often while it can’t be reached.', minutes);
}
