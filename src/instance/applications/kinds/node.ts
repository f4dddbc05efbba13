import { Kind } from '../../../store/tree.ts';
import type { Environment, Runtime } from '../application.ts';
import type { Declared, Detector, Resolved } from '../detector.ts';
import { entries, field, text } from '../fields.ts';
import { json, yaml } from '../formats.ts';
import { MAX_INSTALLED, type Project } from '../project.ts';
import { NODE_LOCKS, packagesOfLock, packagesOfPnpm, type NodeLock } from './nodeLocks.ts';

const FOLDER = 'node_modules';

/** Node.js projects with npm, pnpm or yarn: https://docs.npmjs.com/cli/configuring-npm/package-json */
export const node: Detector = {
  kind: 'node',
  names: ['package.json', ...NODE_LOCKS.map(({ name }) => name)],
  read(project) {
    const packageJson = project.parsed('package.json', json);
    const [lock, ...others] = NODE_LOCKS.filter(({ name }) => project.isFile(name));
    for (const { name } of others) project.remark(name, `is not looked at, because there is ${lock!.name}`);
    if (lock !== undefined) project.compareAges(lock.name, 'package.json');
    const installed = installedPackages(project);
    return {
      runtime: runtimeOf(project, packageJson),
      environment: environmentOf(project, lock, installed),
      declared: declaredIn(packageJson),
      locked: lock?.read(project, lock.name),
      installed,
      recreate: [lock?.command(project.text(lock.name) ?? '') ?? ['npm', 'install']],
      replaces: lock === undefined ? null : FOLDER,
    };
  },
};

function runtimeOf(project: Project, packageJson: unknown): Runtime {
  const file = ['.nvmrc', '.node-version'].map((name) => project.text(name)?.trim().split(/\s/)[0]).find(Boolean);
  const asked = text(field(packageJson, 'volta', 'node')) ?? file ?? text(field(packageJson, 'engines', 'node'));
  return { name: 'Node.js', asked: asked?.slice(0, 200) ?? null, found: null };
}

function declaredIn(packageJson: unknown): Declared[] {
  return ['devDependencies', 'optionalDependencies', 'dependencies'].flatMap((section) =>
    entries(field(packageJson, section)).flatMap(([name, range]) => {
      const asked = text(range);
      return asked === undefined ? [] : { name, asked, optional: section === 'optionalDependencies' };
    }),
  );
}

/** Yarn may keep packages in archives (Plug'n'Play), and a workspace's folders have theirs at its root. */
function environmentOf(project: Project, lock: NodeLock | undefined, installed: readonly Resolved[] | undefined): Environment | null {
  if (installed !== undefined) return { path: FOLDER, found: true };
  const isElsewhere = lock === undefined || project.isFile('.pnp.cjs') || project.isFile('.pnp.js');
  return isElsewhere ? null : { path: FOLDER, found: false };
}

/** npm and pnpm keep a lock file of what they really installed; otherwise the packages' own files tell. */
function installedPackages(project: Project): Resolved[] | undefined {
  if (project.stat(FOLDER)?.kind !== Kind.folder) return undefined;
  const hidden = project.installed(`${FOLDER}/.package-lock.json`, json);
  if (hidden !== undefined) return packagesOfLock(hidden);
  const pnpm = project.installed(`${FOLDER}/.pnpm/lock.yaml`, yaml);
  if (pnpm !== undefined) return packagesOfPnpm(pnpm);
  const top = project.list(FOLDER).flatMap(({ name }) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? project.list(`${FOLDER}/${name}`).map((scoped) => `${name}/${scoped.name}`) : [name];
  });
  if (top.length > MAX_INSTALLED) project.remark(FOLDER, `holds ${top.length} packages; ${MAX_INSTALLED} of them were looked at`);
  const found = top.slice(0, MAX_INSTALLED).flatMap((name) => ownVersion(project, name));
  // A folder with nothing but caches in it has nothing installed.
  return found.length > 0 ? found : undefined;
}

function ownVersion(project: Project, name: string): Resolved[] {
  if (!project.isFile(`${FOLDER}/${name}/package.json`)) return [];
  const version = text(field(project.installed(`${FOLDER}/${name}/package.json`, json), 'version'));
  return version === undefined ? [] : [{ name, version }];
}
