import { l10n, ThemeIcon, window, type QuickPickItem } from 'vscode';

interface Kind extends QuickPickItem {
  /** What its addresses look like; absent: it is a folder. */
  readonly example?: string;
}

/** Asks where a hub is. */
export async function pickHub(title: string): Promise<string | undefined> {
  const kinds: readonly Kind[] = [
    {
      label: l10n.t('A Folder…'),
      iconPath: new ThemeIcon('folder'),
      detail: l10n.t('On this computer, on a network share, or one that a client keeps in sync.'),
    },
    {
      label: l10n.t('A Git Repository…'),
      iconPath: new ThemeIcon('repo'),
      detail: l10n.t("On any git server. Git's own helpers and the SSH agent sign in."),
      example: 'git+ssh://git@example.org/course/hub.git',
    },
    {
      label: l10n.t('A Bucket…'),
      iconPath: new ThemeIcon('database'),
      detail: l10n.t(
        'Of any storage that speaks S3. The keys are those of the environment, or of a profile in ~/.aws; where there are none, they are asked for.',
      ),
      example: 's3://bucket/course?endpoint=https://s3.example.org',
    },
  ];
  const kind = await window.showQuickPick(kinds, { title });
  if (kind === undefined) return undefined;
  return kind.example === undefined ? pickFolder(title) : askForAddress(title, kind.example);
}

async function pickFolder(title: string): Promise<string | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      title,
      openLabel: l10n.t('Use as Hub'),
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: false,
    })) ?? [];
  return folder?.fsPath;
}

async function askForAddress(title: string, example: string): Promise<string | undefined> {
  const scheme = example.slice(0, example.search(/[+:]/));
  const address = await window.showInputBox({
    title,
    prompt: l10n.t('The address of the hub, with nothing secret in it. For example: {0}', example),
    placeHolder: example,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim().startsWith(scheme) ? undefined : l10n.t('It starts as in {0}', example)),
  });
  return address?.trim();
}
