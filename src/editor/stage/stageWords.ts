/** What the editor says of the Stage. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { ObjectType, StageChange, StagedObject, StagePlan, Strategy } from '../../engine/stageApi.ts';
import { applicationTitle } from '../applications/applicationWords.ts';
import { displayText } from '../formats.ts';
import { snapshotInSentence, snapshotTitle } from '../words.ts';

export function objectCount(count: number): string {
  return count === 1 ? l10n.t('1 object') : l10n.t('{0} objects', formatNumber(count, env.language));
}

export function bundleCount(count: number): string {
  return count === 1 ? l10n.t('1 bundle') : l10n.t('{0} bundles', formatNumber(count, env.language));
}

export function typeWord(type: ObjectType): string {
  switch (type) {
    case 'file':
      return l10n.t('file');
    case 'folder':
      return l10n.t('folder');
    case 'table':
      return l10n.t('table');
    case 'application':
      return l10n.t('application');
    case 'snapshot':
      return l10n.t('whole snapshot');
  }
}

/** What it is called within a sentence: its path, `orders in data/app.db`, `Python in analysis`. */
export function objectTitle({ type, path, table, application }: StagedObject): string {
  if (type === 'table') return l10n.t('{0} in {1}', displayText(table ?? ''), displayText(path));
  if (type === 'application' && application !== null) return applicationTitle({ kind: application, path });
  if (path === '') return l10n.t('everything');
  return displayText(path);
}

type From = Pick<StagedObject, 'state' | 'snapshot'>;

/** `current state`, `“Week 1”`, or the time of a snapshot without a name. */
export function fromTitle({ state, snapshot }: From): string {
  if (snapshot !== null) return snapshot.name === null ? snapshotTitle(snapshot) : l10n.t('“{0}”', displayText(snapshot.name));
  return state === 'current' ? l10n.t('current state') : l10n.t('snapshot {0}', state.slice(0, 8));
}

/** The same within a sentence. */
export function fromInSentence({ state, snapshot }: From): string {
  if (snapshot !== null) return snapshotInSentence(snapshot);
  return state === 'current' ? l10n.t('the current state') : l10n.t('snapshot {0}', state.slice(0, 8));
}

export function strategyName(strategy: Strategy): string {
  switch (strategy) {
    case 'overwrite':
      return l10n.t('overwrite');
    case 'skip':
      return l10n.t('skip');
    case 'rename':
      return l10n.t('rename');
    case 'mirror':
      return l10n.t('mirror');
    case 'ask':
      return l10n.t('ask');
  }
}

/** What a strategy does with what has been edited where it is distributed to. */
export function strategyInWords(strategy: Strategy): string {
  switch (strategy) {
    case 'overwrite':
      return l10n.t('What was edited there is replaced.');
    case 'skip':
      return l10n.t('What was edited there is kept.');
    case 'rename':
      return l10n.t('What was edited there is kept, and this is saved beside it under another name.');
    case 'mirror':
      return l10n.t('What was edited there is replaced, and what is not in this folder is deleted there.');
    case 'ask':
      return l10n.t('What was edited there waits for a decision.');
  }
}

/** What has come onto the Stage, in a few words. */
export function stagedInWords({ changes }: StagePlan): string {
  const [only] = changes;
  return changes.length === 1 && only
    ? l10n.t('On the Stage: {0} from {1}', objectTitle(only.object), fromTitle(only.object))
    : l10n.t('On the Stage: {0}', objectCount(changes.length));
}

/** What had been on the Stage from another state and is no more; nothing where there is none. */
export function replacedInWords({ changes }: StagePlan): string | undefined {
  const replaced = changes.filter(isFromElsewhere);
  const [only] = replaced;
  if (replaced.length > 1)
    return l10n.t('{0} now come from another state than those that were on the Stage in their place.', objectCount(replaced.length));
  return only?.replaces
    ? l10n.t(
        '{0} is on the Stage from {1} now, no more from {2}.',
        objectTitle(only.object),
        fromInSentence(only.object),
        fromInSentence(only.replaces),
      )
    : undefined;
}

function isFromElsewhere({ object, replaces }: StageChange): boolean {
  return replaces !== null && replaces.state !== object.state;
}
