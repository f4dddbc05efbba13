import * as vscode from 'vscode';

export const snapshotScheme = 'snapstage';

/** In place of a snapshot's id: a side of a diff that is not there. */
export const emptyAuthority = 'empty';

/** In place of a snapshot's id: all that was distributed. What stands there changes. */
export const distributedAuthority = 'distributed';

/**
 * `snapstage://<snapshot id>/<path of the real file>`: the same path on both sides and the state only in the authority,
 * or VS Code's multi-file diff would call everything renamed.
 */
export function snapshotUri(folder: vscode.Uri, authority: string, path: string): vscode.Uri {
  return fileUri(folder, path).with({ scheme: snapshotScheme, authority });
}

/** The real file of an instance-relative path. */
export function fileUri(folder: vscode.Uri, path: string): vscode.Uri {
  return path === '' ? folder : vscode.Uri.joinPath(folder, path);
}

/** The instance-relative path, or nothing for what lies outside the folder. Looks at paths only, not at schemes. */
export function pathIn(folder: vscode.Uri, uri: vscode.Uri): string | undefined {
  if (uri.path === folder.path) return '';
  const above = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  return uri.path.startsWith(above) ? uri.path.slice(above.length) : undefined;
}

/** False for names that are not valid UTF-8: no URI can hold them. */
export function isOpenable(path: string): boolean {
  return path.isWellFormed();
}
