/** What the engine says of errors and paths, in the language of the editor. The core speaks plain English, for logs and the command line. */
import { l10n } from 'vscode';
import type { PathNote } from '../engine/api.ts';
import { applicationTranslations } from './applications/applicationTranslations.ts';
import { assignmentTranslations } from './assignments/assignmentTranslations.ts';
import { auditTranslations } from './audit/auditTranslations.ts';
import { displayText } from './formats.ts';
import { spaceTranslations } from './space/spaceTranslations.ts';
import { stageTranslations } from './stage/stageTranslations.ts';
import { tableTranslations } from './tables/tableTranslations.ts';
import { transferTranslations } from './transfer/transferTranslations.ts';
import { part, type Translation } from './translation.ts';

const translations: readonly Translation[] = [
  // First, as a sentence of the others can be the beginning of one of these.
  ...stageTranslations(engineWords),
  ...spaceTranslations(engineWords),
  ...auditTranslations(engineWords),
  ...assignmentTranslations(engineWords),
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
  [
    /^Snapshot (\w+) was deleted in the meantime; nothing was changed\.$/,
    (id) => l10n.t('Snapshot {0} was deleted in the meantime; nothing was changed.', part(id)),
  ],
  [/^This folder is an instance already\.$/, () => l10n.t('This folder is an instance already.')],
  [/^“(.*)” is already in (.*)\.$/s, (path, folder) => l10n.t('“{0}” is already in {1}.', part(path), part(folder))],
  [/^“(.*)” is not a folder now; restore it first\.$/s, (path) => l10n.t('“{0}” is not a folder now; restore it first.', part(path))],
  [
    /^(.*) is not a folder\. Move it away and try again\.$/s,
    (path) => l10n.t('{0} is not a folder. Move it away and try again.', part(path)),
  ],
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
  [/^Object (\w+) is missing from the store\.$/, (id) => l10n.t('Object {0} is missing from the store.', part(id).slice(0, 8))],
  [/^“(.*)” is not a folder in (.*)\.$/s, (path, folder) => l10n.t('“{0}” is not a folder in {1}.', part(path), part(folder))],
  [/^“(.*)” is a folder\.$/s, (path) => l10n.t('“{0}” is a folder.', part(path))],
  [/^“(.*)” is not a file\.$/s, (path) => l10n.t('“{0}” is not a file.', part(path))],
  [/^The folder itself can’t be read\.$/, () => l10n.t('The folder itself can’t be read.')],
  [/^The compression must be a whole number from 1 to 19\.$/, () => l10n.t('The compression must be a whole number from 1 to 19.')],
  [
    /^A restore can’t be finished or undone: its record is damaged(?:; snapshot (\w+) holds the folder as it was before)?\. /,
    (id) =>
      id === undefined
        ? l10n.t('A restore can’t be finished or undone: its record is damaged. Verify puts the record away.')
        : l10n.t(
            'A restore can’t be finished or undone: its record is damaged; snapshot {0} holds the folder as it was before. Verify puts the record away.',
            part(id),
          ),
  ],
  [/^The pattern is empty\.$/, () => l10n.t('The pattern is empty.')],
  [
    /^Snapshot (\w+) can’t be deleted: (.*)\.$/s,
    (id, reason) => l10n.t('Snapshot {0} can’t be deleted: {1}.', part(id), engineWords(part(reason))),
  ],
  [
    /^This was interrupted for so long /,
    () =>
      l10n.t(
        'This was interrupted for so long (a computer asleep, say) that others went on with the store without it. Nothing was changed; try again.',
      ),
  ],
  [/^changed while it was being read$/, () => l10n.t('changed while it was being read')],
  [/^vanished while the snapshot was taken$/, () => l10n.t('vanished while the snapshot was taken')],
  [/^became shorter while it was being read$/, () => l10n.t('became shorter while it was being read')],
  [/^turned into something else while it was being read$/, () => l10n.t('turned into something else while it was being read')],
  [
    /^only what the editor named was looked at; the rest is as of (.*)$/,
    (at) => l10n.t('only what was edited was looked at; the rest is as of {0}', part(at)),
  ],
  [
    /^open for writing by (.*) \(process (\d+)\)$/s,
    (program, id) => l10n.t('open for writing by {0} (process {1})', part(program), part(id)),
  ],
  [/^the task “(.*)” is running$/s, (name) => l10n.t('the task “{0}” is running', part(name))],
  [/^the debug session “(.*)” is running$/s, (name) => l10n.t('the debug session “{0}” is running', part(name))],
  [/^a program is running in the terminal “(.*)”$/s, (name) => l10n.t('a program is running in the terminal “{0}”', part(name))],
  [/^a notebook that is running$/, () => l10n.t('a notebook that is running')],
  [/^quieted by “(.*)”$/s, (command) => l10n.t('quieted by “{0}”', part(command))],
  [/^locked by process (\d+)$/, (id) => l10n.t('locked by process {0}', part(id))],
  [
    /^a database with changes beside it, which some program may have open$/,
    () => l10n.t('a database with changes beside it, which some program may have open'),
  ],
  [
    /^In use: (?:(.*): )?(.*?)(?:, and (\d+) more)?\.$/s,
    (path, use, more) => {
      const what = path === undefined ? engineWords(part(use)) : `${part(path)}: ${engineWords(part(use))}`;
      return more === undefined ? l10n.t('In use: {0}.', what) : l10n.t('In use: {0}, and {1} more.', what, more);
    },
  ],
  [/^has unsaved changes$/, () => l10n.t('has unsaved changes')],
  [
    /^Only (.*) are free on the disk, too little for automatic snapshots\.$/s,
    (size) => l10n.t('Only {0} are free on the disk, too little for automatic snapshots.', part(size)),
  ],
  [/^part of the database beside it$/, () => l10n.t('part of the database beside it')],
  [/^left as it is: (.*)$/s, (use) => l10n.t('left as it is: {0}', engineWords(part(use)))],
  [/^named by \.snapstageignore$/, () => l10n.t('named by .snapstageignore')],
  [/^a named pipe$/, () => l10n.t('a named pipe')],
  [/^a socket$/, () => l10n.t('a socket')],
  [/^a device$/, () => l10n.t('a device')],
  [/^and (\d+) more$/, (count) => l10n.t('and {0} more', part(count))],
  [/^can.t be read$/, () => l10n.t("can't be read")],
  [/^can't be read \((.*)\)$/, (code) => l10n.t("can't be read ({0})", part(code))],
  [/^the folder can't be listed \((.*)\)$/, (code) => l10n.t("the folder can't be listed ({0})", part(code))],
  [/^can't be written \((.*)\)$/, (code) => l10n.t("can't be written ({0})", part(code))],
  [/^can't be changed \((.*)\)$/, (code) => l10n.t("can't be changed ({0})", part(code))],
  [/^changed in the meantime; left as it is$/, () => l10n.t('changed in the meantime; left as it is')],
  [/^could not be read when the snapshot was taken$/, () => l10n.t('could not be read when the snapshot was taken')],
  [/^kept: there is something in it /, () => l10n.t('kept: there is something in it that is not in the snapshot')],
  [/^a name that can’t be used on this system$/, () => l10n.t('a name that can’t be used on this system')],
  [/^kept both$/, () => l10n.t('kept both')],
  [/^kept beside what is restored$/, () => l10n.t('kept beside what is restored')],
  [/^the linked instance in (.*) depends on it$/s, (folder) => l10n.t('the linked instance in {0} depends on it', part(folder))],
  [
    /^The instance that this one is linked to is not at (.*) any more, or does not know of this one\./s,
    (folder) => l10n.t('The instance that this one is linked to is not in {0} any more, or does not know of this one.', part(folder)),
  ],
  [/^Snapshot (\w+) was deleted in the meantime\.$/, (id) => l10n.t('Snapshot {0} was deleted in the meantime.', part(id))],
  [/^Snapshot (\w+) is not there\.$/, (id) => l10n.t('Snapshot {0} is not there.', part(id))],
  [/^Only a linked instance can be made without its files\.$/, () => l10n.t('Only a linked instance can be made without its files.')],
  [/^An instance can’t be linked to itself\.$/, () => l10n.t('An instance can’t be linked to itself.')],
  [/^Too many instances are linked to one another in a row\.$/, () => l10n.t('Too many instances are linked to one another in a row.')],
  [/^This instance is not linked to another one\.$/, () => l10n.t('This instance is not linked to another one.')],
  [/^No linked instance (.*) is known here\.$/s, (id) => l10n.t('No linked instance {0} is known here.', part(id))],
  [
    /^The linked instance in (.*) is there\. /s,
    (folder) => l10n.t('The linked instance in {0} is there. Detach it there, or delete it first.', part(folder)),
  ],
  [
    /^The store is damaged \((.*): what is linked is not known\)\.$/s,
    (file) => l10n.t('The store is damaged ({0}: what is linked is not known).', part(file)),
  ],
  [
    /^a linked instance is not known any more: /,
    () => l10n.t('a linked instance is not known any more: it can be linked anew from there, and this record be forgotten'),
  ],
  [/^it is pinned$/, () => l10n.t('it is pinned')],
  [/^a restore that is not finished needs it$/, () => l10n.t('a restore that is not finished needs it')],
  ...tableTranslations(engineWords),
  ...applicationTranslations(engineWords),
  // Of exports, copies and thinning.
  ...transferTranslations(engineWords),
  [/^This was exported by a newer Snapstage\.$/, () => l10n.t('This was exported by a newer Snapstage.')],
  [/^This snapshot was taken by a newer Snapstage\.$/, () => l10n.t('This snapshot was taken by a newer Snapstage.')],
  [/^(.+) exists already\.$/s, (path) => l10n.t('{0} exists already.', part(path))],
  [/^(.+) is there already, and no plain file\.$/s, (path) => l10n.t('{0} is there already, and no plain file.', part(path))],
  [/^There is no instance in (.*)\.$/s, (folder) => l10n.t('There is no instance in {0}.', part(folder))],
  [/^No snapshot has “(.*)”\.$/s, (path) => l10n.t('No snapshot has “{0}”.', part(path))],
  [/^Name a path inside the folder; /, () => l10n.t('Name a path inside the folder.')],
  [
    /^The space to free must be a whole number of bytes above 0\.$/,
    () => l10n.t('The space to free must be a whole number of bytes above 0.'),
  ],
  [
    /^(.*) can’t be freed: (.*) at most, (.*)\. Nothing was changed\.$/s,
    (asked, most, why) =>
      l10n.t('{0} can’t be freed: {1} at most, {2}. Nothing was changed.', part(asked), part(most), engineWords(part(why))),
  ],
  [
    /^Pinned snapshots, the newest one, and those that a restore, the Stage or a bundle needs stay\. Unpin some, or ask for less\.$/,
    () =>
      l10n.t('Pinned snapshots, the newest one, and those that a restore, the Stage or a bundle needs stay. Unpin some, or ask for less.'),
  ],
  [/^no snapshot may be deleted$/, () => l10n.t('no snapshot may be deleted')],
  [/^with all (\d+) snapshots deleted that may be$/, (count) => l10n.t('with all {0} snapshots deleted that may be', part(count))],
  [/^No snapshot has a folder “(.*)”\.$/s, (path) => l10n.t('No snapshot has a folder “{0}”.', part(path))],
  [
    /^What is received is applied “automatically”, or after “ask”\.$/,
    () => l10n.t('What is received is applied “automatically”, or after “ask”.'),
  ],
  [/^The bandwidth must be a size per second/, () => l10n.t('The bandwidth must be a size per second of at least 32 KB, such as 500 KB.')],
  [/^The budget must be a size above 0, /, () => l10n.t('The budget must be a size above 0, such as 20 GB.')],
  [
    /^Snapshots were taken or deleted since the plan was made, or the store was compacted\.$/,
    () => l10n.t('Snapshots were taken or deleted since the plan was made, or the store was compacted.'),
  ],
  [
    /^That is no rule for which snapshots to keep: (.*)\.$/s,
    (why) => l10n.t('That is no rule for which snapshots to keep: {0}.', engineWords(part(why))),
  ],
  [
    /^Which automatic snapshots are to be kept\? /,
    () => l10n.t('Which automatic snapshots are to be kept? No rule is given, and none is chosen for the instance.'),
  ],
  [/^There is no time zone “(.*)”\.$/s, (zone) => l10n.t('There is no time zone “{0}”.', part(zone))],
  [
    /^Snapshot (\w+) can’t be thinned out: (.*)\.$/s,
    (id, reason) => l10n.t('Snapshot {0} can’t be thinned out: {1}.', part(id), engineWords(part(reason))),
  ],
  [/^it is no automatic one$/, () => l10n.t('it is no automatic one')],
  [/^it came from another store$/, () => l10n.t('it came from another store')],
  [/^the last restore can be undone with it$/, () => l10n.t('the last restore can be undone with it')],
  [/^(.+) must be a whole number above 0$/s, (name) => l10n.t('{0} must be a whole number above 0', part(name))],
  [/^within must be a span such as 30d or 1y6m$/, () => l10n.t('within must be a span such as 30d or 1y6m')],
  [/^there is no rule “(.*)”$/s, (name) => l10n.t('there is no rule “{0}”', part(name))],
  [/^No space left\.$/, () => l10n.t('No space left.')],
  [/^No space left for (.*)\.$/s, (path) => l10n.t('No space left for {0}.', part(path))],
  // As Node words what the system answers: `EACCES: permission denied, open '/home/me/file'`.
  [/^(E[A-Z0-9]+: .*), \w+ '(.*?)'/s, (answer, path) => l10n.t('{0} can’t be used ({1}).', part(path), part(answer))],
  [/^(E[A-Z0-9]+: .*), \w+$/s, (answer) => l10n.t('Reading or writing failed ({0}).', part(answer))],
  [/^Cancelled\.$/, () => l10n.t('Cancelled.')],
];

/** What the engine says of a path, where it says of which. */
export function noteInWords({ path, reason }: PathNote): string {
  return displayText(path === '' ? engineWords(reason) : `${path}: ${engineWords(reason)}`);
}

/** The engine's sentence translated; as it is where it is another one, such as the system's own or one of the editor. */
export function engineWords(english: string): string {
  for (const [pattern, translate] of translations) {
    const found = pattern.exec(english);
    if (found) return translate(...found.slice(1));
  }
  return english;
}
