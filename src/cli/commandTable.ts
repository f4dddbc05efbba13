/** All commands, in the order of the help. */
import type { Command } from './args.ts';
import {
  assignmentCreate,
  assignmentEdit,
  assignmentExtend,
  assignmentJudge,
  assignmentList,
  assignmentShow,
} from './commands/assignments.ts';
import { apps, check, recreate } from './commands/applications.ts';
import { audit } from './commands/audit.ts';
import { cat, diff, find, history, ls } from './commands/browse.ts';
import { config } from './commands/config.ts';
import { distribute, distributions, inbox, receive, resolve } from './commands/delivery.ts';
import { collect, feedback, grades, handIn, receiptSave, receiptVerify, similarity } from './commands/handIns.ts';
import { init, status } from './commands/instance.ts';
import { detach, links } from './commands/links.ts';
import { preview } from './commands/preview.ts';
import { spaceCompact, spaceFollow, spaceMove, spaceRights } from './commands/hub.ts';
import { pull, recall, recalls, undoDistribution } from './commands/recall.ts';
import { reclaim, why } from './commands/reclaim.ts';
import { clone, recover, restore, undo } from './commands/restore.ts';
import { edit, list, pin, remove, show, take, unpin } from './commands/snapshots.ts';
import {
  spaceAdmit,
  spaceCreate,
  spaceInvite,
  spaceJoin,
  spaceLeave,
  spaceMembers,
  spaceRecover,
  spaceRemove,
  spaceSet,
  spaceStatus,
  spaceWithdraw,
} from './commands/space.ts';
import {
  stageAdd,
  stageBundles,
  stageClear,
  stageDelete,
  stageList,
  stageRemove,
  stageSave,
  stageStrategy,
  stageUse,
} from './commands/stage.ts';
import { compact, verify } from './commands/store.ts';
import { tableDiff, tableRestore, tables, tableShow } from './commands/tables.ts';
import { thin } from './commands/thin.ts';
import { copy, exportCommand, importCommand } from './commands/transfer.ts';

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
  detach,
  links,
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
  stageAdd,
  stageRemove,
  stageList,
  stageClear,
  stageStrategy,
  stageSave,
  stageUse,
  stageBundles,
  stageDelete,
  spaceCreate,
  spaceJoin,
  spaceRecover,
  spaceMove,
  spaceFollow,
  spaceRights,
  spaceCompact,
  spaceStatus,
  spaceMembers,
  spaceInvite,
  spaceWithdraw,
  spaceAdmit,
  spaceSet,
  spaceRemove,
  spaceLeave,
  preview,
  distribute,
  distributions,
  inbox,
  receive,
  resolve,
  pull,
  recall,
  recalls,
  undoDistribution,
  audit,
  assignmentCreate,
  assignmentList,
  assignmentShow,
  assignmentEdit,
  assignmentExtend,
  assignmentJudge,
  handIn,
  receiptVerify,
  receiptSave,
  collect,
  feedback,
  grades,
  similarity,
];
