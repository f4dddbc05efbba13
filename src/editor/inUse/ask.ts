import { ConfigurationTarget, l10n, QuickPickItemKind, ThemeIcon, window, workspace, type QuickPickItem } from 'vscode';
import type { SnapstageError } from '../../base/errors.ts';
import type { PathNote } from '../../engine/api.ts';
import { noteInWords } from '../engineWords.ts';
import { plainLabel } from '../pickers.ts';

/** What is to be done about what is in use; nothing when no snapshot is wanted. Every answer has a button that keeps it for the workspace. */
export async function askInUse(refusal: SnapstageError, isQuietable: boolean): Promise<'quiet' | 'force' | undefined> {
  const uses = (refusal.details['inUse'] as readonly PathNote[] | undefined) ?? [];
  const keep = { iconPath: new ThemeIcon('pin'), tooltip: l10n.t('Always in this Workspace') };
  const items: (QuickPickItem & { readonly answer?: 'quiet' | 'force'; readonly setting?: string })[] = [
    {
      label: isQuietable ? l10n.t('Save All and Quiet Down') : l10n.t('Save All and Try Again'),
      ...(isQuietable && { description: l10n.t('runs the commands of your settings before and after') }),
      answer: 'quiet',
      setting: 'quietDown',
      buttons: [keep],
    },
    {
      label: l10n.t('Take It As It Is'),
      description: l10n.t('the snapshot says that it may be inconsistent'),
      answer: 'force',
      setting: 'takeAsItIs',
      buttons: [keep],
    },
    { label: l10n.t('In use'), kind: QuickPickItemKind.Separator },
    ...uses.map((note) => ({ label: plainLabel(noteInWords(note)) })),
  ];
  const pick = window.createQuickPick<(typeof items)[number]>();
  pick.title = l10n.t('Something Is in Use');
  pick.placeholder = l10n.t('Take the snapshot now?');
  pick.ignoreFocusOut = true;
  pick.items = items;
  const { promise, resolve } = Promise.withResolvers<{ item: (typeof items)[number]; isKept: boolean } | undefined>();
  pick.onDidAccept(() => {
    const [item] = pick.selectedItems;
    if (item?.answer !== undefined) resolve({ item, isKept: false });
  });
  pick.onDidTriggerItemButton((pressed) => resolve({ item: pressed.item, isKept: true }));
  pick.onDidHide(() => resolve(undefined));
  pick.show();
  const picked = await promise;
  pick.dispose();
  if (picked?.isKept === true) {
    await workspace.getConfiguration('snapstage').update('inUse', picked.item.setting, ConfigurationTarget.Workspace);
  }
  return picked?.item.answer;
}
