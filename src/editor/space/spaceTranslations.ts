/** What the engine says of Spaces and deliveries, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';
import { bucketTranslations } from './bucketTranslations.ts';
import { exceptionTranslations } from './exceptionTranslations.ts';
import { hubTranslations } from './hubTranslations.ts';
import { obstacleInWords } from './spaceWords.ts';

/** `inWords` translates what is said within a sentence. What only a forger gets to read stays as it is within its sentence. */
export function spaceTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    ...membershipTranslations(inWords),
    ...hubTranslations(inWords),
    ...bucketTranslations(),
    ...deliveryTranslations(inWords),
    ...exceptionTranslations(),
    ...recallTranslations(),
    ...findingTranslations(inWords),
  ];
}

function membershipTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [
      /^This instance belongs to no Space\. /,
      () => l10n.t('This instance belongs to no Space: “Create Space…” makes one, “Join Space…” joins one by an invite.'),
    ],
    [
      /^This instance belongs to a Space already\. /,
      () => l10n.t('This instance belongs to a Space already. Leave that one first, or use another folder.'),
    ],
    [
      /^The hub (.*) lies in the folder of this instance, .* Choose a place outside of (.*)\.$/s,
      (hub, folder) =>
        l10n.t(
          'The hub {0} lies in the folder of this instance, whose snapshots would hold it and whose restores would turn it back. Choose a place outside of {1}.',
          part(hub),
          part(folder),
        ),
    ],
    [
      /^The folder of this instance, (.*), lies in the hub (.*), which others can read and write\./s,
      (folder, hub) =>
        l10n.t(
          'The folder of this instance, {0}, lies in the hub {1}, which others can read and write. Move one of them elsewhere.',
          part(folder),
          part(hub),
        ),
    ],
    [/^Only the Master of the Space can do this\.$/, () => l10n.t('Only the Master of the Space can do this.')],
    [/^The Master can’t leave its Space: /, () => l10n.t('The Master can’t leave its Space: there would be nobody to lead it.')],
    [
      /^There is no (member|invite) “(.*)”\.$/s,
      (what, name) =>
        what === 'member' ? l10n.t('There is no member “{0}”.', part(name)) : l10n.t('There is no invite “{0}”.', part(name)),
    ],
    [
      /^“(.*)” fits (\d+) (?:members|invites|deliveries|distributions)[.:]/s,
      (name, count) => l10n.t('“{0}” fits {1} of them.', part(name), part(count)),
    ],
    [
      /^“(.*)” can’t be a name: /s,
      (name) => l10n.t('“{0}” can’t be a name: it is empty, too long, or has characters that can’t be seen.', part(name)),
    ],
    [/^Nobody is in more than 32 groups\.$/, () => l10n.t('Nobody is in more than 32 groups.')],
    [/^This is not an invite: (.*)\.$/s, (why) => l10n.t('This is not an invite: {0}.', inWords(part(why)))],
    [/^it is too long$/, () => l10n.t('it is too long')],
    [/^it does not start with “(.*)”$/s, (prefix) => l10n.t('it does not start with “{0}”', part(prefix))],
    [/^a part of it is missing or changed; copy it again$/, () => l10n.t('a part of it is missing or changed; copy it again')],
    [/^the place of its hub is no text$/, () => l10n.t('the place of its hub is no text')],
    [/^This invite was made by a newer Snapstage; /, () => l10n.t('This invite was made by a newer Snapstage; update this one to use it.')],
    [
      /^This invite can’t be used any more: (.*)\. Ask for a new one\.$/s,
      (why) => l10n.t('This invite can’t be used any more: {0}. Ask for a new one.', inWords(part(why))),
    ],
    [/^it was withdrawn$/, () => l10n.t('it was withdrawn')],
    [/^it has been used$/, () => l10n.t('it has been used')],
    [/^who made it is no Master any more$/, () => l10n.t('who made it is no Master any more')],
    [/^it has expired$/, () => l10n.t('it has expired')],
    [/^This invite has been used\. Remove the member instead\.$/, () => l10n.t('This invite has been used. Remove the member instead.')],
    [
      /^This instance can’t be let in: (.*)\.$/s,
      (obstacle) => l10n.t('This instance can’t be let in: {0}.', obstacleInWords(part(obstacle))),
    ],
    [
      /^A Master can only be removed with the recovery code of the Space\.$/,
      () => l10n.t('A Master can only be removed with the recovery code of the Space.'),
    ],
    [/^This is the recovery code of another Space\.$/, () => l10n.t('This is the recovery code of another Space.')],
    [/^A Master can’t remove itself\. /, () => l10n.t('A Master can’t remove itself: another one can.')],
    [/^This instance was removed\. Invite it again\.$/, () => l10n.t('This instance was removed. Invite it again.')],
    [/^This instance is no member\.$/, () => l10n.t('This instance is no member.')],
    [
      /^The keys of this instance are not in (.*)\. Put them back /s,
      (file) =>
        l10n.t(
          'The keys of this instance are not in {0}. Put them back from a backup, or join the Space again with a new invite.',
          part(file),
        ),
    ],
    [
      /^The file of your keys was damaged\. It is kept as (.*); put one from a backup at (.*), or ask for new invites\.$/s,
      (aside, file) =>
        l10n.t(
          'The file of your keys was damaged. It is kept as {0}; put one from a backup at {1}, or ask for new invites.',
          part(aside),
          part(file),
        ),
    ],
    [
      /^Others can read your keys in (.*), and its file system lets nobody change that\. /s,
      (file) =>
        l10n.t(
          'Others can read your keys in {0}, and its file system lets nobody change that. Set SNAPSTAGE_HOME to a folder on another one.',
          part(file),
        ),
    ],
    [
      /^Others could read your keys in (.*)\. That is mended now; /s,
      (file) =>
        l10n.t(
          'Others could read your keys in {0}. That is mended now; if somebody may have done so, ask for new invites. Then try again.',
          part(file),
        ),
    ],
    [
      /^Another window or command is using your keys in (.*)\. Try again\.$/s,
      (file) => l10n.t('Another window or command is using your keys in {0}. Try again.', part(file)),
    ],
    [
      /^The keys on this machine were written by a newer Snapstage; /,
      () => l10n.t('The keys on this machine were written by a newer Snapstage; update this one.'),
    ],
    [/^The keys on this machine can’t be read\.$/, () => l10n.t('The keys on this machine can’t be read.')],
    [
      /^The store is damaged \((.*): which Space this instance belongs to is not known\)\. /s,
      (file) => l10n.t('The store is damaged ({0}: which Space this instance belongs to is not known). Join it again.', part(file)),
    ],
    [
      /^This instance’s own log is damaged\. /,
      () => l10n.t('What this instance has said in the Space is damaged here. It needs a new place: ask for an invite.'),
    ],
    [
      /^Another window or command has written to this instance’s log meanwhile\. Try again\.$/,
      () => l10n.t('Another window or command was at work in this Space meanwhile. Try again.'),
    ],
  ];
}

function deliveryTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [/^It is asked first there\.$/, () => l10n.t('It is asked first there.')],
    [
      /^Both sides of “(.*)” can’t be brought together: they are no texts\.$/s,
      (path) => l10n.t('Both sides of “{0}” can’t be brought together: they are no texts.', part(path)),
    ],
    [
      /^“(.*)” has changed since both sides were brought together\.$/s,
      (path) => l10n.t('“{0}” has changed since both sides were brought together.', part(path)),
    ],
    [
      /^“(.*)” is the same here, or not in this delivery\.$/s,
      (path) => l10n.t('“{0}” is the same here, or not in this delivery.', part(path)),
    ],
    [/^“(.*)” is no table that both sides have\.$/s, (path) => l10n.t('“{0}” is no table that both sides have.', part(path))],
    [/^“(.*)” is no time\.$/s, (text) => l10n.t('“{0}” is no time.', part(text))],
    [/^There is no delivery (.*)\.$/s, (id) => l10n.t('There is no delivery {0}.', part(id))],
    [/^It was taken back: /, () => l10n.t('It was taken back: there is nothing to apply any more.')],
    [
      /^(\d+) files would be deleted, more than half of all that are here\.$/,
      (count) => l10n.t('{0} files would be deleted, more than half of all that are here.', part(count)),
    ],
    [
      /^“(.*)” could not be changed: (.*)\. Nothing was applied; try again\.$/s,
      (path, why) => l10n.t('“{0}” could not be changed: {1}. Nothing was applied; try again.', part(path), inWords(part(why))),
    ],
    [/^“(.*)” has no such side\.$/s, (path) => l10n.t('“{0}” is not there on this side.', part(path))],
    [/^“(\w+)” can’t be chosen for “(.*)”\.$/s, (take, path) => l10n.t('“{0}” can’t be chosen for “{1}”.', part(take), part(path))],
    [
      /^What both sides of “(.*)” come to has to be kept first\.$/s,
      (path) => l10n.t('What both sides of “{0}” come to has to be kept first.', part(path)),
    ],
    [/^This instance has no key for what was delivered\.$/, () => l10n.t('This instance has no key for what was delivered.')],
    [
      /^The delivery holds “(.*)”: a store of snapshots can’t be delivered\. /s,
      (path) => l10n.t('The delivery holds “{0}”: a store of snapshots can’t be delivered. Nothing was changed.', part(path)),
    ],
    [
      /^The delivery holds “(.*)”, which it does not name\. /s,
      (path) => l10n.t('The delivery holds “{0}”, which it does not name. Nothing was changed.', part(path)),
    ],
    [
      /^A delivery names “(.*)”, which is no path in a folder\.$/s,
      (path) => l10n.t('A delivery names “{0}”, which is no path in a folder.', part(path)),
    ],
    [
      /^The list of what belongs to this delivery is not in the hub\. /,
      () =>
        l10n.t(
          'The list of what belongs to this delivery is not in the hub. Nothing was changed. It may still be on its way; it comes again when its sender next looks at the Space.',
        ),
    ],
    [
      /^The list of what belongs to this delivery makes no sense\. /,
      () => l10n.t('The list of what belongs to this delivery makes no sense. Nothing was changed. Ask whoever sent it to send it again.'),
    ],
    [
      /^(\d+) objects are too many to be named one by one: /,
      (count) => l10n.t('{0} objects are too many to be named one by one: name the folders that they lie in.', part(count)),
    ],
    [/^Something on the Stage can’t be read any more: /, () => l10n.t('Something on the Stage can’t be read any more: take it off first.')],
    [/^The Stage is empty: there is nothing to be distributed\.$/, () => l10n.t('The Stage is empty: there is nothing to be distributed.')],
    [/^“(.*)” can’t be distributed: (.*)\.$/s, (path, why) => l10n.t('“{0}” can’t be distributed: {1}.', part(path), inWords(part(why)))],
    [
      /^No more than (\d+) objects can be distributed at once: stage folders\.$/,
      (most) => l10n.t('No more than {0} objects can be distributed at once: stage folders.', part(most)),
    ],
    [/^Files alone can’t be mirrored: /, () => l10n.t('Files alone can’t be mirrored: stage the folder that is to hold nothing else.')],
    [
      /^(.*) is a viewer, who gets nothing of a current state: stage it from a snapshot\.$/s,
      (name) => l10n.t('{0} is a viewer, who gets nothing of a current state: stage it from a snapshot.', part(name)),
    ],
    [/^Nobody is in the group “(.*)”\.$/s, (group) => l10n.t('Nobody is in the group “{0}”.', part(group))],
    [/^(.*) is no member\.$/s, (name) => l10n.t('{0} is no member.', part(name))],
    [/^Nobody was chosen to deliver to\.$/, () => l10n.t('Nobody was chosen to deliver to.')],
    [/^There is nothing to be delivered\.$/, () => l10n.t('There is nothing to be delivered.')],
    [
      /^This instance has not read all yet that a Master has to know: the hub lacks a part of it\. Try again later\.$/,
      () => l10n.t('This instance has not read all yet that a Master has to know: the hub lacks a part of it. Try again later.'),
    ],
    [
      /^A new key for (.*) is due before anything is sealed for it\.$/s,
      () => l10n.t('New keys are due before anything is sent: sync the Space, and try again.'),
    ],
  ];
}

/** Previews, recalls, and what is brought here. */
function recallTranslations(): readonly Translation[] {
  return [
    [
      /^What was last received at “(.*)” is not known here\.$/s,
      (path) => l10n.t('What was last received at “{0}” is not known here.', part(path)),
    ],
    [
      /^(\d+) objects at (\d+) targets are too much for one preview: choose fewer\.$/,
      (objects, targets) => l10n.t('{0} objects at {1} targets are too much for one preview: choose fewer.', part(objects), part(targets)),
    ],
    [/^There is no “(.*)” any more\.$/s, (path) => l10n.t('There is no “{0}” any more.', part(path))],
    [/^What is to be recalled\? /, () => l10n.t('What is to be recalled? Name paths, or distributions.')],
    [
      /^No more than (\d+) paths can be recalled at once: name folders\.$/,
      (most) => l10n.t('No more than {0} paths can be recalled at once: name folders.', part(most)),
    ],
    [/^“(.*)” was not distributed\.$/s, (path) => l10n.t('“{0}” was not distributed.', part(path))],
    [/^“(.*)” was taken back already\.$/s, (path) => l10n.t('“{0}” was taken back already.', part(path))],
    [/^Nobody of those got it\.$/, () => l10n.t('Nobody of those got it.')],
    [/^There is no distribution (.*)\.$/s, (id) => l10n.t('There is no distribution {0}.', part(id))],
    [
      /^What was taken back is not put back by an undo: /,
      () => l10n.t('What was taken back is not put back by an undo: distribute it again.'),
    ],
    [/^It was taken back already\. /, () => l10n.t('It was taken back already. What was taken back is distributed again to be there.')],
    [/^Nothing is known here that was distributed\.$/, () => l10n.t('Nothing is known here that was distributed.')],
    [/^What is to be pulled\? /, () => l10n.t('What is to be pulled? Name paths.')],
    [
      /^What lies on the Stage is all of the current state: /,
      () => l10n.t('What lies on the Stage is all of the current state: it is here. Stage something of a snapshot.'),
    ],
    [/^Nobody can be asked here: /, () => l10n.t('Nobody can be asked here: choose overwrite, skip, rename or mirror.')],
    [
      /^The hub can’t be reached, and nothing of what was distributed is known here yet\.$/,
      () => l10n.t('The hub can’t be reached, and nothing of what was distributed is known here yet.'),
    ],
  ];
}

/** What is odd in the hub. */
function findingTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [/^Not all that Masters have said is here yet\.$/, () => l10n.t('Not all that Masters have said is here yet.')],
    [
      /^What this instance has to tell waits for a later sync\. (.*)$/s,
      (why) => l10n.t('What this instance has to tell waits for a later sync. {0}', inWords(part(why))),
    ],
    [
      /^What this instance has could not be published for previews\. (.*)$/s,
      (why) => l10n.t('What this instance has could not be published for previews. {0}', inWords(part(why))),
    ],
    [
      /^The hub has “(.*)” in the log (\w+), which is no record that can be used \((.*)\)\.$/s,
      (name, log, flaw) =>
        l10n.t('The hub has “{0}” in the log {1}, which is no record that can be used ({2}).', part(name), part(log), part(flaw)),
    ],
    [
      /^In the log (\w+) lie (\d+) files that are no records: /,
      (log, count) => l10n.t('In the log {0} lie {1} files that are no records: conflicted copies, perhaps.', part(log), part(count)),
    ],
    [
      /^The hub had lost (\d+) records of the log (\w+); /,
      (count, log) => l10n.t('The hub had lost {0} records of the log {1}; they were put back.', part(count), part(log)),
    ],
    [
      /^The log (\w+) is shorter in the hub than it was: /,
      (log) => l10n.t('The log {0} is shorter in the hub than it was: somebody has put back an older state of it.', part(log)),
    ],
    [
      /^In the log (\w+) lies so much that is no record /,
      (log) => l10n.t('In the log {0} lies so much that is no record that the rest was not read.', part(log)),
    ],
    [
      /^The hub is empty, though there was something in it: /,
      () => l10n.t('The hub is empty, though there was something in it: it may not be there properly. Nothing was taken away here.'),
    ],
    [/^A record is not counted: (.*)\.$/s, (why) => l10n.t('A record is not counted: {0}.', part(why))],
    [/^(\d+) records are not counted: (.*)\.$/s, (count, why) => l10n.t('{0} records are not counted: {1}.', part(count), part(why))],
  ];
}
