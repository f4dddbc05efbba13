/** The extension as a package. */
import { spawnSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '..', '..');

/** Large, and made anew or not for a package. */
const left = new Set(['node_modules', 'dist', 'out', '.git']);

/**
 * Packs a copy of the project in an existing folder, so that what is built for the tests stays as it is. Returns the package's path.
 * @throws Error with what the packager printed, when it fails
 */
export function packExtension(place: string): string {
  const copy = join(place, 'project');
  cpSync(project, copy, { recursive: true, filter: (path) => path === project || !left.has(basename(path)) });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'), 'dir');
  const vsix = join(place, 'snapstage.vsix');
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'package', '--', '--out', vsix], { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The package could not be made:\n${stdout}${stderr}`);
  return vsix;
}
