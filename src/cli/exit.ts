/** From what went wrong to exit codes and sentences: the one place where errors are put into words for people. */
import { SnapstageError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { PathNote } from '../engine/api.ts';
import { escapeText } from './render/text.ts';

export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3, conflicts: 4, damaged: 5, cancelled: 130 } as const;

const codeOf: Readonly<Record<ErrorCode, number>> = {
  usage: exitCodes.usage,
  'not-found': exitCodes.failed,
  ambiguous: exitCodes.failed,
  exists: exitCodes.refused,
  refused: exitCodes.refused,
  busy: exitCodes.refused,
  'in-use': exitCodes.refused,
  'stale-plan': exitCodes.refused,
  conflict: exitCodes.conflicts,
  damaged: exitCodes.damaged,
  'newer-format': exitCodes.failed,
  'no-space': exitCodes.failed,
  io: exitCodes.failed,
  cancelled: exitCodes.cancelled,
  bug: exitCodes.failed,
};

/** What to do next, where the code alone says it. */
const advice: Partial<Readonly<Record<ErrorCode, string>>> = {
  ambiguous: 'Give more digits of the id; `snapstage list` shows them.',
  busy: 'Nothing was changed. Run it again when the other one has finished.',
  'in-use': 'Close what uses it, or take the snapshot as it is with --force.',
  'stale-plan': 'Nothing was changed. Run it again for a plan of how things are now.',
  damaged: '`snapstage verify --read-data` names every damaged part and heals what it can; what is undamaged can still be restored.',
  'newer-format': 'Update Snapstage to open it.',
  'no-space': 'Make room and run it again; the snapshots there are have not been touched.',
  bug: 'This is a mistake in Snapstage. Please report it with the lines above.',
};

export function exitCodeOf(error: SnapstageError): number {
  return codeOf[error.code];
}

/** So many of the things in use are listed; the message counts them all. */
const mostUses = 20;

function usesOf(error: SnapstageError): readonly PathNote[] {
  return (error.details['inUse'] as readonly PathNote[] | undefined) ?? [];
}

/** The lines for standard error: what happened, to what, what to do next. */
export function errorLines(error: SnapstageError): string[] {
  const lines = [`snapstage: ${escapeText(error.message)}`];
  const usage = error.details['usage'];
  if (typeof usage === 'string') lines.push(`Usage: ${usage}`);
  if (error.code === 'ambiguous') lines.push(...candidates(error).map((each) => `  ${escapeText(each)}`));
  if (error.code === 'in-use')
    lines.push(
      ...usesOf(error)
        .slice(0, mostUses)
        .map(({ path, reason }) => `  ${escapeText(path)}  ${escapeText(reason)}`),
    );
  if (error.code === 'bug') lines.push(...stackOf(error).map(escapeText));
  const next = error.details['next'] ?? advice[error.code];
  if (typeof next === 'string') lines.push(next);
  return lines;
}

/** For a command in a folder without a store. */
export function noInstance(folder: string): SnapstageError {
  return new SnapstageError('not-found', `There is no instance in ${folder}.`, { folder, next: '`snapstage init` makes the folder one.' });
}

/** For what needs a yes that nobody was there to give; `details` holds the plan. */
export function needsYes(what: string, details: Readonly<Record<string, unknown>>): SnapstageError {
  return new SnapstageError('refused', `${what} needs --yes. Nothing was changed.`, {
    ...details,
    next: 'Run it again with --yes to do what the plan says.',
  });
}

/** For a question answered with no. */
export function declined(): SnapstageError {
  return new SnapstageError('cancelled', 'Nothing was changed.');
}

/** For a call that was cancelled, with the sentence that says what state things are in. */
export function cancelled(state: string): SnapstageError {
  return new SnapstageError('cancelled', `Cancelled. ${state}`);
}

function candidates(error: SnapstageError): string[] {
  const listed = error.details['candidates'];
  return Array.isArray(listed) ? listed.filter((each) => typeof each === 'string') : [];
}

function stackOf(error: SnapstageError): string[] {
  const origin = error.cause instanceof Error ? error.cause : error;
  return (origin.stack ?? '').split('\n');
}
