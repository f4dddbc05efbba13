import { l10n } from 'vscode';
import { noteInWords } from '../engineWords.ts';
import type { NoteNode } from '../snapshots/notes.ts';
import { stateOf } from '../state.ts';
import { applicationsNodeId, type ApplicationNode, type ApplicationsNode } from './applicationNodes.ts';
import type { Applications } from './applications.ts';
import { moreInWords } from './applicationWords.ts';

type Below = readonly (ApplicationsNode | NoteNode)[];

/** The rows below one about applications. Rejects when a state can't be read. */
export async function applicationChildren(node: ApplicationsNode, applications: Applications): Promise<Below> {
  switch (node.type) {
    case 'applications': {
      const { applications: found, more } = await applications.list(node);
      if (found.length === 0) return [note(node, l10n.t('No application was found.'))];
      return [
        ...found.map((application): ApplicationNode => ({ ...stateOf(node), type: 'application', application })),
        ...(more > 0 ? [note(node, moreInWords(more))] : []),
      ];
    }
    case 'application':
      return partsOf(node);
    case 'dependencies':
    case 'configuration':
      return [];
  }
}

/** What it depends on, its configuration files, and what is to be known of them. */
function partsOf(node: ApplicationNode): Below {
  const { application } = node;
  const state = stateOf(node);
  const { dependencies, files, remarks } = application;
  return [
    ...(dependencies.length === 0 ? [] : [{ ...state, type: 'dependencies', application } as const]),
    ...files.map(({ path }) => ({ ...state, type: 'configuration', application, path }) as const),
    ...remarks.map((remark) => note(node, noteInWords(remark))),
  ];
}

function note(above: ApplicationsNode, text: string): NoteNode {
  return { type: 'note', instance: above.instance, text, isProblem: false, above: applicationsNodeId(above) };
}
