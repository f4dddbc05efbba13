/** What the engine says of applications, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

export function applicationTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [/^“(.*)” fits (\d+) applications\.$/s, (name, count) => l10n.t('“{0}” fits {1} applications.', part(name), part(count))],
    [/^There is no application “(.*)” in this state\.$/s, (name) => l10n.t('There is no application “{0}” in this state.', part(name))],
    [/^No file of “(.*)” says how it is recreated\.$/s, (name) => l10n.t('No file of “{0}” says how it is recreated.', part(name))],
    [/^There is no program “(.*)” on this machine\.$/s, (program) => l10n.t('There is no program “{0}” on this machine.', part(program))],
    [
      /^“(.*)” can’t be handed to (.*) safely\.$/s,
      (word, program) => l10n.t('“{0}” can’t be handed to {1} safely.', part(word), part(program)),
    ],
    [/^“(.*)” can’t be handed on safely\.$/s, (word) => l10n.t('“{0}” can’t be handed on safely.', part(word))],
    // What to do next, where the command line would do it by a command of its own.
    [/^Install it so that PATH leads to it, and run this again\.$/, () => l10n.t('Install it so that PATH leads to it, and try again.')],
    [/^Run the command yourself, in a terminal\.$/, () => l10n.t('Run the command in a terminal of your own.')],
    [
      /^Give it a file that says what it needs: a lock file, or a list of requirements\.$/,
      () => l10n.t('Give it a file that says what it needs: a lock file, or a list of requirements.'),
    ],
    [/`snapstage apps` lists /, () => l10n.t('It may have been deleted meanwhile: refresh the view.')],
    [/^is a link or a file, and no folder$/, () => l10n.t('is a link or a file, and no folder')],
    [
      /^would be emptied, and is no environment that could be made again$/,
      () => l10n.t('would be emptied, and is no environment that could be made again'),
    ],
    [/^is another one here than in the state$/, () => l10n.t('is another one here')],
    [/^is not here$/, () => l10n.t('is not here')],
    [/^(.*) could not be compared$/s, (path) => l10n.t('{0} could not be compared', part(path))],
    [/^the installed extensions are not known here: /, () => l10n.t('which extensions were installed is not known')],
    [/^which extensions were installed is not known: /, () => l10n.t('which extensions were installed is not known')],
    ...remarkTranslations(inWords),
  ];
}

/** Remarks on files and on what contradicts. */
function remarkTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [/^is not looked at, because there is (.*)$/s, (name) => l10n.t('is not looked at, because there is {0}', part(name))],
    [
      /^includes “(.*)”, which lies outside of the project and was not read$/s,
      (file) => l10n.t('includes “{0}”, which lies outside of the project and was not read', part(file)),
    ],
    [
      /^holds (\d+) packages; (\d+) of them were looked at$/,
      (all, some) => l10n.t('holds {0} packages; {1} of them were looked at', part(all), part(some)),
    ],
    [/^holds no METADATA; /, () => l10n.t('holds no METADATA; the folder’s name was believed')],
    [/^there are (\d+) more remarks$/, (count) => l10n.t('there are {0} more remarks', part(count))],
    [/^and (\d+) more of this kind$/, (count) => l10n.t('and {0} more of this kind', part(count))],
    [/^is too large to be parsed \(over (\d+) MB\)$/, (size) => l10n.t('is too large to be parsed (over {0} MB)', part(size))],
    [/^is too large to be read \(over (\d+) MB\)$/, (size) => l10n.t('is too large to be read (over {0} MB)', part(size))],
    [/^is older than (.*)$/s, (name) => l10n.t('is older than {0}', part(name))],
    [/^can't be parsed: (.*)$/s, (why) => l10n.t("can't be parsed: {0}", inWords(part(why)))],
    [/^is a link, and was not followed$/, () => l10n.t('is a link, and was not followed')],
    [/^is damaged in the store: /, () => l10n.t('is damaged in the store: verify the snapshots to see more')],
    [
      /^(.*?) (\S+) is there, and (.*) is asked for$/s,
      (name, found, asked) => l10n.t('{0} {1} is there, and {2} is asked for', part(name), part(found), part(asked)),
    ],
    [
      /^has (\d+) dependencies; (\d+) of them are listed$/,
      (all, some) => l10n.t('has {0} dependencies; {1} of them are listed', part(all), part(some)),
    ],
    [/^(.*) is declared, and not in the lock file$/s, (name) => l10n.t('{0} is declared, and not in the lock file', part(name))],
    [
      /^locked is (.*), declared is (.*)$/s,
      (locked, declared) => l10n.t('the lock file has {0}, declared is {1}', part(locked), part(declared)),
    ],
    [
      /^installed is (.*), locked is (.*)$/s,
      (installed, locked) => l10n.t('installed is {0}, the lock file has {1}', part(installed), part(locked)),
    ],
  ];
}
