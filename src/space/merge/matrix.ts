/** What happens to an object: PRODUCT's table of strategies, and what a decision makes of it. */
import type { MergeObject, ObjectState } from './classify.ts';
import type { Strategy } from './staged.ts';

export type Outcome = 'created' | 'updated' | 'replaced' | 'kept' | 'saved-beside' | 'deleted' | 'merged' | 'waiting';

/** What a person chooses for one object. */
export type Take = 'incoming' | 'mine' | 'both' | 'merge';

type Row<Column extends string> = Readonly<Record<Column, Outcome>>;
type ListedState = Exclude<ObjectState, 'same'>;

export const BY_STRATEGY: Readonly<Record<ListedState, Row<Strategy>>> = {
  new: { overwrite: 'created', skip: 'created', rename: 'created', mirror: 'created', ask: 'created' },
  safe: { overwrite: 'updated', skip: 'updated', rename: 'updated', mirror: 'updated', ask: 'updated' },
  edited: { overwrite: 'replaced', skip: 'kept', rename: 'saved-beside', mirror: 'replaced', ask: 'waiting' },
  'deleted-there': { overwrite: 'created', skip: 'kept', rename: 'saved-beside', mirror: 'created', ask: 'waiting' },
  'kind-clash': { overwrite: 'replaced', skip: 'kept', rename: 'saved-beside', mirror: 'replaced', ask: 'waiting' },
  'case-clash': { overwrite: 'replaced', skip: 'kept', rename: 'saved-beside', mirror: 'replaced', ask: 'waiting' },
  extra: { overwrite: 'kept', skip: 'kept', rename: 'kept', mirror: 'deleted', ask: 'kept' },
};

/** `waiting` where a choice makes no sense. Objects that are not in conflict are decided only where they can run code. */
export const BY_DECISION: Readonly<Record<ListedState, Row<Take>>> = {
  new: { incoming: 'created', mine: 'kept', both: 'created', merge: 'waiting' },
  safe: { incoming: 'updated', mine: 'kept', both: 'saved-beside', merge: 'merged' },
  edited: { incoming: 'replaced', mine: 'kept', both: 'saved-beside', merge: 'merged' },
  'deleted-there': { incoming: 'created', mine: 'kept', both: 'created', merge: 'waiting' },
  'kind-clash': { incoming: 'replaced', mine: 'kept', both: 'saved-beside', merge: 'waiting' },
  'case-clash': { incoming: 'replaced', mine: 'kept', both: 'saved-beside', merge: 'merged' },
  extra: { incoming: 'deleted', mine: 'kept', both: 'kept', merge: 'waiting' },
};

/**
 * What a strategy makes of an object. Where nothing came since the base there is nothing to be asked and nothing to be saved: what is here
 * stays, unless the sender insists on what it has.
 */
function outcomeBy(strategy: Strategy, object: Pick<MergeObject, 'isNews'> & { readonly state: ListedState }): Outcome {
  return isConflict(object.state) && !isDecidable(strategy, object) ? 'kept' : BY_STRATEGY[object.state][strategy];
}

/** What becomes of an object about which nobody has decided. What can run code waits, unless it would stay as it is. */
export function undecided(
  strategy: Strategy,
  object: Pick<MergeObject, 'isNews'> & { readonly state: ListedState; readonly canRun: boolean },
): Outcome {
  const outcome = outcomeBy(strategy, object);
  return object.canRun && !(outcome === 'kept' && !object.isNews) ? 'waiting' : outcome;
}

/** Whether what was in the way of others is gone. */
export function hasMadeWay(outcome: Outcome | undefined): boolean {
  return outcome === 'replaced' || outcome === 'updated';
}

/** Whether there is something to be decided, where an object is in conflict. */
export function isDecidable(strategy: Strategy, { isNews }: Pick<MergeObject, 'isNews'>): boolean {
  return isNews || strategy === 'overwrite' || strategy === 'mirror';
}

/** States in which the target's object was edited since the base, or there is none: they wait where a strategy says so. */
export function isConflict(state: ObjectState): boolean {
  return state !== 'same' && BY_STRATEGY[state].ask === 'waiting';
}
