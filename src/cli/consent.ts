/** Asking before something is replaced or deleted. */
import type { Context } from './context.ts';
import { declined, needsYes } from './exit.ts';

export interface Proposal {
  /** What is to be done, for the refusal: `Deleting`. */
  readonly what: string;
  readonly question: string;
  /** The plan as a document and as lines. */
  readonly plan: unknown;
  readonly lines: readonly string[];
}

/**
 * Returns when `--yes` or a person agrees. Throws `refused` when nobody is there to ask (no terminal, `--json`),
 * with the plan, and `cancelled` after a no.
 */
export async function requireConsent({ flags, io, report }: Context, proposal: Proposal): Promise<void> {
  if (flags.yes) return;
  if (flags.json || io.ask === undefined) {
    if (!flags.json) await report.result(proposal.plan, () => proposal.lines);
    throw needsYes(proposal.what, { plan: proposal.plan });
  }
  // Where the question goes: standard output may be a file.
  await report.warn(...proposal.lines);
  const answer = await io.ask(`${proposal.question} [y/N] `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? '')) throw declined();
}
