import * as path from 'node:path';

/**
 * The folder of what belongs to a user on this machine, and to no workspace: keys, and settings of the command line. `SNAPSTAGE_HOME`
 * where that is set, else the place that the platform has for it (on Linux by the XDG Base Directory Specification).
 */
export function homeFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  const chosen = env['SNAPSTAGE_HOME'];
  const paths = platform === 'win32' ? path.win32 : path.posix;
  if (chosen !== undefined && chosen !== '') return paths.resolve(chosen);
  if (platform === 'darwin') return paths.join(userFolder, 'Library', 'Application Support', 'Snapstage');
  if (platform === 'win32') return paths.join(absolute(env['APPDATA']) ?? paths.join(userFolder, 'AppData', 'Roaming'), 'Snapstage');
  return paths.join(absolute(env['XDG_CONFIG_HOME']) ?? paths.join(userFolder, '.config'), 'snapstage');

  /** A relative one is to be ignored. */
  function absolute(folder: string | undefined): string | undefined {
    return folder !== undefined && paths.isAbsolute(folder) ? folder : undefined;
  }
}
