/** What a check of the trail finds, in words. */
import type { ExportFinding } from '../space/audit/exportReader.ts';
import { isDamage, type TrailFinding } from '../space/audit/findings.ts';
import type { LogFinding } from '../space/logs/logReader.ts';
import type * as api from './auditApi.ts';
import { findingText } from './spaces.ts';

type NameOf = (id: string) => api.AuditParty;

export function trailFindings(found: readonly TrailFinding[], nameOf: NameOf): api.AuditFinding[] {
  return found.map((finding) => {
    const log = nameOf(finding.log);
    const record = 'record' in finding ? finding.record : 'by' in finding ? finding.by : null;
    const sequence = 'sequence' in finding ? finding.sequence : finding.from;
    return { kind: finding.kind, isDamage: isDamage(finding), log, sequence, record, message: trailText(finding, logTitle(log)) };
  });
}

function trailText(finding: TrailFinding, log: string): string {
  switch (finding.kind) {
    case 'changed':
      return `Record ${finding.sequence} of ${log}, as it is kept here, is not what was signed (${finding.flaw}).`;
    case 'missing': {
      const { from, to, by } = finding;
      const what = from === to ? `Record ${from} of ${log} is missing` : `Records ${from} to ${to} of ${log} are missing`;
      return by === null ? `${what}, which had been seen here before.` : `${what}: the record ${by.slice(0, 8)} names what is not there.`;
    }
    case 'contradicted': {
      const where = `At place ${finding.sequence} of ${log} stands another record than the one`;
      return finding.by === null ? `${where} that was seen here before.` : `${where} that the record ${finding.by.slice(0, 8)} names.`;
    }
    case 'forked':
      return `From record ${finding.sequence} on there are two histories of ${log}, both signed (${finding.records} records): its key is used in two places.`;
    case 'wrong':
      return `Record ${finding.sequence} of ${log} says of what it follows what is not so. It does not count.`;
    case 'false-checkpoint':
      return `Record ${finding.sequence} of ${log} is a checkpoint that does not fit the records before it: newcomers were told something else.`;
    case 'late':
      return `Record ${finding.sequence} of ${log} came after the end of its author’s time. It does not count.`;
    case 'not-allowed':
      return `Record ${finding.sequence} of ${log} says what its author may not say, or not to these. It does not count.`;
    case 'unreadable':
      return `Record ${finding.sequence} of ${log} is signed, and nobody can make sense of it. It does not count.`;
    case 'outranked':
      return `Record ${finding.sequence} of ${log} is against a Master who is not below its author. It does not count.`;
    case 'overruled':
      return `Record ${finding.sequence} of ${log} grants what was withdrawn, or taken by another. It does not count.`;
  }
}

export function hubFindings(found: readonly LogFinding[], nameOf: NameOf): api.AuditFinding[] {
  return found.map((finding) => ({
    kind: `hub-${finding.kind}`,
    isDamage: finding.kind !== 'strangers',
    log: 'log' in finding ? nameOf(finding.log) : null,
    sequence: null,
    record: null,
    message:
      finding.kind === 'lost'
        ? `The hub has lost ${finding.count} of the records of ${logTitle(nameOf(finding.log))} that are here: the next sync puts them back.`
        : findingText(finding),
  }));
}

export function exportFindings(found: readonly ExportFinding[]): api.AuditFinding[] {
  return found.map((finding) => ({
    kind: `file-${finding.kind}`,
    isDamage: true,
    log: null,
    sequence: null,
    record: null,
    message: exportText(finding),
  }));
}

function exportText(finding: ExportFinding): string {
  switch (finding.kind) {
    case 'bad-line':
      return `Line ${finding.line} of the file holds no record that can be used (${finding.flaw}).`;
    case 'reordered':
      return `Line ${finding.line} of the file is out of order: what it holds comes before the line above it.`;
    case 'repeated':
      return `Line ${finding.line} of the file holds a record that it had before.`;
    case 'misdescribed':
      return `What line ${finding.line} of the file says in words is not what its record says.`;
    case 'altered':
      return 'The file is not, as a whole, what its writer signed: something was changed, left out or put in since.';
    case 'cut-off':
      return 'The file ends too early.';
    case 'longer':
      return 'Something was added behind the end of the file.';
  }
}

/** For a file by somebody who, by its own records, does not belong to its Space. */
export function outsider(by: api.AuditParty): api.AuditFinding {
  const message = `The file was written by ${by.id.slice(0, 8)}, who by its records does not belong to the Space.`;
  return { kind: 'file-outsider', isDamage: true, log: by, sequence: null, record: null, message };
}

function logTitle({ id, name, role }: api.AuditParty): string {
  if (role === 'root') return 'the root’s log';
  const title = name ?? (role === 'master' ? 'Master' : null);
  return title === null ? `the log ${id.slice(0, 8)}` : `the log of ${title}`;
}

/** What can't be found out, whatever is checked. */
export function limitsOf(reads: 'all' | 'own', leftOut: number, isExport: boolean): string[] {
  return [
    'Records at the end of a log that nobody else has signed for can be withheld without a trace.',
    'Times are by the clocks of those who wrote them; what is proven is the order by what records cite.',
    ...(reads === 'own' ? ['The logs of other members are not here: a Master can check those.'] : []),
    ...(leftOut > 0 ? [`Of ${leftOut} older records of Masters, which concern others, only the hashes are here.`] : []),
    ...(isExport
      ? [
          'What the file says in words of sealed records is its writer’s word: without keys, their signatures and places can be checked alone.',
        ]
      : []),
  ];
}
