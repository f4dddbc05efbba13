import { extensionId, type InstalledExtension } from '../../../store/extensions.ts';
import { Kind } from '../../../store/tree.ts';
import type { Declared, Detector, Resolved } from '../detector.ts';
import { field, items } from '../fields.ts';
import { jsonc } from '../formats.ts';
import type { Project } from '../project.ts';

const FOLDER = '.vscode';
const WORKSPACE = /\.code-workspace$/;
/** More are no recommendation. */
const MAX_RECOMMENDED = 200;
/** So many extensions are installed by one command: Windows takes 8191 characters. */
const AT_ONCE = 50;

/** The remark on an editor of which nobody has said what it has installed. */
export const EXTENSIONS_UNKNOWN = 'the installed extensions are not known here: only the editor itself can tell them';

/** What is known of the extensions that the profile has installed. */
export type KnownExtensions = readonly InstalledExtension[] | 'unknown';

/**
 * The editor: settings, tasks, launch configurations, snippets, keybindings and recommended extensions as a workspace holds them.
 * Extensions that a profile has installed lie outside of it; who knows them hands them in. They belong to the folder as a whole: a
 * project in it has those that it recommends.
 */
export function editorDetector(known: KnownExtensions): Detector {
  return {
    kind: 'editor',
    names: [FOLDER],
    pattern: WORKSPACE,
    read(project) {
      const recommended = recommendations(project);
      const isWhole = project.path === '';
      if (known === 'unknown') {
        if (isWhole) project.remark('', EXTENSIONS_UNKNOWN);
        return { runtime: null, declared: recommended.map((name) => ({ name, asked: '*' })), recreate: installing(recommended) };
      }
      const installed = known.filter(({ id }) => isWhole || recommended.includes(id));
      const others = recommended.filter((name) => !installed.some(({ id }) => id === name));
      return {
        runtime: null,
        // Who had others installed has not followed the recommendation: it is no difference when that is so again.
        declared: recommended.map((name): Declared => ({ name, asked: '*', optional: isWhole && others.includes(name) })),
        installed: installed.map(({ id, version }): Resolved => ({ name: id, version })),
        recreate: installing([...installed.map(({ id, version }) => `${id}@${version}`), ...others]),
      };
    },
  };
}

function recommendations(project: Project): string[] {
  const found = configurations(project).flatMap(([name, value]) =>
    items(field(value, ...(WORKSPACE.test(name) ? ['extensions'] : []), 'recommendations')).flatMap((each) => extensionId(each) ?? []),
  );
  return [...new Set(found)].slice(0, MAX_RECOMMENDED);
}

function configurations(project: Project): [string, unknown][] {
  const inFolder = project.list(FOLDER).flatMap(({ name, kind }) => (kind === Kind.folder ? [] : [`${FOLDER}/${name}`]));
  const names = [
    ...inFolder.filter((name) => /\.(json|code-snippets)$/.test(name)),
    ...project.found.filter((name) => WORKSPACE.test(name)),
  ];
  return names.slice(0, 200).map((name) => [name, project.parsed(name, jsonc)]);
}

function installing(extensions: readonly string[]): string[][] {
  const commands: string[][] = [];
  for (let at = 0; at < extensions.length; at += AT_ONCE)
    commands.push(['code', ...extensions.slice(at, at + AT_ONCE).flatMap((name) => ['--install-extension', name])]);
  return commands;
}
