/** Small projects with environments, and a program that makes one, for tests of applications. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A project of pipenv that asks for Flask, with its lock file. */
export function pipenvProject(version = '3.0.0'): Readonly<Record<string, string>> {
  return {
    Pipfile: '[packages]\nflask = "*"\n\n[requires]\npython_version = "3"\n',
    'Pipfile.lock': JSON.stringify({ default: { flask: { version: `==${version}` }, click: { version: '==8.1.7' } } }),
  };
}

/** A virtual environment as pip fills it. */
export function virtualEnvironment(packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const metadata = Object.entries(packages).map(
    ([name, version]) =>
      [`.venv/lib/python3.12/site-packages/${name}-${version}.dist-info/METADATA`, `Name: ${name}\nVersion: ${version}\n`] as const,
  );
  return { '.venv/pyvenv.cfg': 'version = 3.12.3\n', ...Object.fromEntries(metadata) };
}

export function writeProject(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, ...name.split('/'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** A folder with programs of this name as scripts of a Unix shell, to be put before PATH. */
export function programFolder(folder: string, programs: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

/** `pipenv sync` as far as a test needs it: the environment of `pipenvProject`. */
export const pipenvScript = [
  'set -e',
  'echo "syncing $(pwd)"',
  'test "$1" = sync',
  ...Object.entries(virtualEnvironment({ flask: '3.0.0', click: '8.1.7' })).map(
    ([name, content]) => `mkdir -p "$(dirname '${name}')" && printf '${content.replaceAll('\n', String.raw`\n`)}' > '${name}'`,
  ),
].join('\n');
