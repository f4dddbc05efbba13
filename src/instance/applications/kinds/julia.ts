import type { Declared, Detector, Resolved } from '../detector.ts';
import { entries, field, items, text } from '../fields.ts';
import { toml } from '../formats.ts';

const PROJECTS = ['JuliaProject.toml', 'Project.toml'];
const MANIFEST = /^(Julia)?Manifest(-v\d+(\.\d+)?)?\.toml$/;

/** Julia projects: https://pkgdocs.julialang.org/v1/toml-files */
export const julia: Detector = {
  kind: 'julia',
  names: PROJECTS,
  pattern: MANIFEST,
  read(project) {
    const name = PROJECTS.find((each) => project.isFile(each));
    const described = name === undefined ? undefined : project.parsed(name, toml);
    const lock = project.found
      .filter((each) => MANIFEST.test(each))
      .toSorted()
      .at(-1);
    const manifest = lock === undefined ? undefined : project.parsed(lock, toml);
    const compat = field(described, 'compat');
    const declared: Declared[] = entries(field(described, 'deps')).map(([each]) => ({
      name: each,
      asked: text(field(compat, each)) ?? '*',
    }));
    return {
      runtime: { name: 'Julia', asked: text(field(compat, 'julia')) ?? text(field(manifest, 'julia_version')) ?? null, found: null },
      // What belongs to Julia itself has no version of its own, so it can't be missed.
      declared: declared.map((each) => ({ ...each, optional: each.asked === '*' })),
      locked: manifest === undefined ? undefined : packagesOf(manifest),
      recreate: [['julia', '--project=.', '-e', 'using Pkg; Pkg.instantiate()']],
    };
  },
  bare: 'caret',
};

/** Version 1 of the format has packages at the top, version 2 below `deps`. */
function packagesOf(manifest: unknown): Resolved[] {
  const table = field(manifest, 'manifest_format') === undefined ? manifest : field(manifest, 'deps');
  return entries(table).flatMap(([name, list]) =>
    items(list).flatMap((entry) => {
      const version = text(field(entry, 'version'));
      return version === undefined ? [] : { name, version };
    }),
  );
}
