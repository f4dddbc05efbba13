/** What the engine says of hubs, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

/** What adapters say of hubs; `inWords` translates what is said within a sentence. What a server or a program says stays as it is. */
export function hubTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [
      /^The hub (.*) can’t be reached: (.*)\. Try again when it is there\.$/s,
      (place, why) => l10n.t('The hub {0} can’t be reached: {1}. Try again when it is there.', part(place), inWords(part(why))),
    ],
    [
      /^The hub (.*) can’t be reached: (.*)$/s,
      (place, why) => l10n.t('The hub {0} can’t be reached: {1}', part(place), inWords(part(why))),
    ],
    [
      /^No space left for what the hub (.*) is to hold \((.*)\)\.$/s,
      (place, why) => l10n.t('The hub {0} is full: {1}.', part(place), part(why)),
    ],
    [/^There is no git on this machine\. /, () => l10n.t('There is no git on this machine. Install it so that PATH leads to it.')],
    [
      /^it does not let you in with what git has to sign in with \((.*)\)\. /s,
      (why) =>
        l10n.t('it does not let you in with what git has to sign in with ({0}). Sign in with git in a terminal, and try again.', part(why)),
    ],
    [
      /^its server is not the one that ssh knows \((.*)\)\. /s,
      (why) => l10n.t('its server is not the one that ssh knows ({0}). Connect to it by ssh in a terminal, and try again.', part(why)),
    ],
    [
      /^the repository belongs to another user, .* names them \((.*)\)\.$/s,
      (why) =>
        l10n.t(
          'the repository belongs to another user, and git reads such only where its setting safe.directory names them ({0}).',
          part(why),
        ),
    ],
    [
      /^its server says that it is at another address\. /,
      () => l10n.t('its server says that it is at another address. Use the one that the server shows for cloning.'),
    ],
    [
      /^there is no such repository, or not for you \((.*)\)\. /s,
      (why) =>
        l10n.t('there is no such repository, or not for you ({0}). Sign in with git in a terminal, or look at the address.', part(why)),
    ],
    [
      /^its repository has object names of another kind than SHA-1 \((.*)\)\. /s,
      (why) => l10n.t('its repository has object names of another kind than SHA-1 ({0}). Use another repository.', part(why)),
    ],
    [/^others write to it without a pause(?:\. Try again\.)?$/, () => l10n.t('others write to it without a pause')],
    [/^it does not answer$/, () => l10n.t('it does not answer')],
    [
      /^there is a repository, but it is no hub, or not any longer$/,
      () => l10n.t('there is a repository, but it is no hub, or not any longer'),
    ],
    [/^there is no (\S+) that can be read$/, (file) => l10n.t('it holds no {0} that can be read', part(file))],
    [/^it is no address of a git repository$/, () => l10n.t('it is no address of a git repository')],
    [
      /^what signs you in does not belong in it: /,
      () => l10n.t('what signs you in does not belong in it: git’s credential helpers keep that'),
    ],
    [/^it names no (?:server|user of a server|port of a server|repository)$/, () => l10n.t('it names no repository of a server')],
    [/^without encryption only this machine is asked: /, () => l10n.t('without encryption only this machine is asked: use git+https')],
    [
      /^The hub (.*) does not let itself be written to\. /s,
      (place) => l10n.t('The hub {0} does not let itself be written to. Ask whoever shares it for the right to write.', part(place)),
    ],
    [/^The hub (.*) was made by a newer Snapstage\.$/s, (place) => l10n.t('The hub {0} was made by a newer Snapstage.', part(place))],
    [
      /^The hub (.*) does not know of this invite\. /s,
      (place) => l10n.t('The hub {0} does not know of this invite. It may not have got there yet: try again later.', part(place)),
    ],
    [/^The Space of this code is not in the hub (.*)\.$/s, (place) => l10n.t('The Space of this code is not in the hub {0}.', part(place))],
    [
      /^The hub (.*) is a place on another kind of system\. /s,
      (place) => l10n.t('The hub {0} is a place on another kind of system. Say where it is on this machine.', part(place)),
    ],
    [/^The hub of this Space is (.*) already\.$/s, (place) => l10n.t('The hub of this Space is {0} already.', part(place))],
    [
      /^As far as is known here, the Space has not moved\. /,
      () => l10n.t('As far as is known here, the Space has not moved. Say where its hub is, if you know that it has.'),
    ],
    [/^The Space is not in the hub (.*)\.$/s, (place) => l10n.t('The Space is not in the hub {0}.', part(place))],
    [
      /^Not all of the Space is in the hub (.*) yet\. /s,
      (place) => l10n.t('Not all of the Space is in the hub {0} yet. Try again later.', part(place)),
    ],
    [
      /^The Space has left the hub (.*) for (.*)\. Name that place, /s,
      (left, place) =>
        l10n.t('The Space has left the hub {0} for {1}. Name that place, if you trust who named it.', part(left), part(place)),
    ],
    [
      /^“(.*)” came back otherwise from the hub (.*) than it was sent\. /s,
      (name, place) => l10n.t('“{0}” came back otherwise from the hub {1} than it was sent. Try again.', part(name), part(place)),
    ],
    [
      /^The hub “(.*)” is on another machine, /s,
      (place) =>
        l10n.t(
          'The hub “{0}” is on another machine, which learns who you are when it is asked. Use it only if you trust who named it.',
          part(place),
        ),
    ],
    [
      /^“(.*)” can’t be the place of a hub: (.*)\.$/s,
      (place, why) => l10n.t('“{0}” can’t be the place of a hub: {1}.', part(place), inWords(part(why))),
    ],
    [/^it holds no (.*) that can be read$/s, (file) => l10n.t('it holds no {0} that can be read', part(file))],
    [/^it is not the whole path of a folder$/, () => l10n.t('it is not the whole path of a folder')],
    [/^it names no folder(?: of a server)?$/, () => l10n.t('it names no folder')],
    [/^it is no address of a folder$/, () => l10n.t('it is no address of a folder')],
    [
      /^places that start with “(.*):” are not among those that Snapstage knows$/s,
      (scheme) => l10n.t('places that start with “{0}:” are not among those that Snapstage knows', part(scheme)),
    ],
    [
      /^“(.*)” in the hub (.*) is no folder: /s,
      (name, place) =>
        l10n.t('“{0}” in the hub {1} is no folder: somebody has put something else there. Take it away.', part(name), part(place)),
    ],
    [
      /^“(.*)” in the hub is larger than the (\d+) bytes that it may have\.$/s,
      (name, limit) => l10n.t('“{0}” in the hub is larger than the {1} bytes that it may have.', part(name), part(limit)),
    ],
    [
      /^“(.*)” in the hub can’t be used: (.*)\. Whoever wrote it can put it back\.$/s,
      (name, why) => l10n.t('“{0}” in the hub can’t be used: {1}. Whoever wrote it can put it back.', part(name), part(why)),
    ],
    [
      /^“(.*)” is not in the hub (.*)\. It may still be on its way, /s,
      (name, place) =>
        l10n.t(
          '“{0}” is not in the hub {1}. It may still be on its way, or somebody has taken it away: try again later.',
          part(name),
          part(place),
        ),
    ],
    [
      /^“(.*)” is missing from the hub, and from this computer too\. /s,
      (name) => l10n.t('“{0}” is missing from the hub, and from this computer too. Distribute the same again.', part(name)),
    ],
  ];
}
