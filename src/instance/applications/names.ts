import { SnapstageError } from '../../base/errors.ts';
import type { ApplicationKind } from './application.ts';

interface Placed {
  readonly kind: ApplicationKind;
  readonly path: string;
}

/** What an application is called among others: its kind, or `kind:path` where there are several of it (`.` is the folder itself). */
export function applicationName(application: Placed, all: readonly Placed[]): string {
  return all.some((each) => each.kind === application.kind && each.path !== application.path) ? fullName(application) : application.kind;
}

/**
 * The application that somebody calls by its kind where there is one of it, by `kind:path`, or by the beginning of that where it fits
 * no other. @throws SnapstageError `not-found`, `ambiguous` (with the names that fit).
 */
export function findApplication<A extends Placed>(applications: readonly A[], name: string): A {
  const exact = applications.find((each) => fullName(each) === name);
  if (exact !== undefined) return exact;
  const ofKind = applications.filter((each) => each.kind === name);
  const candidates = ofKind.length > 0 ? ofKind : applications.filter((each) => name !== '' && fullName(each).startsWith(name));
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    throw new SnapstageError('ambiguous', `“${name}” fits ${candidates.length} applications.`, {
      application: name,
      candidates: candidates.slice(0, 20).map(fullName),
      next: 'Give more of the name; `snapstage apps` lists them.',
    });
  }
  throw new SnapstageError('not-found', `There is no application “${name}” in this state.`, {
    application: name,
    next: '`snapstage apps` lists what there is.',
  });
}

function fullName({ kind, path }: Placed): string {
  return `${kind}:${path === '' ? '.' : path}`;
}
