import type { Resolved } from '../detector.ts';
import { entries, field, items, text } from '../fields.ts';
import { json, toml } from '../formats.ts';
import type { Project } from '../project.ts';
import { normalName } from './requirements.ts';

/** The lock files of Python's tools, in the order in which they are believed. */
export const PYTHON_LOCKS: Readonly<Record<string, (project: Project, name: string) => Resolved[] | undefined>> = {
  'uv.lock': readUvLock,
  'poetry.lock': readPoetryLock,
  'Pipfile.lock': readPipfileLock,
};

/** https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile: what is needed on some platforms only is marked where it is needed. */
function readUvLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.parsed(name, toml);
  if (lock === undefined) return undefined;
  const packages = items(field(lock, 'package'));
  const always = new Set(packages.flatMap(unmarked));
  return packages.flatMap((each) => {
    const source = field(each, 'source');
    const isOwn = field(source, 'virtual') !== undefined || field(source, 'editable') !== undefined;
    return isOwn ? [] : resolved(each, (package_) => !always.has(package_));
  });
}

function unmarked(package_: unknown): string[] {
  const groups = entries(field(package_, 'dev-dependencies')).flatMap(([, list]) => items(list));
  return [...items(field(package_, 'dependencies')), ...groups].flatMap((edge) => {
    const name = text(field(edge, 'name'));
    return name === undefined || field(edge, 'marker') !== undefined ? [] : [normalName(name)];
  });
}

/** https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control: a list of packages. */
function readPoetryLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.parsed(name, toml);
  if (lock === undefined) return undefined;
  return items(field(lock, 'package')).flatMap((each) =>
    resolved(each, () => field(each, 'optional') === true || field(each, 'markers') !== undefined),
  );
}

function resolved(package_: unknown, isOptional: (name: string) => boolean): Resolved[] {
  const [name, version] = [text(field(package_, 'name')), text(field(package_, 'version'))];
  if (name === undefined || version === undefined) return [];
  return [{ name: normalName(name), version, ...(isOptional(normalName(name)) && { optional: true }) }];
}

/** https://github.com/pypa/pipfile: packages by name, each with its version behind `==`. */
function readPipfileLock(project: Project, name: string): Resolved[] | undefined {
  const lock = project.parsed(name, json);
  if (lock === undefined) return undefined;
  return ['default', 'develop'].flatMap((section) =>
    entries(field(lock, section)).flatMap(([key, value]) => {
      const version = text(field(value, 'version'))?.replace(/^==/, '');
      const optional = field(value, 'markers') !== undefined && { optional: true };
      return version === undefined ? [] : [{ name: normalName(key), version, ...optional }];
    }),
  );
}
