import { extensions } from 'vscode';
import type { InstalledExtension } from '../../engine/applicationsApi.ts';

/** The extensions that are installed in this window's profile and not switched off, without those that come with the editor. */
export function installedExtensions(): InstalledExtension[] {
  return extensions.all.flatMap(({ id, packageJSON }) => {
    const { isBuiltin, version } = packageJSON as { readonly isBuiltin?: unknown; readonly version?: unknown };
    return isBuiltin === true || typeof version !== 'string' ? [] : [{ id: id.toLowerCase(), version }];
  });
}
