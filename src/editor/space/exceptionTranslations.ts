/** What the engine says of strategies for single objects at single members, in the language of the editor. */
import { l10n } from 'vscode';
import { part, type Translation } from '../translation.ts';

export function exceptionTranslations(): readonly Translation[] {
  return [
    [
      /^Nothing of this goes to (.*), so there is no strategy for it\.$/s,
      (name) => l10n.t('Nothing of this goes to {0}, so there is no strategy for it.', part(name)),
    ],
    [
      /^(.*) is a viewer, who has no files that could be in conflict: there is no strategy for it\.$/s,
      (name) => l10n.t('{0} is a viewer, who has no files that could be in conflict: there is no strategy for it.', part(name)),
    ],
    [
      /^(.*) has not heard of all Masters yet: until it has, nothing can be said to it alone\.$/s,
      (name) => l10n.t('{0} has not heard of all Masters yet: until it has, nothing can be said to it alone.', part(name)),
    ],
    [
      /^“(.*)” can’t have the strategy (.*) at one member alone\.$/s,
      (path, strategy) => l10n.t('“{0}” can’t have the strategy {1} at one member alone.', part(path), part(strategy)),
    ],
    [
      /^“(.*)” is no file on the Stage, and in no folder there\.$/s,
      (path) => l10n.t('“{0}” is no file on the Stage, and in no folder there.', part(path)),
    ],
    [
      /^The table (.*) of “(.*)” is not on the Stage\.$/s,
      (table, path) => l10n.t('The table {0} of “{1}” is not on the Stage.', part(table), part(path)),
    ],
    [
      /^The application (.*) in “(.*)” has no files that could be delivered\.$/s,
      (kind, path) => l10n.t('The application {0} in “{1}” has no files that could be delivered.', part(kind), part(path)),
    ],
  ];
}
