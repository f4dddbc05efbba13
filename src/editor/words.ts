/** What the editor says, apart from errors: names of things, and sentences put together from facts. */
import { env, l10n } from 'vscode';
import type { Progress } from '../base/progress.ts';
import type { ChangeKind, Changes, Consistency, EntryKind, SnapshotInfo, SnapshotKind } from '../engine/api.ts';
import type { DayGroup } from './snapshots/days.ts';
import { formatNumber, formatSize } from '../base/format.ts';
import { displayText, formatMoment, formatTime } from './formats.ts';
import type { Reference } from './reference.ts';
import type { ActionCount } from './restore/restorePlan.ts';
import type { SnapshotFilter, SnapshotMark } from './snapshots/snapshotFilter.ts';
import type { Interrupted } from './restore/unfinished.ts';
import type { Stored } from './state.ts';

const locale = env.language;

/** A snapshot's name; its time where it has none. */
export function snapshotTitle(snapshot: Stored, now = new Date()): string {
  return snapshot.name === null ? formatTime(snapshot.created, now, locale) : displayText(snapshot.name);
}

/** The title within a sentence: a name in quotes with its time, or the time alone. */
export function snapshotInSentence(snapshot: Stored, now = new Date()): string {
  if (snapshot.kind === 'distributed') return l10n.t('what was distributed');
  if (snapshot.kind === 'kept') return displayText(snapshot.name);
  const time = formatTime(snapshot.created, now, locale);
  return snapshot.name === null ? l10n.t('the snapshot of {0}', time) : l10n.t('“{0}” of {1}', displayText(snapshot.name), time);
}

/** A state's title; of the current state without one. */
export function stateTitle(snapshot: Stored | undefined): string {
  return snapshot ? snapshotTitle(snapshot) : l10n.t('Current State');
}

/** Its facts beside its title: kind, consistency, what the store grew by, and what else is to be known. */
export function snapshotFacts(snapshot: SnapshotInfo): string[] {
  return [
    kindWord(snapshot),
    consistencyWord(snapshot.consistency),
    ...(snapshot.partial ? [markWord('partial')] : []),
    ...(snapshot.pinned ? [markWord('pinned')] : []),
    ...(snapshot.imported === undefined ? [] : [l10n.t('imported')]),
    `+${formatSize(snapshot.addedBytes, locale)}`,
  ];
}

/** The kind, of an automatic one with its reason. */
export function kindWord({ kind, reason }: SnapshotInfo): string {
  return kind === 'automatic' ? automaticWord(reason) : kindName(kind);
}

export function kindName(kind: SnapshotKind): string {
  switch (kind) {
    case 'described':
      return l10n.t('described');
    case 'quick':
      return l10n.t('quick');
    case 'hand-in':
      return l10n.t('hand-in');
    case 'automatic':
      return l10n.t('automatic');
  }
}

export function markWord(mark: SnapshotMark): string {
  switch (mark) {
    case 'pinned':
      return l10n.t('pinned');
    case 'partial':
      return l10n.t('partial');
  }
}

/** `automatic, “exam”: 3 of 12 shown`. */
export function filterInWords({ text, kinds, marks }: SnapshotFilter, shown: number, all: number): string {
  const parts = [...kinds.map(kindName), ...marks.map(markWord), ...(text.trim() === '' ? [] : [`“${displayText(text.trim())}”`])];
  return l10n.t('Filter: {0}. {1} of {2} shown.', parts.join(', '), formatNumber(shown, locale), formatNumber(all, locale));
}

function automaticWord(reason: string | null): string {
  if (reason === 'before restore') return l10n.t('automatic, before restore');
  if (reason === 'before undo') return l10n.t('automatic, before undo');
  if (reason === 'before recovery') return l10n.t('automatic, before recovery');
  if (reason === 'scheduled') return l10n.t('automatic, scheduled');
  if (reason === 'idle') return l10n.t('automatic, after a pause');
  if (reason === 'before distribution') return l10n.t('automatic, before a distribution');
  if (reason === 'before a delivery') return l10n.t('automatic, before a delivery');
  if (reason === 'as delivered') return l10n.t('automatic, as delivered');
  if (reason === 'before task') return l10n.t('automatic, before a task');
  const [, occasion, name] = /^(before debugging|start of task) (.*)$/s.exec(reason ?? '') ?? [];
  if (occasion === 'before debugging') return l10n.t('automatic, before debugging “{0}”', displayText(name ?? ''));
  if (occasion === 'start of task') return l10n.t('automatic, at the start of task “{0}”', displayText(name ?? ''));
  return reason === null ? l10n.t('automatic') : l10n.t('automatic, {0}', reason);
}

export function consistencyWord(consistency: Consistency): string {
  switch (consistency) {
    case 'consistent':
      return l10n.t('consistent');
    case 'quiesced':
      return l10n.t('quiesced');
    case 'crash-consistent':
      return l10n.t('crash-consistent');
  }
}

export function dayTitle(day: DayGroup<unknown>): string {
  switch (day.span) {
    case 'today':
      return l10n.t('Today');
    case 'yesterday':
      return l10n.t('Yesterday');
    case 'this-week':
      return l10n.t('Earlier This Week');
    case 'last-week':
      return l10n.t('Last Week');
    case 'month':
      return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric' }).format(day.since);
  }
}

export function changeWord(change: ChangeKind): string {
  switch (change) {
    case 'added':
      return l10n.t('added');
    case 'changed':
      return l10n.t('changed');
    case 'removed':
      return l10n.t('deleted');
    case 'moved':
      return l10n.t('moved');
  }
}

/** `3 changed, 1 new`; empty when there is none. */
export function changesInWords(counts: Changes['counts']): string {
  const number = (count: number): string => formatNumber(count, locale);
  return [
    ...(counts.changed > 0 ? [l10n.t('{0} changed', number(counts.changed))] : []),
    ...(counts.added > 0 ? [l10n.t('{0} new', number(counts.added))] : []),
    ...(counts.removed > 0 ? [l10n.t('{0} deleted', number(counts.removed))] : []),
    ...(counts.moved > 0 ? [l10n.t('{0} moved', number(counts.moved))] : []),
  ].join(', ');
}

/** `3 changed, 1 new since 14:02`; against a snapshot that was restored, it says so. */
export function changesSince(counts: Changes['counts'], { snapshot, restored }: Reference): string {
  const counted = changesInWords(counts) || l10n.t('no changes');
  return restored
    ? l10n.t('{0} since {1} was restored', counted, snapshotInSentence(snapshot))
    : l10n.t('{0} since {1}', counted, formatTime(snapshot.created, new Date(), locale));
}

export function countOfChanges(count: number): string {
  return count === 1 ? l10n.t('1 change') : l10n.t('{0} changes', formatNumber(count, locale));
}

/** Which snapshot the current state is compared with, and why that one. */
export function referenceInWords({ snapshot, restored }: Reference): string {
  return restored
    ? l10n.t('Compared with {0}, to which the folder was restored.', snapshotInSentence(snapshot))
    : l10n.t('Compared with {0}.', snapshotInSentence(snapshot));
}

/** What was cut off, and what can be done. */
export function interruptedWords(interrupted: Interrupted): {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
} {
  switch (interrupted.what) {
    case 'restore':
      return {
        label: l10n.t('Interrupted restore'),
        description: l10n.t('finish or undo it'),
        tooltip: l10n.t('A restore was interrupted on {0}. It can be finished or undone.', formatMoment(interrupted.restore.at, locale)),
      };
    case 'take':
      return {
        label: l10n.t('Interrupted snapshot'),
        description: l10n.t('take it again'),
        tooltip: l10n.t(
          'Taking a snapshot was interrupted on {0}. Nothing of it is left; it can be taken again.',
          formatMoment(interrupted.job.at, locale),
        ),
      };
    case 'delete':
      return {
        label: l10n.t('Interrupted deletion'),
        description: l10n.t('{0} of {1} snapshots are still there', interrupted.left.length, interrupted.job.ids.length),
        tooltip: l10n.t('A deletion was interrupted on {0}. The rest can be deleted, or kept.', formatMoment(interrupted.job.at, locale)),
      };
  }
}

/** `Replace 3 files, bring back 1, delete 2 that came later.` */
export function plannedInWords(counts: readonly ActionCount[]): string {
  return asSentence(counts.map((count, index) => plannedAction(count, index === 0 || count.of !== counts[index - 1]?.of)).join(', '));
}

/** `3 files replaced, 1 brought back, 2 deleted`. */
export function doneInWords(counts: readonly ActionCount[]): string {
  return counts.map(doneAction).join(', ');
}

/** The noun is said once: `Replace 3 files, bring back 1`. */
function plannedAction({ action, count, of }: ActionCount, noun: boolean): string {
  const n = formatNumber(count, locale);
  const what = noun ? countOf(count, of) : n;
  switch (action) {
    case 'replace':
      return l10n.t('replace {0}', what);
    case 'add':
      return l10n.t('bring back {0}', what);
    case 'delete':
      return l10n.t('delete {0} that came later', what);
    case 'attributes':
      return l10n.t('set times or permissions of {0}', what);
    case 'keep':
      return l10n.t('keep {0}', what);
  }
}

function doneAction({ action, count, of }: ActionCount, index: number): string {
  const what = index === 0 ? countOf(count, of) : formatNumber(count, locale);
  switch (action) {
    case 'replace':
      return l10n.t('{0} replaced', what);
    case 'add':
      return l10n.t('{0} brought back', what);
    case 'delete':
      return l10n.t('{0} deleted', what);
    case 'attributes':
      return l10n.t('times or permissions of {0} set', what);
    case 'keep':
      return l10n.t('{0} kept', what);
  }
}

/** `1 file`, `3 files`. */
export function countOf(count: number, of: 'files' | 'folders' | 'links' | 'snapshots' | 'automatic'): string {
  const n = formatNumber(count, locale);
  switch (of) {
    case 'files':
      return count === 1 ? l10n.t('1 file') : l10n.t('{0} files', n);
    case 'folders':
      return count === 1 ? l10n.t('1 folder') : l10n.t('{0} folders', n);
    case 'links':
      return count === 1 ? l10n.t('1 link') : l10n.t('{0} links', n);
    case 'snapshots':
      return count === 1 ? l10n.t('1 snapshot') : l10n.t('{0} snapshots', n);
    case 'automatic':
      return count === 1 ? l10n.t('1 automatic snapshot') : l10n.t('{0} automatic snapshots', n);
  }
}

export function asSentence(text: string): string {
  return text === '' ? '' : `${text.slice(0, 1).toLocaleUpperCase(locale)}${text.slice(1)}.`;
}

export function snapshotCount(count: number): string {
  if (count === 0) return l10n.t('no snapshots yet');
  return countOf(count, 'snapshots');
}

export function entryWord(kind: EntryKind): string {
  if (kind === 'folder') return l10n.t('folder');
  return kind === 'link' ? l10n.t('link') : l10n.t('file');
}

/** Names for a sentence: the first few, and how many more of the `count` there are. */
export function namesInWords(names: readonly string[], most = 3, count = names.length): string {
  const shown = names.slice(0, most).map(displayText);
  const more = count - shown.length;
  return new Intl.ListFormat(locale).format(more > 0 ? [...shown, l10n.t('{0} more', formatNumber(more, locale))] : shown);
}

/** `120 MB of 1.4 GB · 80 MB/s · 12 s left`; files where bytes are not counted. */
export function progressInWords({ phase, files, totalFiles, bytes, totalBytes, rate, eta }: Progress): string {
  const number = (count: number): string => formatNumber(count, locale);
  const size = (count: number): string => formatSize(count, locale);
  const unit = phase === 'delete' ? 'snapshots' : 'files';
  const filesDone = totalFiles ? l10n.t('{0} of {1}', number(files), countOf(totalFiles, unit)) : countOf(files, unit);
  const done = totalBytes ? l10n.t('{0} of {1}', size(bytes), size(totalBytes)) : filesDone;
  return [
    done,
    ...(rate ? [l10n.t('{0}/s', size(rate))] : []),
    ...(eta === undefined ? [] : [l10n.t('{0} s left', number(Math.ceil(eta)))]),
  ].join(' · ');
}
