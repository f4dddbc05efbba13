import { Kind } from '../../../store/tree.ts';
import type { Resolved } from '../detector.ts';
import { MAX_INSTALLED, type Project } from '../project.ts';
import { normalName } from './requirements.ts';

/** Where packages lie in a virtual environment: https://docs.python.org/3/library/sysconfig.html#installation-paths */
function packageFolders(project: Project, environment: string): string[] {
  const versions = project.list(`${environment}/lib`).filter(({ name }) => /^(python|pypy)\d/.test(name));
  return [...versions.map(({ name }) => `${environment}/lib/${name}/site-packages`), `${environment}/Lib/site-packages`];
}

const NAME_AND_VERSION = /^(.+?)-([^-]+)\.dist-info$/;
/** A package's metadata begins with what is needed of it. */
const HEAD_BYTES = 4096;

/** The version of the interpreter that an environment was made with; `venv` and `virtualenv` write it each under its own name. */
export function interpreterVersion(project: Project, environment: string): string | undefined {
  const text = project.peek(`${environment}/pyvenv.cfg`, HEAD_BYTES) ?? '';
  const found = /^version(?:_info)?\s*=\s*(\d+(?:\.\d+){0,2})/m.exec(text);
  return found?.[1];
}

/**
 * What is installed in a virtual environment, by the metadata that installers leave
 * (https://packaging.python.org/specifications/recording-installed-packages).
 */
export function installedPackages(project: Project, environment: string): Resolved[] {
  return packageFolders(project, environment).flatMap((folder) => {
    const infos = project.list(folder).filter(({ name, kind }) => kind === Kind.folder && NAME_AND_VERSION.test(name));
    if (infos.length > MAX_INSTALLED) project.remark(folder, `holds ${infos.length} packages; ${MAX_INSTALLED} of them were looked at`);
    return infos.slice(0, MAX_INSTALLED).flatMap(({ name }) => installedPackage(project, folder, name));
  });
}

function installedPackage(project: Project, folder: string, info: string): Resolved[] {
  const head = project.peek(`${folder}/${info}/METADATA`, HEAD_BYTES);
  if (head === undefined) project.remark(`${folder}/${info}`, 'holds no METADATA; the folder’s name was believed');
  const [, fileName = '', fileVersion = ''] = NAME_AND_VERSION.exec(info)!;
  const name = headed(head, 'Name') ?? fileName;
  const version = headed(head, 'Version') ?? fileVersion;
  return [{ name: normalName(name), version }];
}

function headed(head: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(\\S.*?)[ \\t\\r]*$`, 'm').exec(head ?? '')?.[1];
}
