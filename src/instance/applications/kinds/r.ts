import { Kind } from '../../../store/tree.ts';
import type { Detector, Resolved } from '../detector.ts';
import { entries, field, text } from '../fields.ts';
import { json } from '../formats.ts';
import { MAX_INSTALLED, type Project } from '../project.ts';

const LIBRARY = 'renv/library';
/** A package in renv's cache, to which the library links: `…/cache/v5/R-4.3/platform/name/version/hash/name`. */
const CACHED = /[/\\]([^/\\]+)[/\\]([^/\\]+)[/\\][0-9a-f]{32}[/\\]\1[/\\]?$/;
const HEAD_BYTES = 4096;
const MAX_DESCRIPTION = 100_000;

/** R projects with renv: https://rstudio.github.io/renv/reference/lockfile-api.html, `DESCRIPTION` as packages have it. */
export const r: Detector = {
  kind: 'r',
  names: ['renv.lock', 'DESCRIPTION'],
  pattern: /\.Rproj$/,
  read(project) {
    const lock = project.parsed('renv.lock', json);
    const description = project.text('DESCRIPTION')?.slice(0, MAX_DESCRIPTION);
    for (const name of project.found) if (name.endsWith('.Rproj')) project.text(name);
    const locked = entries(field(lock, 'Packages')).flatMap(([name, entry]) => {
      const version = text(field(entry, 'Version'));
      return version === undefined ? [] : { name, version };
    });
    const library = findLibrary(project);
    const installed = library === undefined ? undefined : installedPackages(project, library.path);
    const hasLock = lock !== undefined;
    return {
      runtime: { name: 'R', asked: text(field(lock, 'R', 'Version')) ?? null, found: library?.version ?? null },
      environment: hasLock || installed !== undefined ? { path: LIBRARY, found: installed !== undefined } : null,
      declared: importsOf(description).map((name) => ({ name, asked: '*', optional: !hasLock })),
      locked: hasLock ? locked : undefined,
      installed,
      recreate: hasLock ? [['Rscript', '-e', 'renv::restore(prompt = FALSE)']] : [],
    };
  },
};

/** `renv/library[/system]/R-4.3/x86_64-pc-linux-gnu`: the newest, where there are several. */
function findLibrary(project: Project): { path: string; version: string } | undefined {
  const above = [LIBRARY, ...foldersIn(project, LIBRARY).map((name) => `${LIBRARY}/${name}`)];
  const versions = above.flatMap((folder) =>
    foldersIn(project, folder).flatMap((name) => {
      const version = /^R-(\d+\.\d+)$/.exec(name)?.[1];
      return version === undefined
        ? []
        : foldersIn(project, `${folder}/${name}`).map((platform) => ({ path: `${folder}/${name}/${platform}`, version }));
    }),
  );
  return versions.at(-1);
}

function foldersIn(project: Project, folder: string): string[] {
  return project.list(folder).flatMap(({ name, kind }) => (kind === Kind.folder ? [name] : []));
}

function installedPackages(project: Project, library: string): Resolved[] {
  return project
    .list(library)
    .slice(0, MAX_INSTALLED)
    .flatMap(({ name, kind }) => {
      const cached = kind === Kind.link ? CACHED.exec(project.peek(`${library}/${name}`, HEAD_BYTES) ?? '')?.[2] : undefined;
      const version = cached ?? described(project.peek(`${library}/${name}/DESCRIPTION`, HEAD_BYTES), 'Version');
      return version === undefined ? [] : { name, version };
    });
}

/** A field of Debian's control format, with its continued lines. */
function described(description: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, 'm').exec(description ?? '')?.[1]?.trim();
}

function importsOf(description: string | undefined): string[] {
  const listed = ['Depends', 'Imports'].flatMap((name) => (described(description, name) ?? '').split(','));
  return listed.flatMap((each) => /^\s*([A-Za-z][\w.]*)/.exec(each)?.[1] ?? []).filter((name) => name !== 'R');
}
