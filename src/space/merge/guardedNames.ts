/** Names that a delivery may not use, or not without a decision, in every spelling that some file system takes for them. */

/** What others read to run it, at any depth. Beside each, what Windows calls it by for old programs. */
const CODE = /^(\.git|\.vscode|\.devcontainer|\.envrc|(git|vscode|devcon|envrc)~\d+)$/;
const STORE = /^(\.snapstage|snapst~\d+)$/;

/** Most names can be none of them, and are told by this alone. */
const SUSPECT = /^\.|~|[^\x00-\x7f]/;

/** HFS+ does not see these (as in git's own check, CVE-2014-9390). */
const UNSEEN = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** `store`: a store of snapshots, which is never written to; `code`: what can run code, and waits for a decision. */
export type Guard = 'store' | 'code';

/** Why a name is guarded; `undefined` for all others. */
export function guardOf(name: string): Guard | undefined {
  if (!SUSPECT.test(name)) return undefined;
  const plain = plainName(name);
  if (STORE.test(plain)) return 'store';
  return CODE.test(plain) ? 'code' : undefined;
}

/** As the most tolerant file system reads it: Windows takes off what comes after a colon, and dots and spaces at the end. */
function plainName(name: string): string {
  const seen = name.replaceAll(UNSEEN, '').normalize('NFKC').toLowerCase();
  return seen.replace(/:.*$/s, '').replace(/[. ]+$/, '');
}
