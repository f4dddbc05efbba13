import * as path from 'node:path';

/**
 * The folder of what belongs to a user on this machine, and to no workspace: keys, and settings of the command line. `SNAPSTAGE_HOME`
 * where that is set, else the place that the platform has for it (on Linux by the XDG Base Directory Specification).
 */
export function homeFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  const chosen = env['SNAPSTAGE_HOME'];
  const paths = pathsOf(platform);
  if (chosen !== undefined && chosen !== '') return paths.resolve(chosen);
  if (platform === 'darwin') return paths.join(userFolder, 'Library', 'Application Support', 'Snapstage');
  if (platform === 'win32')
    return paths.join(absolute(platform, env['APPDATA']) ?? paths.join(userFolder, 'AppData', 'Roaming'), 'Snapstage');
  return paths.join(absolute(platform, env['XDG_CONFIG_HOME']) ?? paths.join(userFolder, '.config'), 'snapstage');
}

/** The folder of what only saves a user time and can be lost, by the same conventions. */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  const paths = pathsOf(platform);
  if (platform === 'darwin') return paths.join(userFolder, 'Library', 'Caches', 'Snapstage');
  if (platform === 'win32')
    return paths.join(absolute(platform, env['LOCALAPPDATA']) ?? paths.join(userFolder, 'AppData', 'Local'), 'Snapstage', 'Cache');
  return paths.join(absolute(platform, env['XDG_CACHE_HOME']) ?? paths.join(userFolder, '.cache'), 'snapstage');
}

function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}

/** A relative one is to be ignored. */
function absolute(platform: NodeJS.Platform, folder: string | undefined): string | undefined {
  return folder !== undefined && pathsOf(platform).isAbsolute(folder) ? folder : undefined;
}
