/** Hubs in git repositories, for tests: bare ones by a path, with a git that has nothing of this user's settings. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeHost } from '../../src/engine/nodeHost.ts';
import { readGitPlace, type GitPlace } from '../../src/space/hub/git/gitPlace.ts';
import type { GitProgram } from '../../src/space/hub/git/gitProgram.ts';
import type { RemoteOptions } from '../../src/space/hub/git/gitRemote.ts';
import { RepositoryHub } from '../../src/space/hub/git/repositoryHub.ts';
import type { Workbench } from './folders.ts';

export const GIT_ENV: NodeJS.ProcessEnv = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };

export const program: GitProgram = { file: 'git', env: GIT_ENV };

export function placeAt(address: string): GitPlace {
  const place = readGitPlace(`git+${address}`);
  if ('why' in place) throw new Error(place.why);
  return place;
}

export function fileAddress(folder: string): string {
  return pathToFileURL(folder).href;
}

/** What a hub at an address is made of, with a cache of its own. */
export function optionsFor(bench: Workbench, address: string, more: Partial<RemoteOptions> = {}): RemoteOptions {
  return { place: placeAt(address), cache: bench.place(), program, host: nodeHost(), ...more };
}

/** A new hub in a bare repository `hub.git` in a folder of its own. */
export async function newPathHub(bench: Workbench): Promise<{ hub: RepositoryHub; options: RemoteOptions; repository: string }> {
  const repository = path.join(bench.folder(), 'hub.git');
  const options = optionsFor(bench, fileAddress(repository));
  const hub = new RepositoryHub(options);
  await hub.make();
  return { hub, options, repository };
}

/** Runs git as the owner of a repository does; the last argument may say what is different. @throws Error when it fails. */
export function git(repository: string, ...args: (string | { readonly input?: string; readonly env?: NodeJS.ProcessEnv })[]): string {
  const words = args.filter((arg) => typeof arg === 'string');
  const { input, env = GIT_ENV } = args.find((arg) => typeof arg !== 'string') ?? {};
  const { status, stdout, stderr } = spawnSync('git', ['--git-dir', repository, ...words], { encoding: 'utf8', env, input });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}
