/** All commands, in the order of the help. */
import type { Command } from '../args.ts';
import { cat, diff, find, history, ls } from './browse.ts';
import { config } from './config.ts';
import { init, status } from './instance.ts';
import { clone, recover, restore, undo } from './restore.ts';
import { edit, list, pin, remove, show, take, unpin } from './snapshots.ts';
import { compact, verify } from './store.ts';
import { tableDiff, tableRestore, tables, tableShow } from './tables.ts';

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
  tables,
  tableShow,
  tableDiff,
  tableRestore,
  verify,
  compact,
  recover,
];
