/** All commands, in the order of the help. */
import type { Command } from '../args.ts';
import { apps, check, recreate } from './applications.ts';
import { cat, diff, find, history, ls } from './browse.ts';
import { config } from './config.ts';
import { init, status } from './instance.ts';
import { reclaim, why } from './reclaim.ts';
import { clone, recover, restore, undo } from './restore.ts';
import { edit, list, pin, remove, show, take, unpin } from './snapshots.ts';
import { compact, verify } from './store.ts';
import { tableDiff, tableRestore, tables, tableShow } from './tables.ts';
import { thin } from './thin.ts';
import { copy, exportCommand, importCommand } from './transfer.ts';

export const commands: readonly Command[] = [
  init,
  status,
  config,
  take,
  list,
  show,
  edit,
  pin,
  unpin,
  remove,
  ls,
  cat,
  diff,
  restore,
  undo,
  clone,
  find,
  history,
  why,
  reclaim,
  thin,
  tables,
  tableShow,
  tableDiff,
  tableRestore,
  verify,
  compact,
  exportCommand,
  importCommand,
  copy,
  recover,
  apps,
  check,
  recreate,
];
