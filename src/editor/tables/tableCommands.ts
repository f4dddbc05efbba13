import { l10n } from 'vscode';
import type { SnapshotInfo } from '../../engine/api.ts';
import { instanceOf, type Chosen } from '../chosen.ts';
import type { CommandHandler, CommandId } from '../commandTable.ts';
import { pickInstance, pickSnapshot, pickState } from '../pickers.ts';
import type { Workspace } from '../workspace.ts';
import type { Databases } from './databases.ts';
import type { TableDocuments } from './tableDocuments.ts';
import type { ComparedTable, TableIn } from './tablePages.ts';
import { pickTable } from './tablePick.ts';
import type { TableRestorer } from './tableRestore.ts';

/** What the commands put to work. */
export interface TableServices {
  readonly workspace: Workspace;
  readonly databases: Databases;
  readonly tableDocuments: TableDocuments;
  readonly tableRestorer: TableRestorer;
}

/** The commands on tables of databases: on rows of the Snapshots view, or on what is picked. */
export function tableCommands(services: TableServices) {
  const { tableDocuments, tableRestorer } = services;
  return {
    'snapstage.previewTable': async (chosen) => {
      const subject = chosenTable(chosen) ?? (await pickInState(services, chosen, l10n.t('Preview Table')));
      if (subject) await tableDocuments.preview(subject);
    },
    'snapstage.compareTable': async (chosen) => {
      const subject = await storedTable(services, chosen, l10n.t('Compare Table'));
      if (subject) await tableDocuments.compare(subject);
    },
    'snapstage.compareTableWith': async (chosen) => {
      const title = l10n.t('Compare Table');
      const subject = await storedTable(services, chosen, title);
      // A table of the current state has been asked for the other one already.
      const isCurrent = chosenTable(chosen) !== undefined && chosenTable(chosen)?.snapshot === undefined;
      const other = subject && (isCurrent ? 'current' : await pickState(subject.instance, title, subject.snapshot));
      if (subject && other) await tableDocuments.compare(inOrder(subject, other));
    },
    'snapstage.restoreTable': async (chosen) => {
      const subject = await storedTable(services, chosen, l10n.t('Restore Table'));
      if (subject) await tableRestorer.restore(subject);
    },
    'snapstage.showMoreRows': () => tableDocuments.showMore(),
  } satisfies Partial<Record<CommandId, CommandHandler>>;
}

function chosenTable({ nodes: [node] }: Chosen): TableIn | undefined {
  if (node?.type !== 'table') return undefined;
  const { instance, snapshot, database, table } = node;
  return { instance, database, table: table.name, ...(snapshot && { snapshot }) };
}

/** A table of any state. */
async function pickInState({ workspace, databases }: TableServices, chosen: Chosen, title: string): Promise<TableIn | undefined> {
  const instance = instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
  const state = instance && (await pickState(instance, title));
  return instance && state && pickTable(databases, instance, state === 'current' ? undefined : state, title);
}

/** A table in a snapshot: the one chosen, of one of the current state in a snapshot that is picked, or a picked one. */
async function storedTable(services: TableServices, chosen: Chosen, title: string): Promise<ComparedTable | undefined> {
  const { workspace, databases } = services;
  const subject = chosenTable(chosen);
  if (subject?.snapshot) return { ...subject, snapshot: subject.snapshot };
  const instance = subject?.instance ?? instanceOf(workspace, chosen) ?? (await pickInstance(workspace, title));
  const snapshot = instance && (await pickSnapshot(instance, title));
  if (!snapshot) return undefined;
  const picked = subject ?? (await pickTable(databases, instance, snapshot, title));
  return picked && { ...picked, snapshot };
}

/** From the older to the newer. */
function inOrder(subject: ComparedTable, other: SnapshotInfo | 'current'): ComparedTable {
  if (other === 'current') return subject;
  const { snapshot } = subject;
  return snapshot.created <= other.created ? { ...subject, to: other } : { ...subject, snapshot: other, to: snapshot };
}
