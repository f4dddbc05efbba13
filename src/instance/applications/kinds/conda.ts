import { Kind } from '../../../store/tree.ts';
import type { Declared, Detector, Resolved } from '../detector.ts';
import { field, items, text } from '../fields.ts';
import { yaml } from '../formats.ts';
import { asArgument, MAX_INSTALLED, type Project } from '../project.ts';
import { normalName, parseRequirement } from './requirements.ts';

const FILES = ['environment.yml', 'environment.yaml', 'conda.yml', 'conda.yaml'];
/** https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html: name, version and build in a file's name. */
const PACKAGE = /^(.+)-([^-]+)-[^-]+\.json$/;

/** Environments of conda and its relatives: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html */
export const conda: Detector = {
  kind: 'conda',
  names: [...FILES, 'conda-meta'],
  read(project) {
    const name = FILES.find((each) => project.isFile(each));
    const wanted = items(field(name === undefined ? undefined : project.parsed(name, yaml), 'dependencies'));
    const declared = wanted.flatMap(declaredBy);
    const environment = project.environments.find((each) => project.list(`${each}/conda-meta`).length > 0);
    const installed = environment === undefined ? undefined : installedPackages(project, environment);
    const pins = declared.flatMap(pinned);
    const found = installed?.find((each) => each.name === 'python')?.version ?? null;
    const asked = declared.find((each) => each.name === 'python')?.asked ?? null;
    return {
      runtime: asked === null && found === null ? null : { name: 'Python', asked, found },
      environment: environment === undefined ? null : { path: environment, found: true },
      declared,
      locked: declared.length > 0 && pins.length === declared.length ? pins : undefined,
      installed,
      recreate: name === undefined ? [] : [['conda', 'env', 'create', '--file', asArgument(name)]],
    };
  },
};

function declaredBy(item: unknown): Declared[] {
  const line = text(item);
  if (line === undefined) return items(field(item, 'pip')).flatMap((each) => parseRequirement(text(each) ?? '') ?? []);
  // `channel::name version build`, with spaces or `=` between them.
  const found = /^(?:[^:\s]+::)?([\w.-]+)\s*(.*)$/.exec(line);
  if (found === null) return [];
  const asked = found[2]!.trim();
  return [{ name: normalName(found[1]!), asked: asked === '' ? '*' : asked }];
}

/** `=1.2.3=build` and `==1.2.3` allow one version; `=1.2` does any that begins so, and yet it is what an export without builds writes. */
function pinned({ name, asked }: Declared): Resolved[] {
  const exact = /^={1,2}\s*([\w.!+-]+)(?:=[\w.]+)?$/.exec(asked);
  return exact === null ? [] : [{ name, version: exact[1]! }];
}

function installedPackages(project: Project, environment: string): Resolved[] {
  const records = project.list(`${environment}/conda-meta`).filter(({ kind, name }) => kind === Kind.file && PACKAGE.test(name));
  return records.slice(0, MAX_INSTALLED).map(({ name }) => {
    const [, packageName = '', version = ''] = PACKAGE.exec(name)!;
    return { name: normalName(packageName), version };
  });
}
