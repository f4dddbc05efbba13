/** What the engine says of the Stage, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

/** `inWords` translates what is said within a sentence. */
export function stageTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [
      /^(.*), and (\d+) more can’t be staged\. Nothing was\.$/s,
      (first, more) => l10n.t('{0} And {1} more can’t be staged. Nothing was.', inWords(`${part(first)}.`), part(more)),
    ],
    [/^“(.*)” can’t be staged: (.*)\.$/s, (path, reason) => l10n.t('“{0}” can’t be staged: {1}.', part(path), inWords(part(reason)))],
    [
      /^“(.*)” can’t be staged alone: (.*)\.$/s,
      (table, reason) => l10n.t('“{0}” can’t be staged alone: {1}.', part(table), inWords(part(reason))),
    ],
    [/^snapshots leave it out: (.*)$/s, (reason) => l10n.t('snapshots leave it out: {0}', inWords(part(reason)))],
    [/^it is Snapstage’s own store$/, () => l10n.t('it is Snapstage’s own store')],
    [/^it is not there any more$/, () => l10n.t('it is not there any more')],
    [/^it is damaged in the store$/, () => l10n.t('it is damaged in the store')],
    [/^its snapshot is damaged$/, () => l10n.t('its snapshot is damaged')],
    [/^its snapshot was deleted$/, () => l10n.t('its snapshot was deleted')],
    [/^its record is damaged$/, () => l10n.t('its record is damaged')],
    [/^it was written by a newer Snapstage$/, () => l10n.t('it was written by a newer Snapstage')],
    [/^the instance that this one is linked to can’t be found$/, () => l10n.t('the instance that this one is linked to can’t be found')],
    [/^something of it is on the Stage$/, () => l10n.t('something of it is on the Stage')],
    [/^the bundle “(.*)” has something of it$/s, (name) => l10n.t('the bundle “{0}” has something of it', part(name))],
    [
      /^There is room for (\d+) objects on the Stage\. /,
      (most) => l10n.t('There is room for {0} objects on the Stage. Stage the folder that they lie in.', part(most)),
    ],
    [/^It is not on the Stage any more\.$/, () => l10n.t('It is not on the Stage any more.')],
    [
      /^The Stage is empty: there is nothing to keep as a bundle\.$/,
      () => l10n.t('The Stage is empty: there is nothing to keep as a bundle.'),
    ],
    [/^There is no bundle “(.*)”\.$/s, (name) => l10n.t('There is no bundle “{0}”.', part(name))],
    [/^There is a bundle “(.*)” already\.$/s, (name) => l10n.t('There is a bundle “{0}” already.', part(name))],
    [/^“(.*)” can’t be the name of a bundle\.$/s, (name) => l10n.t('“{0}” can’t be the name of a bundle.', part(name))],
    [
      /^The bundle “(.*)” can’t be read: (.*)\.$/s,
      (name, reason) => l10n.t('The bundle “{0}” can’t be read: {1}.', part(name), inWords(part(reason))),
    ],
  ];
}
