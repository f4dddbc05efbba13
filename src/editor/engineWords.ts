/** What the engine says of an error, in the language of the editor. The core speaks plain English, for logs and the command line. */
import { l10n } from 'vscode';

type Translation = readonly [english: RegExp, translate: (...parts: readonly string[]) => string];

const translations: readonly Translation[] = [
  [/^There is no “(.*)” in (.*)\.$/s, (path, state) => l10n.t('There is no “{0}” in {1}.', part(path), part(state))],
  [/^There is no snapshot “(.*)”\.$/s, (state) => l10n.t('There is no snapshot “{0}”.', part(state))],
  [/^There is no snapshot yet\.$/, () => l10n.t('There is no snapshot yet.')],
  [/^There are only (\d+) snapshots\.$/, (count) => l10n.t('There are only {0} snapshots.', part(count))],
  [/^“(.*)” fits (\d+) snapshots\.$/s, (state, count) => l10n.t('“{0}” fits {1} snapshots.', part(state), part(count))],
  [/^No state has “(.*)”\.$/s, (path) => l10n.t('No state has “{0}”.', part(path))],
  [/^The snapshot does not have “(.*)”\.$/s, (path) => l10n.t('The snapshot does not have “{0}”.', part(path))],
  [/^There is no store here\.$/, () => l10n.t('There is no store here.')],
  [/^There is no restore to undo\.$/, () => l10n.t('There is no restore to undo.')],
  [/^There is no interrupted restore\.$/, () => l10n.t('There is no interrupted restore.')],
  [/^There is no folder (.*)\.$/s, (folder) => l10n.t('There is no folder {0}.', part(folder))],
  [/^A restore was interrupted\. Finish or undo it first\.$/, () => l10n.t('A restore was interrupted. Finish or undo it first.')],
  [/^The folder has changed since the plan was made\.$/, () => l10n.t('The folder has changed since the plan was made.')],
  [/^Another process is working on this store\.$/, () => l10n.t('Another process is working on this store.')],
  [/^Another process took over the store’s lock\.$/, () => l10n.t('Another process took over the store’s lock.')],
  [/^Another restore is running in this folder\.$/, () => l10n.t('Another restore is running in this folder.')],
  [/^This folder is an instance already\.$/, () => l10n.t('This folder is an instance already.')],
  [/^“(.*)” is already in (.*)\.$/s, (path, folder) => l10n.t('“{0}” is already in {1}.', part(path), part(folder))],
  [/^“(.*)” is not a folder now; restore it first\.$/s, (path) => l10n.t('“{0}” is not a folder now; restore it first.', part(path))],
  [/^(.*) is not empty\.$/s, (folder) => l10n.t('{0} is not empty.', part(folder))],
  [/^“(.*)” is not a path inside the folder\.$/s, (path) => l10n.t('“{0}” is not a path inside the folder.', part(path))],
  [/^“(.*)” can’t be the name of a snapshot\.$/s, (name) => l10n.t('“{0}” can’t be the name of a snapshot.', part(name))],
  [/^This store was written by a newer Snapstage\.$/, () => l10n.t('This store was written by a newer Snapstage.')],
  [
    /^This store was written by a newer Snapstage; this one can only read it\.$/,
    () => l10n.t('This store was written by a newer Snapstage; this one can only read it.'),
  ],
  [/^Snapshot (\w+) was written by a newer Snapstage\.$/, (id) => l10n.t('Snapshot {0} was written by a newer Snapstage.', part(id))],
  [/^Snapshot (\w+) is damaged\.$/, (id) => l10n.t('Snapshot {0} is damaged.', part(id))],
  [/^Object (\w+) is missing from the store\.$/, (id) => l10n.t('Object {0} is missing from the store.', part(id))],
  [/^“(.*)” is not a folder in (.*)\.$/s, (path, folder) => l10n.t('“{0}” is not a folder in {1}.', part(path), part(folder))],
  [/^“(.*)” is a folder\.$/s, (path) => l10n.t('“{0}” is a folder.', part(path))],
  [/^“(.*)” is not a file\.$/s, (path) => l10n.t('“{0}” is not a file.', part(path))],
  [/^The folder itself can’t be read\.$/, () => l10n.t('The folder itself can’t be read.')],
  [/^The pattern is empty\.$/, () => l10n.t('The pattern is empty.')],
  [/^Snapshot (\w+) can’t be deleted: (.*)\.$/s, (id, reason) => l10n.t('Snapshot {0} can’t be deleted: {1}.', part(id), part(reason))],
  [
    /^This was interrupted for so long /,
    () =>
      l10n.t(
        'This was interrupted for so long (a computer asleep, say) that others went on with the store without it. Nothing was changed; try again.',
      ),
  ],
  [/^No space left\.$/, () => l10n.t('No space left.')],
  [/^No space left for (.*)\.$/s, (path) => l10n.t('No space left for {0}.', part(path))],
  [/^Cancelled\.$/, () => l10n.t('Cancelled.')],
];

/** The engine's sentence translated; as it is where it is another one, such as the system's own or one of the editor. */
export function engineWords(english: string): string {
  for (const [pattern, translate] of translations) {
    const found = pattern.exec(english);
    if (found) return translate(...found.slice(1));
  }
  return english;
}

function part(text: string | undefined): string {
  return text ?? '';
}
