/**
 * `npm start`, or `npm start -- FOLDER`: builds, and opens the real editor with the extension on a sample workspace (made the first time)
 * or on a folder of yours. The editor is desktop VS Code where it is installed, otherwise VS Code's server for the browser.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { workbenchUrl } from './rig/browser.ts';
import { startServer } from './rig/server.ts';
import { rigRunsHere, setUpServer } from './rig/setup.ts';
import { makeSample } from './sample.ts';

const project = dirname(import.meta.dirname);

function findDesktopEditor(): string | undefined {
  const names = ['code', 'code-insiders', 'codium'].map((name) => (process.platform === 'win32' ? `${name}.cmd` : name));
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((program) => existsSync(program));
}

function openDesktop(program: string, folder: string): void {
  const args = ['--new-window', `--extensionDevelopmentPath=${project}`, folder];
  const shell = process.platform === 'win32';
  const quoted = shell ? args.map((argument) => `"${argument}"`) : args;
  const { status } = spawnSync(shell ? `"${program}"` : program, quoted, { stdio: 'inherit', shell });
  process.exitCode = status ?? 1;
}

/** Serves the editor until Ctrl-C. Its settings stay in out/editor for the next start. */
async function serveBrowser(folder: string): Promise<void> {
  setUpServer();
  const root = join(project, 'out', 'editor');
  const extensions = join(root, 'extensions');
  rmSync(extensions, { recursive: true, force: true });
  mkdirSync(extensions, { recursive: true });
  symlinkSync(project, join(extensions, 'snapstage'), 'dir');
  const server = await startServer({ root, extensionsDir: extensions });
  process.stdout.write(`\nThe editor is open at\n  ${workbenchUrl(server, { folder })}\nCtrl-C ends it.\n`);
  const asked = new Promise<undefined>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(undefined));
  });
  const end = await Promise.race([server.exited, asked]);
  if (end !== undefined) process.stderr.write(`The editor ended (${end})\n${server.output()}`);
  await server.stop();
  process.exitCode = end === undefined ? 0 : 1;
}

const build = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: project, stdio: 'inherit' });
if (build.status !== 0) process.exit(1);
const folder = resolve(process.argv[2] ?? join(project, 'out', 'sample-course'));
if (!existsSync(folder)) {
  makeSample(folder);
  process.stdout.write(`Made a sample workspace in ${folder}\n`);
}
const desktop = findDesktopEditor();
if (desktop !== undefined) {
  openDesktop(desktop, folder);
} else if (rigRunsHere) {
  await serveBrowser(folder);
} else {
  process.stderr.write('Install VS Code, with its command `code` on PATH, and start again.\n');
  process.exitCode = 1;
}
