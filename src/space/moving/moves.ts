/** A Space that goes to another hub. */
import { targetFor, type Acting } from '../members/acts.ts';
import { ALL } from '../members/audiences.ts';
import type { SpaceState } from '../members/state.ts';
import { latest, ofKind } from '../members/statements.ts';

/** The place that the Space is leaving for, or has left for, as far as is known; `undefined` where all has arrived. */
export function departureIn({ statements, isAfter }: Pick<SpaceState, 'statements' | 'isAfter'>): string | undefined {
  const last = latest(ofKind(statements, 'move'), isAfter)?.body;
  return last === undefined || last.isDone ? undefined : last.place;
}

/** Tells the members where to go, unless they were told. */
export function depart({ state, writer }: Acting, place: string): void {
  if (departureIn(state) !== place) writer.write({ kind: 'move', place, isDone: false }, targetFor(state, ALL));
}

/** Says that all is here, in the hub at `place`, if that is where the Space was going. */
export function arrive({ state, writer }: Acting, place: string): void {
  if (departureIn(state) === place) writer.write({ kind: 'move', place, isDone: true }, targetFor(state, ALL));
}
