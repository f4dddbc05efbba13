import type { Environment, Runtime } from '../application.ts';
import type { Declared, Detector, Resolved } from '../detector.ts';
import { entries, field, items, text } from '../fields.ts';
import { toml } from '../formats.ts';
import { asArgument, type Project } from '../project.ts';
import { PYTHON_LOCKS } from './pythonLocks.ts';
import { normalName, parseRequirement, pinned, readRequirements } from './requirements.ts';
import { installedPackages, interpreterVersion } from './venv.ts';

/** Where a virtual environment is made, unless there is one. */
const USUAL_FOLDER = '.venv';
const REQUIREMENTS = /^requirements.*\.txt$/;

/** Python projects with pip, uv, poetry or pipenv; a virtual environment alone is one too. */
export const python: Detector = {
  kind: 'python',
  names: ['pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile', '.python-version', 'pyvenv.cfg', ...Object.keys(PYTHON_LOCKS)],
  pattern: REQUIREMENTS,
  read(project) {
    const pyproject = project.parsed('pyproject.toml', toml);
    const pipfile = project.parsed('Pipfile', toml);
    for (const name of ['setup.py', 'setup.cfg']) project.text(name);
    const requirementFiles = project.found.filter((name) => REQUIREMENTS.test(name));
    const required = requirementFiles.flatMap((name) => readRequirements(project, name));
    const lock = readLock(project);
    const environment = project.environments.find((name) => project.isFile(`${name}/pyvenv.cfg`));
    const pins = required.flatMap(pinned);
    const isPinned = required.length > 0 && pins.length === required.length;
    return {
      runtime: runtimeOf(project, pyproject, pipfile, environment),
      environment: environmentOf(environment, lock?.name),
      declared: [...required, ...declaredIn(pyproject), ...declaredInPipfile(pipfile)],
      locked: lock?.resolved ?? (isPinned ? pins : undefined),
      installed: environment === undefined ? undefined : installedPackages(project, environment),
      recreate: commands(project, {
        lock: lock?.name,
        requirementFiles,
        environment,
        isPackage: field(pyproject, 'project') !== undefined,
      }),
      replaces: environment ?? USUAL_FOLDER,
    };
  },
};

interface Lock {
  readonly name: string;
  readonly resolved: Resolved[] | undefined;
}

function readLock(project: Project): Lock | undefined {
  const there = Object.entries(PYTHON_LOCKS).filter(([name]) => project.isFile(name));
  const [lock, ...others] = there.map(([name, read]) => ({ name, resolved: read(project, name) }));
  if (lock !== undefined) project.compareAges(lock.name, lock.name === 'Pipfile.lock' ? 'Pipfile' : 'pyproject.toml');
  for (const { name } of others) project.remark(name, `is not looked at, because there is ${lock!.name}`);
  return lock;
}

function runtimeOf(project: Project, pyproject: unknown, pipfile: unknown, environment: string | undefined): Runtime {
  const poetry = field(pyproject, 'tool', 'poetry', 'dependencies', 'python');
  const asked =
    project.text('.python-version')?.split(/\s/)[0] ||
    text(field(pyproject, 'project', 'requires-python')) ||
    text(poetry) ||
    text(field(pipfile, 'requires', 'python_full_version')) ||
    text(field(pipfile, 'requires', 'python_version'));
  const found = environment === undefined ? undefined : interpreterVersion(project, environment);
  return { name: 'Python', asked: asked?.slice(0, 200) ?? null, found: found ?? null };
}

function environmentOf(environment: string | undefined, lock: string | undefined): Environment | null {
  if (environment !== undefined) return { path: environment, found: true };
  // Only uv always puts it there; the other tools keep theirs elsewhere unless told.
  return lock === 'uv.lock' ? { path: USUAL_FOLDER, found: false } : null;
}

/** `[project]` (https://packaging.python.org/specifications/pyproject-toml), dependency groups (PEP 735), `[tool.poetry]`. */
function declaredIn(pyproject: unknown): Declared[] {
  const parsed = (list: unknown, optional: boolean): Declared[] =>
    items(list).flatMap((line) => {
      const requirement = parseRequirement(text(line) ?? '');
      return requirement === undefined ? [] : { ...requirement, optional: optional || requirement.optional === true };
    });
  const extras = entries(field(pyproject, 'project', 'optional-dependencies')).flatMap(([, list]) => parsed(list, true));
  const groups = entries(field(pyproject, 'dependency-groups')).flatMap(([, list]) => parsed(list, true));
  const poetry = field(pyproject, 'tool', 'poetry');
  const poetryGroups = entries(field(poetry, 'group')).flatMap(([, group]) => declaredByName(field(group, 'dependencies')));
  return [
    ...extras,
    ...groups,
    ...parsed(field(pyproject, 'project', 'dependencies'), false),
    ...declaredByName(field(poetry, 'dev-dependencies')),
    ...poetryGroups,
    ...declaredByName(field(poetry, 'dependencies')),
  ];
}

function declaredInPipfile(pipfile: unknown): Declared[] {
  return ['dev-packages', 'packages'].flatMap((section) => declaredByName(field(pipfile, section)));
}

/** Poetry's and pipenv's tables: a version by name, or a table with one. */
function declaredByName(table: unknown): Declared[] {
  return entries(table).flatMap(([name, value]) => {
    if (name === 'python') return [];
    const asked = text(value) ?? text(field(value, 'version')) ?? text(field(value, 'git')) ?? text(field(value, 'path')) ?? '*';
    const optional = field(value, 'optional') === true || field(value, 'markers') !== undefined;
    return { name: normalName(name), asked, optional };
  });
}

interface Means {
  readonly lock: string | undefined;
  readonly requirementFiles: readonly string[];
  readonly environment: string | undefined;
  readonly isPackage: boolean;
}

const LOCK_COMMANDS = new Map([
  ['uv.lock', ['uv', 'sync', '--frozen']],
  ['poetry.lock', ['poetry', 'install']],
  ['Pipfile.lock', ['pipenv', 'sync']],
]);

function commands({ windows }: Project, { lock, requirementFiles, environment = USUAL_FOLDER, isPackage }: Means): string[][] {
  const locked = LOCK_COMMANDS.get(lock ?? '');
  if (locked !== undefined) return [locked];
  const wanted =
    requirementFiles.length > 0 ? requirementFiles.flatMap((name) => ['--requirement', asArgument(name)]) : isPackage ? ['.'] : [];
  if (wanted.length === 0) return [];
  const interpreter = windows ? `${environment}/Scripts/python.exe` : `${environment}/bin/python`;
  return [
    [windows ? 'python' : 'python3', '-m', 'venv', '--clear', asArgument(environment)],
    [asArgument(interpreter), '-m', 'pip', 'install', ...wanted],
  ];
}
