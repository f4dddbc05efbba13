/** What the engine says of the audit trail, in the language of the editor. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

/** In the order in which they are tried. */
export function auditTranslations(inWords: (english: string) => string): readonly Translation[] {
  const log = (text: string | undefined): string => inWords(part(text));
  return [
    [/^the root’s log$/, () => l10n.t('the log of the recovery code')],
    [/^the log of (.*)$/s, (name) => l10n.t('the log of {0}', part(name))],
    [/^the log ([0-9a-f]{8})$/, (id) => l10n.t('the log {0}', part(id))],
    ...findingTranslations(log),
    [
      /^Records at the end of a log that nobody else has signed for can be withheld without a trace\.$/,
      () => l10n.t('Records at the end of a log that nobody else has signed for can be withheld without a trace.'),
    ],
    [
      /^Times are by the clocks of those who wrote them; what is proven is the order by what records cite\.$/,
      () => l10n.t('Times are by the clocks of those who wrote them; what is proven is the order by what records cite.'),
    ],
    [
      /^The logs of other members are not here: a Master can check those\.$/,
      () => l10n.t('The logs of other members are not here: a Master can check those.'),
    ],
    [
      /^Of (\d+) older records of Masters, which concern others, only the hashes are here\.$/,
      (count) => l10n.t('Of {0} older records of Masters, which concern others, only the hashes are here.', part(count)),
    ],
  ];
}

function findingTranslations(log: (text: string | undefined) => string): readonly Translation[] {
  return [
    [
      /^Record (\d+) of (.*), as it is kept here, is not what was signed \((.*)\)\.$/s,
      (at, of, flaw) => l10n.t('Record {0} of {1}, as it is kept here, is not what was signed ({2}).', part(at), log(of), part(flaw)),
    ],
    [
      /^Record (\d+) of (.*) is missing, which had been seen here before\.$/s,
      (at, of) => l10n.t('Record {0} of {1} is missing, which had been seen here before.', part(at), log(of)),
    ],
    [
      /^Records (\d+) to (\d+) of (.*) are missing, which had been seen here before\.$/s,
      (from, to, of) => l10n.t('Records {0} to {1} of {2} are missing, which had been seen here before.', part(from), part(to), log(of)),
    ],
    [
      /^Record (\d+) of (.*) is missing: the record (\w+) names what is not there\.$/s,
      (at, of, by) => l10n.t('Record {0} of {1} is missing: the record {2} names what is not there.', part(at), log(of), part(by)),
    ],
    [
      /^Records (\d+) to (\d+) of (.*) are missing: the record (\w+) names what is not there\.$/s,
      (from, to, of, by) =>
        l10n.t('Records {0} to {1} of {2} are missing: the record {3} names what is not there.', part(from), part(to), log(of), part(by)),
    ],
    [
      /^At place (\d+) of (.*) stands another record than the one that was seen here before\.$/s,
      (at, of) => l10n.t('At place {0} of {1} stands another record than the one that was seen here before.', part(at), log(of)),
    ],
    [
      /^At place (\d+) of (.*) stands another record than the one that the record (\w+) names\.$/s,
      (at, of, by) =>
        l10n.t('At place {0} of {1} stands another record than the one that the record {2} names.', part(at), log(of), part(by)),
    ],
    [
      /^From record (\d+) on there are two histories of (.*), both signed \((\d+) records\): its key is used in two places\.$/s,
      (at, of, count) =>
        l10n.t(
          'From record {0} on there are two histories of {1}, both signed ({2} records): its key is used in two places.',
          part(at),
          log(of),
          part(count),
        ),
    ],
    [
      /^Record (\d+) of (.*) says of what it follows what is not so\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} says of what it follows what is not so. It does not count.', part(at), log(of)),
    ],
    [
      /^Record (\d+) of (.*) is a checkpoint that does not fit the records before it: newcomers were told something else\.$/s,
      (at, of) =>
        l10n.t(
          'Record {0} of {1} is a checkpoint that does not fit the records before it: newcomers were told something else.',
          part(at),
          log(of),
        ),
    ],
    [
      /^Record (\d+) of (.*) came after the end of its author’s time\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} came after the end of its author’s time. It does not count.', part(at), log(of)),
    ],
    [
      /^Record (\d+) of (.*) says what its author may not say, or not to these\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} says what its author may not say, or not to these. It does not count.', part(at), log(of)),
    ],
    [
      /^Record (\d+) of (.*) is signed, and nobody can make sense of it\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} is signed, and nobody can make sense of it. It does not count.', part(at), log(of)),
    ],
    [
      /^Record (\d+) of (.*) is against a Master who is not below its author\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} is against a Master who is not below its author. It does not count.', part(at), log(of)),
    ],
    [
      /^Record (\d+) of (.*) grants what was withdrawn, or taken by another\. It does not count\.$/s,
      (at, of) => l10n.t('Record {0} of {1} grants what was withdrawn, or taken by another. It does not count.', part(at), log(of)),
    ],
    [
      /^The hub has lost (\d+) of the records of (.*) that are here: the next sync puts them back\.$/s,
      (count, of) =>
        l10n.t('The hub has lost {0} of the records of {1} that are here: the next sync puts them back.', part(count), log(of)),
    ],
  ];
}
