/** The audit trail, as the contract has it. */
import type { CallOptions } from '../base/progress.ts';
import type { Role } from './spaceApi.ts';

/** Somebody who wrote a record, or whom one is about. */
export interface AuditParty {
  /** 32 hex digits: a log's, or an invite's. */
  readonly id: string;
  readonly name: string | null;
  /** `root` is the Space's recovery code; `null`: nobody of the Space, as far as is known here. */
  readonly role: Role | 'root' | null;
}

/**
 * Why a record does not count: something that it follows is not here; it cites what is not so; it is one side of a fork; it came after
 * the end of its author's time; its author may not say this; nobody can make sense of it; it is against somebody who is not below its
 * author; what it grants was withdrawn or taken by another.
 */
export type AuditRefusal = 'missing' | 'wrong' | 'forked' | 'late' | 'not-allowed' | 'unreadable' | 'outranked' | 'overruled';

export type AuditFacts = Readonly<Record<string, string | number | readonly string[]>>;

export interface AuditEntry {
  /** 64 hex digits: the record's hash. */
  readonly id: string;
  readonly by: AuditParty;
  /** In its author's log, from 1. */
  readonly sequence: number;
  /** 1 + the largest depth of what it cites: what comes after something else has a larger one. */
  readonly depth: number;
  /** Who can open it: `clear`, `all`, `editors`, `masters`, and `set-`, `vault-`, `box-` with an id. */
  readonly audience: string;
  /** What was done: the kind of the record; `null` where this reader can't open it. */
  readonly kind: string | null;
  /** `sealed`: for others. `unknown`: of a kind that a newer Snapstage writes. `bad`: it makes no sense. */
  readonly opened: 'yes' | 'sealed' | 'unknown' | 'bad';
  /** Whom it is about. */
  readonly about: AuditParty | null;
  /** The assignment that it is about, by its id. */
  readonly assignment: string | null;
  /** What there is to say of it, by name, as its kind has it. */
  readonly facts: AuditFacts;
  /** ISO 8601, UTC, by the writer's clock, which nobody has to believe; `null` where the record says none. */
  readonly at: string | null;
  /** What it cites: it was written after these records, and all that they were written after. */
  readonly after: readonly string[];
  /** The first record by somebody else that cites it, or what follows it in its log: it was written before that one. */
  readonly before: string | null;
  /** `counts`, or why it does not. */
  readonly state: 'counts' | AuditRefusal;
}

export interface AuditTrail {
  readonly space: string;
  readonly name: string | null;
  /** `all` logs, as Masters do, or those of Masters and the own one. */
  readonly reads: 'all' | 'own';
  /** In an order in which what was written after something comes after it. Others may have happened in any order. */
  readonly entries: readonly AuditEntry[];
}

export interface AuditFinding {
  readonly kind: string;
  /** The trail or the hub is damaged; else something was refused by the rules, which is no damage. */
  readonly isDamage: boolean;
  readonly log: AuditParty | null;
  /** In the log, where it is about one place. */
  readonly sequence: number | null;
  /** Hash of the record that it is about, or that proves it. */
  readonly record: string | null;
  /** In words. */
  readonly message: string;
}

export interface AuditReport {
  readonly space: string;
  readonly name: string | null;
  readonly reads: 'all' | 'own';
  readonly records: number;
  readonly logs: number;
  /** Of an exported trail: who wrote the file, and when by its clock. */
  readonly exported: { readonly by: AuditParty; readonly at: string } | null;
  readonly findings: readonly AuditFinding[];
  readonly isDamaged: boolean;
  /** What no check can find out. */
  readonly limits: readonly string[];
}

export interface AuditExport {
  readonly space: string;
  readonly records: number;
  readonly bytes: number;
}

export interface AuditApi {
  /** What is known here. Rejects with `not-found` (reason `no-space`) for an instance of no Space. */
  audit(options?: CallOptions): Promise<AuditTrail>;
  /** Checks every record that is known here, and with `hub` what the hub has of them. Nothing is put right. */
  verifyAudit(request: { readonly hub?: boolean }, options?: CallOptions): Promise<AuditReport>;
  /** Writes what is known here to a file. Rejects with `exists` unless it may be replaced. */
  exportAudit(request: { readonly to: string; readonly force?: boolean }, options?: CallOptions): Promise<AuditExport>;
  /** Checks an exported trail by itself: it needs no instance, no hub and no keys. Rejects with `damaged` for another file. */
  verifyAuditFile(request: { readonly from: string }, options?: CallOptions): Promise<AuditReport>;
}
