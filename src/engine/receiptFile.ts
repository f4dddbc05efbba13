/** Receipts as files to give away, and the check of one by itself. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SnapstageError } from '../base/errors.ts';
import { clearUnfinished, NewFile } from '../instance/newFolder.ts';
import { MAX_RECEIPT, readReceipt, receiptCode, type Receipt, type Statement } from '../space/assignments/receipt.ts';
import { identityId } from '../space/records/identity.ts';
import type * as api from './assignmentApi.ts';
import { AssignmentView, iso } from './assignments.ts';
import { receiptName } from './handInFiles.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { keepHandIns } from './receipts.ts';
import { participating } from './spaces.ts';

export function saveReceipt(
  open: Open,
  machine: Machine,
  { handIn, to, force }: { readonly handIn: string; readonly to: string; readonly force?: boolean },
): Promise<api.ReceiptInfo> {
  return participating(open, machine, async (participant) => {
    keepHandIns(open, participant);
    const { store, session } = open;
    const found = new AssignmentView(open, participant).handIn(handIn).handIn;
    const bytes = store.files.read(receiptName(found.id));
    if (bytes === undefined || found.log !== participant.belonging.log)
      throw new SnapstageError('not-found', 'Only the author of a hand-in has its receipt.', { handIn });
    const file = path.resolve(to);
    if (fs.existsSync(file) && force !== true) throw new SnapstageError('exists', `${file} is there already.`, { file });
    clearUnfinished(store);
    using written = new NewFile(store, session, file);
    fs.writeSync(written.descriptor, bytes);
    written.finish();
    return receiptInfo(readReceipt(bytes));
  });
}

/** @throws SnapstageError `damaged`, `newer-format`; those of the system. */
export function verifyReceipt({ from }: { readonly from: string }): api.ReceiptInfo {
  const stat = fs.statSync(from);
  const details = { reason: 'bad-receipt', file: from, next: 'Ask its author for the file once more.' };
  if (!stat.isFile()) throw new SnapstageError('damaged', 'This is no receipt: it is no file.', details);
  if (stat.size > MAX_RECEIPT) throw new SnapstageError('damaged', 'This is no receipt: it is too large.', details);
  return receiptInfo(readReceipt(fs.readFileSync(from)));
}

function receiptInfo({ statement, countersigned: by }: Receipt): api.ReceiptInfo {
  return {
    ...told(statement),
    name: by?.name ?? null,
    code: receiptCode(statement),
    countersigned: by === null ? null : { by: identityId(by.keys), received: iso(by.received) },
  };
}

function told(statement: Statement): Omit<api.ReceiptInfo, 'name' | 'code' | 'countersigned'> {
  const { space, assignment, title, author, handIn, tree, files, bytes, made, taken } = statement;
  return { space, assignment, title, author, handIn, root: tree, files, bytes: Number(bytes), made: iso(made), taken: iso(taken) };
}
