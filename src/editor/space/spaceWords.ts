/** What the editor says of a Space. */
import { env, l10n } from 'vscode';
import { formatNumber } from '../../base/format.ts';
import type { DeliveredItem, DeliveredObject, DeliveryInfo, DeliveryOutcome, DistributionInfo } from '../../engine/deliveryApi.ts';
import type { MemberInfo, Role, SpaceInfo } from '../../engine/spaceApi.ts';
import { countInWords, outcomeInWords as decidedOutcome } from '../conflicts/conflictWords.ts';
import { displayText } from '../formats.ts';
import { namesInWords } from '../words.ts';

const number = (count: number): string => formatNumber(count, env.language);

/** `Econometrics`, or the beginning of its id until its name is known here. */
export function spaceName({ id, name }: Pick<SpaceInfo, 'id' | 'name'>): string {
  return name === null ? id.slice(0, 8) : displayText(name);
}

export function memberName({ id, name, role }: Pick<MemberInfo, 'id' | 'name'> & { readonly role?: Role }): string {
  if (name !== null) return displayText(name);
  return role === 'master' ? roleWord('master') : id.slice(0, 8);
}

export function roleWord(role: Role): string {
  switch (role) {
    case 'master':
      return l10n.t('Master');
    case 'editor':
      return l10n.t('editor');
    case 'viewer':
      return l10n.t('viewer');
  }
}

export function roleInWords(role: Exclude<Role, 'master'>): string {
  return role === 'editor'
    ? l10n.t('Receives everything that is distributed to it.')
    : l10n.t('Receives what comes from snapshots alone, never from a current state.');
}

/** All that was distributed, as a state. */
export function distributedName(): string {
  return l10n.t('Distributed');
}

/** What stands in the way of one that waits. */
export function obstacleInWords(obstacle: string | null): string {
  switch (obstacle) {
    case null:
      return l10n.t('let in with the next sync');
    case 'unknown-invite':
      return l10n.t('its invite is not known');
    case 'revoked-invite':
      return l10n.t('its invite is by somebody who was no Master any more');
    case 'bad-proof':
      return l10n.t('it does not have the invite that it names');
    case 'withdrawn':
      return l10n.t('its invite was withdrawn');
    case 'expired':
      return l10n.t('its invite had expired');
    case 'used':
      return l10n.t('its invite had been used');
    case 'contested':
      return l10n.t('several came by the same invite');
    case 'removed':
      return l10n.t('it was removed before');
    default:
      return obstacle;
  }
}

/** `waiting: several came by the same invite`; nothing for a plain member. */
export function memberStateInWords({ state, obstacle }: MemberInfo): string | undefined {
  switch (state) {
    case 'waiting':
      return l10n.t('waiting: {0}', obstacleInWords(obstacle));
    case 'left':
      return l10n.t('has left');
    case 'removed':
      return l10n.t('was removed');
    case 'member':
      return undefined;
  }
}

/** What the own membership is like where it is not simply one. */
export function ownStateInWords({ me }: SpaceInfo): string | undefined {
  switch (me.state) {
    case 'waiting':
      if (me.obstacle !== null)
        return l10n.t(
          'This instance has asked for a place, and is not let in: {0}. Ask a Master for a new invite; then leave the Space here, and join it with that one.',
          obstacleInWords(me.obstacle),
        );
      return l10n.t("This instance has asked for a place. It is let in when the Master's Snapstage next looks.");
    case 'left':
      return l10n.t('This instance has left the Space.');
    case 'removed':
      return l10n.t('This instance was removed from the Space. What it has received it keeps.');
    case 'member':
      return undefined;
  }
}

export function restrictionInWords(): string {
  return l10n.t('Restricted Mode: the Space can be viewed only.');
}

export function stoppedInWords({ stopped }: SpaceInfo): string | undefined {
  return stopped.length === 0
    ? undefined
    : l10n.t(
        'Nothing is done in this Space until Snapstage is updated: it says {0}, which this version does not know.',
        namesInWords(stopped),
      );
}

/** `“Week 1”`, or what is in it where nothing was said. */
export function deliveryTitle(
  delivery: Pick<DeliveryInfo | DistributionInfo, 'message' | 'items'> & Partial<Pick<DeliveryInfo, 'kind'>>,
): string {
  const { message, items, kind } = delivery;
  const [line = ''] = message.split('\n');
  const title = line === '' ? itemsInWords(items) : l10n.t('“{0}”', displayText(line));
  if (kind === 'recall') return line === '' ? l10n.t('Recall of {0}', title) : l10n.t('Recall {0}', title);
  return kind === 'undo' ? l10n.t('Undo of {0}', title) : title;
}

/** Of someone who is called nothing but what they are. */
export function senderName({ from }: DeliveryInfo): string {
  return from === 'Master' ? roleWord('master') : displayText(from);
}

export function deliveryStateWord({ state }: DeliveryInfo): string {
  switch (state) {
    case 'new':
      return l10n.t('new');
    case 'waiting':
      return l10n.t('waiting for decisions');
    case 'applied':
      return l10n.t('received');
    case 'undone':
      return l10n.t('undone');
    case 'void':
      return l10n.t('taken back');
    case 'superseded':
      return l10n.t('replaced by a later one');
  }
}

export function itemTitle({ type, path, part }: Pick<DeliveredItem, 'type' | 'path' | 'part'>): string {
  if (part !== null) return l10n.t('{0} in {1}', displayText(part), displayText(path));
  if (path === '') return l10n.t('everything');
  return type === 'folder' ? `${displayText(path)}/` : displayText(path);
}

/** `hw1/, prices.csv and 2 more`. */
export function itemsInWords(items: readonly DeliveredItem[]): string {
  // Their names are shown as text by `namesInWords`.
  return namesInWords(items.map(({ type, path, part }) => itemTitle({ type, path, part })));
}

export function conflictCount(count: number): string {
  return count === 1 ? l10n.t('1 conflict') : l10n.t('{0} conflicts', number(count));
}

export function conflictsWaitInWords(count: number): string {
  return count === 1 ? l10n.t('1 conflict waits for a decision.') : l10n.t('{0} conflicts wait for decisions.', number(count));
}

export function memberCount(count: number): string {
  return count === 1 ? l10n.t('1 member') : l10n.t('{0} members', number(count));
}

export function deliveryCount(count: number): string {
  return count === 1 ? l10n.t('1 delivery') : l10n.t('{0} deliveries', number(count));
}

type Counts = Readonly<Record<DeliveryOutcome, number>>;

/** `3 created, 1 replaced, 2 kept`, without what waits; empty for none. */
export function outcomesInWords(counts: Counts): string {
  const told: readonly Exclude<DeliveryOutcome, 'waiting'>[] = [
    'created',
    'updated',
    'replaced',
    'merged',
    'saved-beside',
    'deleted',
    'kept',
  ];
  return told.flatMap((outcome) => (counts[outcome] > 0 ? [countInWords(outcome, counts[outcome])] : [])).join(', ');
}

/** What receiving would do to an object. */
export function outcomeInWords(object: DeliveredObject): string {
  return object.outcome === 'waiting' ? conflictInWords(object) : decidedOutcome(object);
}

/** Why an object waits for a decision. */
function conflictInWords({ hold, state }: DeliveredObject): string {
  if (hold === 'code') return l10n.t('it can run programs');
  if (hold !== null) return l10n.t("what is there can't be touched");
  switch (state) {
    case 'deleted-there':
      return l10n.t('deleted here');
    case 'kind-clash':
      return l10n.t('something of another kind is here');
    case 'case-clash':
      return l10n.t('another spelling of it is here');
    case 'new':
    case 'same':
    case 'safe':
    case 'edited':
    case 'extra':
      return l10n.t('edited here');
  }
}
