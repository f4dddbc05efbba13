/** What lies outside of the Space's records for hand-ins: their content, their authors' receipts, and Masters' review copies. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SPACE_FOLDER } from '../space/participant/belonging.ts';
import type { StoreFiles } from '../store/files.ts';
import { decodeChecked, encodeChecked } from '../store/reservations.ts';

/** What the store keeps what was handed in as, and what was given back for it; both are called so among states. */
export function handInKeep(handIn: string): string {
  return `hand-in-${handIn.slice(0, 32)}`;
}

export function feedbackKeep(feedback: string): string {
  return `feedback-${feedback.slice(0, 32)}`;
}

function noteOf(handIn: string): string {
  return `${SPACE_FOLDER}/copies/${handIn.slice(0, 32)}`;
}

/** The folder of a review copy, absolute, as long as it is there. */
export function copyOf(files: StoreFiles, handIn: string): string | undefined {
  const { folder } = (decodeChecked(files.read(noteOf(handIn))) ?? {}) as { readonly folder?: unknown };
  return typeof folder === 'string' && fs.existsSync(folder) ? folder : undefined;
}

export function noteCopy(files: StoreFiles, handIn: string, folder: string): void {
  files.write(noteOf(handIn), encodeChecked({ folder }), false);
}

/** The receipt of a hand-in, in the store of its author. */
export function receiptName(handIn: string): string {
  return `${SPACE_FOLDER}/receipts/hand-in-${handIn.slice(0, 32)}.json`;
}

/** The file of a receipt, absolute; nothing where it is not written yet. */
export function receiptFile(files: StoreFiles, handIn: string): string | null {
  return files.size(receiptName(handIn)) === undefined ? null : path.join(files.place, receiptName(handIn));
}
