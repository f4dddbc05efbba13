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
  /** The folder that they fill anew: instance-relative. */
  readonly replaces: string | null;
  /** Why they may not be run now; empty when they may. */
  readonly blocked: readonly Obstacle[];
}

/** Something that stands in the way of a plan. */
export interface Obstacle extends Remark {
  /** True for a configuration file that a restore brings back from the state. */
  readonly restorable: boolean;
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
  const { kind, name, path, recreate, replaces } = application;
  return { kind, name, folder: path, commands: recreate, replaces: replaces === null ? null : joinPath(path, replaces), blocked };
}

function otherFiles(application: Application, now: Application | undefined): Obstacle[] {
  // The editor's commands name what they install, and read no file.
  if (application.kind === 'editor') return [];
  const there = new Map((now?.files ?? []).map(({ path, sha256 }) => [path, sha256]));
  return application.files.flatMap(({ path, sha256 }) => {
    if (sha256 !== null && there.get(path) === sha256) return [];
    const reason = there.has(path) ? 'is another one here than in the state' : 'is not here';
    return [{ path, reason, restorable: sha256 !== null }];
  });
}

/** Installers empty the folder that they fill, also one that a link leads to, and whatever somebody else keeps in it. */
function inTheWay({ path, replaces }: Application, now: Application | undefined, current: StateFiles): Obstacle[] {
  const above = path === '' ? [] : [...foldersAbove(path), path];
  const emptied = replaces === null ? [] : [joinPath(path, replaces)];
  return [...above, ...emptied].flatMap((place) => {
    const kind = current.stat(place)?.kind;
    if (kind === undefined) return [];
    if (kind !== Kind.folder) return [{ path: place, reason: 'is a link or a file, and no folder', restorable: false }];
    const isForeign = emptied.includes(place) && now?.environment?.path !== replaces;
    const reason = 'would be emptied, and is no environment that could be made again';
    return isForeign ? [{ path: place, reason, restorable: false }] : [];
  });
}
