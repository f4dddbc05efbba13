import * as vscode from 'vscode';

export const uriListType = 'text/uri-list';

/** The files and folders that are dropped (RFC 2483, 5); none where the system names none. */
export async function droppedUris(dropped: vscode.DataTransfer): Promise<readonly vscode.Uri[]> {
  const list = (await dropped.get(uriListType)?.asString()) ?? '';
  return list.split(/\r?\n/).flatMap((line) => (line === '' || line.startsWith('#') ? [] : [vscode.Uri.parse(line)]));
}
