/** What the engine says of files with snapshots in them, in the language of the editor; see `engineWords.ts`. */
import { l10n } from 'vscode';
import type { Translation } from '../translation.ts';

/** `inWords` translates what is said within a sentence. What only a forger gets to read stays as it is within its sentence. */
export function transferTranslations(inWords: (english: string) => string): readonly Translation[] {
  return [
    [/^(.*) Nothing was imported\.$/s, (why) => l10n.t('{0} Nothing was imported.', inWords(part(why)))],
    [/^The export is damaged: (.*)\.$/s, (why) => l10n.t('The file is damaged: {0}.', inWords(part(why)))],
    [
      /^it is no export of Snapstage, or its beginning is damaged$/,
      () => l10n.t('it is no export of Snapstage, or its beginning is damaged'),
    ],
    [/^it has no format$/, () => l10n.t('it has no format')],
    [/^it is changed: its checksum is another$/, () => l10n.t('it is changed: its checksum is another')],
    [/^it ends too early, after (\d+) bytes$/, (bytes) => l10n.t('it ends too early, after {0} bytes', part(bytes))],
    [/^something follows its end$/, () => l10n.t('something follows its end')],
    [/^packs are missing$/, () => l10n.t('parts of it are missing')],
    [/^a header is changed$/, () => l10n.t('a header in it is changed')],
    [/^“(.*)” is missing$/s, (name) => l10n.t('“{0}” is missing', part(name))],
    [/^“(.*)” does not belong there$/s, (name) => l10n.t('“{0}” does not belong there', part(name))],
    [/^“(.*)” is too large$/s, (name) => l10n.t('“{0}” is too large', part(name))],
    [/^something follows “(.*)”$/s, (name) => l10n.t('something follows “{0}”', part(name))],
    [
      /^The snapshot’s (?:record|labels) (?:is|are) damaged: (.*)\.$/s,
      (why) => l10n.t("The snapshot's record is damaged: {0}.", part(why)),
    ],
    [/^Object (\w+) has another hash\.$/, (id) => l10n.t('Object {0} has another hash.', part(id).slice(0, 8))],
    [/^There is more in it than its snapshot consists of\.$/, () => l10n.t('There is more in it than its snapshot consists of.')],
    [
      /^The snapshot holds something in place of (.*)\.$/s,
      (folder) => l10n.t('The snapshot holds something in place of {0}.', part(folder)),
    ],
    [/^A block (?:is changed|holds something that is no object)\.$/, () => l10n.t('A part of it is changed.')],
    [/^A stored block (?:does not decompress|has the wrong length)\.$/, () => l10n.t('A part of it can’t be decompressed.')],
    [/^A stored folder is damaged: (.*)\.$/s, (why) => l10n.t('A folder in it is damaged: {0}.', part(why))],
  ];
}

function part(text: string | undefined): string {
  return text ?? '';
}
