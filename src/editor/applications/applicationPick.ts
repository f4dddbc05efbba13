import { l10n, window } from 'vscode';
import { SnapstageError } from '../../base/errors.ts';
import type { Application } from '../../engine/applicationsApi.ts';
import { displayText } from '../formats.ts';
import { plainLabel } from '../pickers.ts';
import { stateOf, type State } from '../state.ts';
import type { ApplicationIn, Applications } from './applications.ts';
import { kindTitle, versionInWords } from './applicationWords.ts';

/** The application of a state that the user picks, of those that are wanted. Throws when there is none to pick. */
export async function pickApplication(
  applications: Applications,
  state: State,
  title: string,
  isWanted: (application: Application) => boolean,
): Promise<ApplicationIn | undefined> {
  const found = (await applications.list(state)).applications.filter(isWanted);
  if (found.length === 0) throw new SnapstageError('usage', l10n.t('There is no application for that.'));
  const items = found.map((application) => ({
    label: plainLabel(kindTitle(application.kind)),
    description: [versionInWords(application), displayText(application.path)].filter(Boolean).join(' · '),
    subject: { ...stateOf(state), kind: application.kind, path: application.path },
  }));
  const picked = await window.showQuickPick(items, { title, placeHolder: l10n.t('Which application?'), matchOnDescription: true });
  return picked?.subject;
}
