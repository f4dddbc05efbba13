/** What the engine says of assignments, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

/** `inWords` translates what is said within a sentence. */
export function assignmentTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [...handInTranslations(), ...masterTranslations(inWords), ...receiptTranslations()];
}

function handInTranslations(): readonly Translation[] {
  return [
    [/^There is no assignment “(.*)”\.$/s, (text) => l10n.t('There is no assignment “{0}”.', part(text))],
    [/^“(.*)” fits (\d+) assignments: /s, (text, count) => l10n.t('“{0}” fits {1} assignments.', part(text), part(count))],
    [/^There is no hand-in “(.*)”\.$/s, (text) => l10n.t('There is no hand-in “{0}”.', part(text))],
    [/^“(.*)” fits (\d+) hand-ins: /s, (text, count) => l10n.t('“{0}” fits {1} hand-ins.', part(text), part(count))],
    [/^A Master gives assignments and can’t hand in\.$/, () => l10n.t('A Master gives assignments and can’t hand in.')],
    [/^Only members who are editors can hand in\.$/, () => l10n.t('Only members who are editors can hand in.')],
    [/^Nothing was handed in to “(.*)”: it is closed\.$/s, (title) => l10n.t('Nothing was handed in to “{0}”: it is closed.', part(title))],
    [
      /^Nothing was handed in to “(.*)”: its deadline has passed\.$/s,
      (title) => l10n.t('Nothing was handed in to “{0}”: its deadline has passed.', part(title)),
    ],
    [
      /^Nothing was handed in to “(.*)”: by this computer’s clock its deadline has passed\. /s,
      (title) =>
        l10n.t('Nothing was handed in to “{0}”: by this computer’s clock its deadline has passed. The Master can decide.', part(title)),
    ],
    [
      /^Nothing was handed in to “(.*)”: none of the files that it asks for is here\.$/s,
      (title) => l10n.t('Nothing was handed in to “{0}”: none of the files that it asks for is here.', part(title)),
    ],
    [
      /^Nothing was handed in to “(.*)”: “(.*)” could not be read\.$/s,
      (title, path) => l10n.t('Nothing was handed in to “{0}”: “{1}” could not be read.', part(title), part(path)),
    ],
    [
      /^Nothing was handed in to “(.*)”: it has (\d+) bytes, and (\d+) are allowed\.$/s,
      (title, bytes, limit) =>
        l10n.t('Nothing was handed in to “{0}”: it has {1} bytes, and {2} are allowed.', part(title), part(bytes), part(limit)),
    ],
  ];
}

function masterTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [
      /^What is to be handed in\? Name files or folders\.$/,
      () => l10n.t('It is not said what is to be handed in: choose files or folders.'),
    ],
    [/^There is no distribution (\S+)\.$/, (id) => l10n.t('There is no distribution {0}.', part(id))],
    [
      /^“(.*)” can’t be handed out: (.*)\.$/s,
      (path, problem) => l10n.t('“{0}” can’t be handed out: {1}.', part(path), inWords(part(problem))),
    ],
    [/^(.*) is a viewer, who can’t hand in anything\.$/s, (name) => l10n.t('{0} is a viewer, who can’t hand in anything.', part(name))],
    [/^A pattern has (\d+) characters at most\.$/, (most) => l10n.t('A pattern has {0} characters at most.', part(most))],
    [/^The limit is a number of bytes\.$/, () => l10n.t('The limit is a number of bytes.')],
    [
      /^A text can have (\d+) characters here; this one has (\d+)\.$/,
      (most, length) => l10n.t('A text can have {0} characters here; this one has {1}.', part(most), part(length)),
    ],
    [
      /^“(.*)” is no time zone, such as Europe\/Berlin or \+01:00\.$/s,
      (zone) => l10n.t('“{0}” is no time zone, such as Europe/Berlin or +01:00.', part(zone)),
    ],
    [
      /^“(.*)” is no time: write 2026-12-01T23:59:00\+01:00, /s,
      (text) => l10n.t('“{0}” is no time, such as 2026-12-01 23:59 or 2026-12-01T23:59:00+01:00.', part(text)),
    ],
    [
      /^An extension is for members: for all, change the deadline\.$/,
      () => l10n.t('An extension is for members: for all, change the deadline.'),
    ],
    [
      /^Review copies don’t go into (.*): what others wrote is kept out of the instance, and of the hub\. Choose another folder\.$/s,
      (outer) =>
        l10n.t(
          'Review copies don’t go into {0}: what others wrote is kept out of the instance, and of the hub. Choose another folder.',
          part(outer),
        ),
    ],
    [
      /^“(.*)” could not be written: (.*)\.$/s,
      (path, reason) => l10n.t('“{0}” could not be written: {1}.', part(path), inWords(part(reason))),
    ],
    [
      /^It is not what its author said: it has (\d+) files and (\d+) bytes\.$/,
      (files, bytes) => l10n.t('It is not what its author said: it has {0} files and {1} bytes.', part(files), part(bytes)),
    ],
    [
      /^It has (\d+) bytes, and (\d+) are allowed\.$/,
      (bytes, limit) => l10n.t('It has {0} bytes, and {1} are allowed.', part(bytes), part(limit)),
    ],
    [
      /^It has (\d+) files and folders, more than a review copy takes\.$/,
      (entries) => l10n.t('It has {0} files and folders, more than a review copy takes.', part(entries)),
    ],
    [/^These are hand-ins to different assignments\.$/, () => l10n.t('These are hand-ins to different assignments.')],
    [/^This hand-in was not collected yet\.$/, () => l10n.t('This hand-in was not collected yet.')],
    [/^Two of the files are called “(.*)”\.$/s, (name) => l10n.t('Two of the files are called “{0}”.', part(name))],
    [/^“(.*)” is neither a file nor a folder\.$/s, (file) => l10n.t('“{0}” is neither a file nor a folder.', part(file))],
    [/^There is no “([^”]*)”\.$/s, (file) => l10n.t('There is no “{0}”.', part(file))],
  ];
}

function receiptTranslations(): readonly Translation[] {
  return [
    [/^Only the author of a hand-in has its receipt\.$/, () => l10n.t('Only the author of a hand-in has its receipt.')],
    [/^(.*) is there already\.$/s, (file) => l10n.t('{0} is there already.', part(file))],
    [/^Ask its author for the file once more\.$/, () => l10n.t('Ask its author for the file once more.')],
    [/^This is no receipt: it is no file\.$/, () => l10n.t('This is no receipt: it is no file.')],
    [/^This is no receipt: it is too large\.$/, () => l10n.t('This is no receipt: it is too large.')],
    [
      /^This receipt was written by a newer Snapstage; update this one to check it\.$/,
      () => l10n.t('This receipt was written by a newer Snapstage; update this one to check it.'),
    ],
    [/^This receipt does not hold: (.*)\.$/s, (why) => l10n.t('This receipt does not hold: {0}.', flawInWords(part(why)))],
  ];
}

function flawInWords(why: string): string {
  switch (why) {
    case 'it is no receipt, or a part of it is missing':
      return l10n.t('it is no receipt, or a part of it is missing');
    case 'its keys are not its author’s':
      return l10n.t('its keys are not its author’s');
    case 'it is not what its author signed':
      return l10n.t('it is not what its author signed');
    case 'it is not what the Master countersigned':
      return l10n.t('it is not what the Master countersigned');
    case 'who countersigned it was never made a Master of its Space':
      return l10n.t('who countersigned it was never made a Master of its Space');
    case 'a record in it certifies nobody':
      return l10n.t('a record in it certifies nobody');
    default:
      return why;
  }
}
