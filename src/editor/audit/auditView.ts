/** What the audit trail's page shows, put together from the trail, what one looks for, and what a check has found. */
import { env, l10n } from 'vscode';
import { formatDate, formatNumber } from '../../base/format.ts';
import type { AuditReport, AuditTrail } from '../../engine/auditApi.ts';
import { engineWords } from '../engineWords.ts';
import { displayText, formatMoment } from '../formats.ts';
import type { Option } from '../pageMessages.ts';
import type { AuditRow, DayRow, Details, Look, PageTexts, RecordRow, Report } from './auditPage.ts';
import {
  actionInWords,
  audienceInWords,
  boundInWords,
  cautionInWords,
  findingWord,
  kindWord,
  partyTitle,
  provenInWords,
  recordTitle,
  verdictInWords,
} from './auditWords.ts';
import type { Day, Moment } from './timeline.ts';

const locale = env.language;

/** Days and records in one list, as the page shows them. */
export function rowsOf(days: readonly Day[], today: Date): readonly AuditRow[] {
  return days.flatMap((day): AuditRow[] => [dayRow(day, today), ...day.moments.map(recordRow)]);
}

function dayRow({ key, moments }: Day, today: Date): DayRow {
  const date = new Date(moments[0]!.time);
  const days = [l10n.t('Today'), l10n.t('Yesterday')];
  const ago = days.find((_, back) => isSameDay(date, new Date(today.getFullYear(), today.getMonth(), today.getDate() - back)));
  const whole = formatDate(date, locale, { dateStyle: 'full' });
  return { type: 'day', key: `day:${key}`, label: ago === undefined ? whole : `${ago}, ${whole}` };
}

function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString();
}

function recordRow(moment: Moment): RecordRow {
  const { entry, time } = moment;
  return {
    type: 'record',
    key: entry.id,
    time: entry.at === null ? '' : formatDate(new Date(time), locale, { hour: 'numeric', minute: '2-digit' }),
    who: partyTitle(entry.by),
    what: actionInWords(entry),
    proven: provenInWords(moment),
    caution: cautionInWords(moment),
  };
}

/** Places of the rows that are shown: the records that fit, and their days. */
export function orderOf(
  rows: readonly AuditRow[],
  byKey: ReadonlyMap<string, Moment>,
  { find, person, kind, assignment }: Look,
): readonly number[] {
  const wanted = find.trim().toLowerCase();
  const fits = (row: RecordRow): boolean => {
    const { entry } = byKey.get(row.key)!;
    if (assignment !== '' && entry.assignment !== assignment) return false;
    if ((person !== '' && entry.by.id !== person) || (kind !== '' && kindWord(entry.kind) !== kind)) return false;
    return (
      wanted === '' || row.key.startsWith(wanted) || [row.who, row.what, row.caution].some((text) => text.toLowerCase().includes(wanted))
    );
  };
  const order: number[] = [];
  let day: number | undefined;
  for (const [place, row] of rows.entries()) {
    if (row.type === 'day') day = place;
    else if (fits(row)) {
      if (day !== undefined) order.push(day);
      day = undefined;
      order.push(place);
    }
  }
  return order;
}

/** Those who wrote something, by name. */
export function peopleIn({ entries }: AuditTrail): readonly Option[] {
  const names = new Map(entries.map(({ by }) => [by.id, partyTitle(by)]));
  const people = [...names].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label));
  return [{ value: '', label: l10n.t('Everybody') }, ...people];
}

/** What was done, in general. */
export function kindsIn({ entries }: AuditTrail): readonly Option[] {
  const words = [...new Set(entries.map(({ kind }) => kindWord(kind)))].toSorted((a, b) => a.localeCompare(b));
  return [{ value: '', label: l10n.t('Everything') }, ...words.map((word) => ({ value: word, label: word }))];
}

/** Assignments by their titles now; nothing to choose from where there is none. */
export function assignmentsIn({ entries }: AuditTrail): readonly Option[] {
  const titles = new Map<string, string>();
  for (const { kind, assignment, facts } of entries) {
    if (kind === 'assign' && assignment !== null) titles.set(assignment, displayText(String(facts['title'] ?? '')));
  }
  const options = [...titles].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label));
  return options.length === 0 ? [] : [{ value: '', label: l10n.t('Everything') }, ...options];
}

export function detailsOf({ entry, after, before }: Moment, byKey: ReadonlyMap<string, Moment>): Details {
  const { id, by, sequence, audience, at, state } = entry;
  const facts: readonly (readonly [string, string])[] = [
    [l10n.t('By its clock'), at === null ? l10n.t('no time is said') : formatMoment(at, locale)],
    [l10n.t('Proven not before'), after ? boundInWords(after) : l10n.t('nothing by others is cited')],
    [l10n.t('Proven not after'), before ? boundInWords(before) : l10n.t('nobody else has signed for that yet')],
    [l10n.t('Who can open it'), audienceInWords(audience)],
    [l10n.t('Log'), `${partyTitle(by)} (${by.id})`],
    [l10n.t('Number in the log'), formatNumber(sequence, locale)],
    [l10n.t('Hash'), id],
    [l10n.t('Counts'), state === 'counts' ? l10n.t('yes') : cautionInWords({ entry, after, before, time: 0, isContradicted: false })],
  ];
  return {
    key: id,
    facts: facts.map(([name, value]) => ({ name, value })),
    citedTitle:
      entry.after.length === 0 ? l10n.t('It cites nothing: it is the first of its log.') : l10n.t('It cites, and was written after'),
    cited: entry.after.map((hash) => {
      const cited = byKey.get(hash)?.entry;
      if (!cited) return { text: l10n.t('{0}, which is not here', hash.slice(0, 8)), key: null };
      return { text: `${hash.slice(0, 8)} · ${recordTitle(cited)}: ${actionInWords(cited)}`, key: hash };
    }),
  };
}

/** Damage first. */
export function reportOf({ report, isHubAsked }: { readonly report: AuditReport; readonly isHubAsked: boolean }): Report {
  return {
    verdict: verdictInWords(report),
    isDamaged: report.isDamaged,
    findings: report.findings
      .toSorted((a, b) => Number(b.isDamage) - Number(a.isDamage))
      .map((finding) => ({
        word: findingWord(finding),
        isDamage: finding.isDamage,
        text: displayText(engineWords(finding.message)),
        record: finding.record,
      })),
    limitsTitle: l10n.t('What no check can tell'),
    limits: [
      ...(isHubAsked ? [] : [l10n.t('Restricted Mode: the hub was not asked.')]),
      ...report.limits.map((limit) => displayText(engineWords(limit))),
    ],
  };
}

export function pageTexts(): PageTexts {
  return {
    find: l10n.t('Find in the trail'),
    person: l10n.t('By'),
    kind: l10n.t('What'),
    assignment: l10n.t('Assignment'),
    trail: l10n.t('Audit trail'),
    columns: [l10n.t('By its clock'), l10n.t('Who'), l10n.t('What'), l10n.t('Proven order')],
    nothingShown: l10n.t('No record fits the filter.'),
    showDetails: l10n.t('Show details'),
    hideDetails: l10n.t('Hide details'),
    reading: l10n.t('Reading…'),
    keys: l10n.t('Arrow keys move and open details, Enter opens and closes them, Space goes to what is cited there and Escape back.'),
    tryAgain: l10n.t('Try Again'),
    refresh: l10n.t('Refresh'),
    verify: l10n.t('Verify'),
    verifying: l10n.t('Verifying…'),
    export: l10n.t('Export…'),
    close: l10n.t('Close'),
    goTo: l10n.t('Go To'),
  };
}
