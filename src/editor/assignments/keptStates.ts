/** What was handed out, handed in and given back, as states that can be looked into and compared. */
import { l10n } from 'vscode';
import type { AssignmentInfo, HandInInfo } from '../../engine/assignmentApi.ts';
import type { Sides } from '../compare/multiDiff.ts';
import type { Instance } from '../instance.ts';
import type { KeptState } from '../state.ts';
import { assignmentTitle, handInTitle } from './assignmentWords.ts';

/** `undefined` where it is not here. */
export function handedOutState(assignment: AssignmentInfo): KeptState | undefined {
  const { handedOut, made } = assignment;
  if (handedOut === null) return undefined;
  return { kind: 'kept', id: handedOut, name: l10n.t('“{0}” as handed out', assignmentTitle(assignment)), created: made };
}

/** `undefined` where its content is not here. */
export function handInState(handIn: HandInInfo): KeptState | undefined {
  if (!handIn.isHere) return undefined;
  return { kind: 'kept', id: handIn.state, name: l10n.t('Hand-in {0}', handInTitle(handIn)), created: handIn.made };
}

/** What was changed since it was handed out; `undefined` where either is not here. A distribution can hold more than what is to be handed in. */
export function sinceHandedOut(instance: Instance, assignment: AssignmentInfo, handIn: HandInInfo): Sides | undefined {
  const [from, to] = [handedOutState(assignment), handInState(handIn)];
  const [only, ...others] = assignment.parts;
  const below = only && others.length === 0 && only.path !== '' ? { below: only.path } : {};
  return from && to && { instance, from, to, ...below };
}

/** `undefined` where there are no files with it, or they are not here. */
export function feedbackState(handIn: HandInInfo): KeptState | undefined {
  const { feedback } = handIn;
  if (!feedback?.isHere || feedback.state === null) return undefined;
  return { kind: 'kept', id: feedback.state, name: l10n.t('Feedback to hand-in {0}', handInTitle(handIn)), created: feedback.made };
}
