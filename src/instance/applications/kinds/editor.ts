import { Kind } from '../../../store/tree.ts';
import type { Declared, Detector, Resolved } from '../detector.ts';
import type { InstalledExtension } from '../application.ts';
import { field, items, text } from '../fields.ts';
import { jsonc } from '../formats.ts';
import type { Project } from '../project.ts';

const FOLDER = '.vscode';
const WORKSPACE = /\.code-workspace$/;
/** More are no recommendation. */
const MAX_EXTENSIONS = 200;
/** An extension's id; nothing else becomes an argument of a command. */
const ID = /^[a-z0-9][a-z0-9-]{0,100}\.[a-z0-9][\w-]{0,100}$/;

/**
 * The editor: settings, tasks, launch configurations, snippets, keybindings and recommended extensions as a workspace holds them.
 * Extensions that a profile has installed lie outside of it; who knows them hands them in.
 */
export function editorDetector(installed: readonly InstalledExtension[] | undefined): Detector {
  return {
    kind: 'editor',
    names: [FOLDER],
    pattern: WORKSPACE,
    read(project) {
      const recommended = configurations(project).flatMap(([name, value]) =>
        items(field(value, ...(WORKSPACE.test(name) ? ['extensions'] : []), 'recommendations')).flatMap((each) => idOf(each) ?? []),
      );
      const wanted = [...new Set(recommended)].slice(0, MAX_EXTENSIONS);
      return {
        runtime: null,
        declared: wanted.map((name): Declared => ({ name, asked: '*' })),
        installed: installed?.flatMap(({ id, version }): Resolved[] => {
          const name = idOf(id);
          return name === undefined ? [] : [{ name, version }];
        }),
        recreate: wanted.length === 0 ? [] : [['code', ...wanted.flatMap((name) => ['--install-extension', name])]],
      };
    },
  };
}

function configurations(project: Project): [string, unknown][] {
  const inFolder = project.list(FOLDER).flatMap(({ name, kind }) => (kind === Kind.folder ? [] : [`${FOLDER}/${name}`]));
  const names = [
    ...inFolder.filter((name) => /\.(json|code-snippets)$/.test(name)),
    ...project.found.filter((name) => WORKSPACE.test(name)),
  ];
  return names.slice(0, 200).map((name) => [name, project.parsed(name, jsonc)]);
}

function idOf(value: unknown): string | undefined {
  const id = text(value)?.toLowerCase();
  return id !== undefined && ID.test(id) ? id : undefined;
}
