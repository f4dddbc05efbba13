import { SnapstageError } from '../../base/errors.ts';
import { joinPath } from '../../base/paths.ts';
import { Kind } from '../../store/tree.ts';
import type { Application, ApplicationKind, Remark } from './application.ts';
import { foldersAbove } from '../scopes.ts';
import type { StateFiles } from './stateFiles.ts';

/** What would be done to recreate an application here. Inert: whoever shows it runs it, or not. */
export interface RecreatePlan {
  readonly kind: ApplicationKind;
  readonly name: string;
  /** Where the commands run: instance-relative. */
  readonly folder: string;
  /** A program and its arguments each, one after the other; the next only after the one before ended well. */
  readonly commands: readonly (readonly string[])[];
  /** Why they may not be run now; empty when they may. */
  readonly blocked: readonly Remark[];
}

/**
 * The commands that recreate an application of a state in the current folder, and what stands in their way: they read the
 * configuration files that are there now, so these must be the state's; and nothing that they empty may be a link or somebody's own folder.
 * @throws SnapstageError `refused` when no command is known.
 */
export function planRecreate(application: Application, here: readonly Application[], current: StateFiles): RecreatePlan {
  if (application.recreate.length === 0) {
    throw new SnapstageError('refused', `No file of “${application.name}” says how it is recreated.`, {
      application: application.name,
      next: 'Give it a file that says what it needs: a lock file, or a list of requirements.',
    });
  }
  const now = here.find((each) => each.kind === application.kind && each.path === application.path);
  const blocked = [...otherFiles(application, now), ...inTheWay(application, now, current)];
  const { kind, name, path, recreate } = application;
  return { kind, name, folder: path, commands: recreate, blocked };
}

function otherFiles(application: Application, now: Application | undefined): Remark[] {
  const there = new Map((now?.files ?? []).map(({ path, sha256 }) => [path, sha256]));
  return application.files.flatMap(({ path, sha256 }) => {
    if (sha256 !== null && there.get(path) === sha256) return [];
    return [{ path, reason: there.has(path) ? 'is another one here than in the state' : 'is not here' }];
  });
}

/** Installers empty the folder that they fill, also one that a link leads to, and whatever somebody else keeps in it. */
function inTheWay({ path, replaces }: Application, now: Application | undefined, current: StateFiles): Remark[] {
  const above = path === '' ? [] : [...foldersAbove(path), path];
  const emptied = replaces === null ? [] : [joinPath(path, replaces)];
  return [...above, ...emptied].flatMap((place) => {
    const kind = current.stat(place)?.kind;
    if (kind === undefined) return [];
    if (kind !== Kind.folder) return [{ path: place, reason: 'is a link or a file, and no folder' }];
    const isForeign = emptied.includes(place) && now?.environment?.path !== replaces;
    return isForeign ? [{ path: place, reason: 'would be emptied, and is no environment that could be made again' }] : [];
  });
}
