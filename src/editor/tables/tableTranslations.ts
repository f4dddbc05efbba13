/** What the engine says of tables, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import type { Translation } from '../translation.ts';

/** `inWords` translates what is said within a sentence. */
export function tableTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [
      /^“(.*)” in (.*?): (.*?)\.?$/s,
      (path, states, reason) => l10n.t('“{0}” in {1}: {2}.', part(path), statesInWords(part(states)), inWords(part(reason))),
    ],
    [/^“(.*)” is no SQLite database\.$/s, (path) => l10n.t('“{0}” is no SQLite database.', part(path))],
    [/^“(.*)” is a link, not a database\.$/s, (path) => l10n.t('“{0}” is a link, not a database.', part(path))],
    [/^“(.*)” has changed since the plan was made\.$/s, (path) => l10n.t('“{0}” has changed since the plan was made.', part(path))],
    [
      /^“(.*)” is being changed all the time by another program\.$/s,
      (path) => l10n.t('“{0}” is being changed all the time by another program.', part(path)),
    ],
    [
      /^There is no “(.*)” now to restore a table into\.$/s,
      (path) => l10n.t('There is no “{0}” now to restore a table into: restore the file.', part(path)),
    ],
    [/^There is no table “(.*)” in either state\.$/s, (table) => l10n.t('There is no table “{0}” in either state.', part(table))],
    [
      /^There is no table “(.*)” in “(.*)” of (.*)\.$/s,
      (table, path, state) => l10n.t('There is no table “{0}” in “{1}” of {2}.', part(table), part(path), part(state)),
    ],
    [
      /^“(.*)” can’t be restored alone: (.*)\.$/s,
      (table, reason) => l10n.t('“{0}” can’t be restored alone: {1}.', part(table), inWords(part(reason))),
    ],
    [
      /^“(.*)” can’t be compared by row: (.*)\.$/s,
      (table, reason) => l10n.t('“{0}” can’t be compared by row: {1}.', part(table), inWords(part(reason))),
    ],
    [
      /^“(.*)” is a (.*) now: rename or drop it first\.$/s,
      (table, kind) =>
        kind === 'view'
          ? l10n.t('“{0}” is a view now: rename or drop it first.', part(table))
          : l10n.t('“{0}” is a virtual table now: rename or drop it first.', part(table)),
    ],
    [
      /^Restoring “(.*)” would break foreign keys: (?:row (-?\d+) of )?(?:“(.*)”|.*) would refer to nothing in “(.*)”\.$/s,
      (table, row, child, parent) =>
        row === undefined
          ? l10n.t(
              'Restoring “{0}” would break foreign keys: “{1}” would refer to nothing in “{2}”. Nothing was changed.',
              part(table),
              part(child),
              part(parent),
            )
          : l10n.t(
              'Restoring “{0}” would break foreign keys: row {1} of “{2}” would refer to nothing in “{3}”. Nothing was changed.',
              part(table),
              row,
              part(child),
              part(parent),
            ),
    ],
    [
      /^Another program is writing to the database, or reading it for long: its lock did not go\.$/,
      () => l10n.t('Another program is writing to the database, or reading it for long: its lock did not go.'),
    ],
    [/^Restore the file “(.*)” instead\.$/s, (path) => l10n.t('Restore the file “{0}” instead.', part(path))],
    [/^`snapstage restore STATE (.*)` brings the whole file back\.$/s, (path) => l10n.t('Restore the file “{0}” instead.', part(path))],
    [
      /^Nothing was changed\. Restore the other table first, or the whole file\.$/,
      () => l10n.t('Nothing was changed. Restore the other table first, or the whole file.'),
    ],
    [/^No space left for the database\.$/, () => l10n.t('No space left for the database.')],
    [/^The database may not be written to\.$/, () => l10n.t('The database may not be written to.')],
    [/^The database is damaged, or encrypted: (.*)\.$/s, (answer) => l10n.t('The database is damaged, or encrypted: {0}.', part(answer))],
    [
      /^SQLite refused it: (.*)\. Nothing was changed\.$/s,
      (answer) => l10n.t('SQLite refused it: {0}. Nothing was changed.', part(answer)),
    ],
    [/^SQLite can’t read it: (.*?)\.?$/s, (answer) => l10n.t('SQLite can’t read it: {0}', part(answer))],
    [/^That is no place in this table: /, () => l10n.t('That is no place in this table.')],
    [/^(\d.*|-.*) is no number of rows\.$/, (value) => l10n.t('{0} is no number of rows.', part(value))],
    [/^there is no table “(.*)”$/s, (table) => l10n.t('there is no table “{0}”', part(table))],
    [/^there is no such file$/, () => l10n.t('there is no such file')],
    [/^its texts are in UTF-16, /, () => l10n.t('its texts are in UTF-16, which can’t be read here; it is kept as a file')],
    [/^a value in it is too large to be read$/, () => l10n.t('a value in it is too large to be read')],
    [/^its rows are out of order$/, () => l10n.t('its rows are out of order')],
    [/^reading it does not come to an end$/, () => l10n.t('reading it does not come to an end')],
    [/^it is encrypted, or no SQLite database$/, () => l10n.t('it is encrypted, or no SQLite database')],
    [/^it is encrypted, or its header is damaged$/, () => l10n.t('it is encrypted, or its header is damaged')],
    [/^it is damaged: (.*)$/s, (names) => l10n.t('it is damaged: {0}', part(names))],
    [/^it is damaged \((.*)\)$/s, (answer) => l10n.t('it is damaged ({0})', part(answer))],
    [/^it can’t be read \((.*)\)$/, (code) => l10n.t('it can’t be read ({0})', part(code))],
    [/^a view has no rows of its own$/, () => l10n.t('a view has no rows of its own')],
    [
      /^it belongs to a virtual table, which travels with its file$/,
      () => l10n.t('it belongs to a virtual table, which travels with its file'),
    ],
    [
      /^it is a virtual table \((.*)\), which travels with its file$/s,
      (module) => l10n.t('it is a virtual table ({0}), which travels with its file', part(module)),
    ],
    [/^the definition of the table changed$/, () => l10n.t('the definition of the table changed')],
    [/^the counter of AUTOINCREMENT changed$/, () => l10n.t('the counter of AUTOINCREMENT changed')],
    [/^the table was added$/, () => l10n.t('the table was added')],
    [/^the table was removed$/, () => l10n.t('the table was removed')],
    [/^column “(.*)” added$/s, (name) => l10n.t('column “{0}” added', part(name))],
    [/^column “(.*)” changed$/s, (name) => l10n.t('column “{0}” changed', part(name))],
    [/^column “(.*)” removed$/s, (name) => l10n.t('column “{0}” removed', part(name))],
    [/^index “(.*)” added$/s, (name) => l10n.t('index “{0}” added', part(name))],
    [/^index “(.*)” changed$/s, (name) => l10n.t('index “{0}” changed', part(name))],
    [/^index “(.*)” removed$/s, (name) => l10n.t('index “{0}” removed', part(name))],
    [/^trigger “(.*)” added$/s, (name) => l10n.t('trigger “{0}” added', part(name))],
    [/^trigger “(.*)” changed$/s, (name) => l10n.t('trigger “{0}” changed', part(name))],
    [/^trigger “(.*)” removed$/s, (name) => l10n.t('trigger “{0}” removed', part(name))],
  ];
}

/** The states in which something went wrong, of which the engine names the current one so. */
function statesInWords(states: string): string {
  return states
    .split(' or ')
    .map((state) => (state === 'current' ? l10n.t('the current state') : l10n.t('snapshot {0}', state.slice(0, 8))))
    .join(' / ');
}

function part(text: string | undefined): string {
  return text ?? '';
}
