import { createHash } from 'node:crypto';
import * as z from 'zod';
import { SnapstageError } from '../../base/errors.ts';
import { SIGNATURE_BYTES, verify } from '../crypto/signing.ts';
import { byDepth } from '../logs/founded.ts';
import { isWrittenAs, parseJson, readRecord, type Flaw, type SignedRecord } from '../records/envelope.ts';
import { identityId, type PublicKeys } from '../records/identity.ts';
import { clearBody } from '../records/sealedBodies.ts';
import { base64, id128, id256, publicKeys } from '../records/shapes.ts';
import { FORMAT, LABEL, VERSION } from './exportFile.ts';

/** What is wrong with a file; lines count from 1. */
export type ExportFinding =
  /** A line holds no record that could be used. */
  | { readonly kind: 'bad-line'; readonly line: number; readonly flaw: Flaw | 'unreadable' }
  /** A record comes before one that it can't come before. */
  | { readonly kind: 'reordered'; readonly line: number }
  | { readonly kind: 'repeated'; readonly line: number }
  /** What is written beside a record to be read is not what the record says. */
  | { readonly kind: 'misdescribed'; readonly line: number }
  /** It is not, as a whole, what its writer signed. */
  | { readonly kind: 'altered' }
  /** It ends too early. */
  | { readonly kind: 'cut-off' }
  /** Something comes after its end. */
  | { readonly kind: 'longer' };

export interface ExportedTrail {
  readonly space: string;
  /** As its writer says. */
  readonly name: string | null;
  readonly made: string;
  readonly by: PublicKeys & { readonly id: string };
  readonly records: readonly SignedRecord[];
  readonly findings: readonly ExportFinding[];
  /** What authors are called, as the writer says, by log. */
  readonly names: ReadonlyMap<string, string>;
}

/** The longest line that an honest writer makes: a record, and what it says twice. */
export const MAX_LINE = 1 << 20;
/** What is told of one file. */
const MAX_FINDINGS = 1000;

const headShape = z.object({
  format: z.literal(FORMAT),
  version: z.int(),
  space: id128,
  name: z.string().max(200).nullable(),
  made: z.iso.datetime(),
  by: publicKeys.extend({ id: id128 }),
});
const lineShape = z.strictObject({
  record: z.base64(),
  entry: z.looseObject({
    id: id256,
    by: z.looseObject({ id: id128, name: z.string().max(200).nullable() }),
    sequence: z.int(),
    depth: z.int(),
    audience: z.string(),
    kind: z.string().nullable(),
  }),
  body: z.looseObject({ kind: z.string() }).nullable(),
});
const endShape = z.strictObject({ records: z.int(), sha256: id256, signature: base64(SIGNATURE_BYTES) });

/** Reads an exported trail, line by line; needs nothing else. */
export class ExportReader {
  private readonly hash = createHash('sha256');
  private readonly records = new Map<string, SignedRecord>();
  private readonly names = new Map<string, string>();
  private readonly findings: ExportFinding[] = [];
  private head: z.infer<typeof headShape> | undefined;
  private last: SignedRecord | undefined;
  private line = 0;
  private hasEnded = false;

  /** @throws SnapstageError `damaged` when the first line is none of an exported trail, `newer-format`. */
  take(bytes: Buffer): void {
    this.line += 1;
    const found = bytes.length > MAX_LINE ? undefined : parseJson(bytes);
    if (this.head === undefined) this.head = headOf(found);
    else if (this.hasEnded) return this.tell({ kind: 'longer' });
    else {
      const end = endShape.safeParse(found).data;
      if (end !== undefined) return this.end(end, isWrittenAs(end, bytes));
      this.entry(found);
    }
    this.hash.update(bytes).update('\n');
  }

  /** @throws SnapstageError `damaged` for an empty file. */
  finish(): ExportedTrail {
    const { space, name, made, by } = this.head ?? headOf(undefined);
    if (!this.hasEnded) this.tell({ kind: 'cut-off' });
    return { space, name, made, by, records: [...this.records.values()], findings: this.findings, names: this.names };
  }

  private entry(found: unknown): void {
    const { line } = this;
    const parsed = lineShape.safeParse(found).data;
    const read = parsed === undefined ? 'unreadable' : readWhole(Buffer.from(parsed.record, 'base64'), this.head!.space);
    if (parsed === undefined || typeof read === 'string') {
      this.tell({ kind: 'bad-line', line, flaw: read as Flaw | 'unreadable' });
      return;
    }
    if (this.records.has(read.hash)) this.tell({ kind: 'repeated', line });
    else if (this.last !== undefined && byDepth(this.last, read) > 0) this.tell({ kind: 'reordered', line });
    this.records.set(read.hash, read);
    this.last = read;
    if (!isDescribed(read, parsed)) this.tell({ kind: 'misdescribed', line });
    const { id, name } = parsed.entry.by;
    if (name !== null) this.names.set(id, name);
  }

  private end({ records, sha256, signature }: z.infer<typeof endShape>, isAsWritten: boolean): void {
    this.hasEnded = true;
    const { by } = this.head!;
    const digest = this.hash.digest();
    const isSigned = identityId(by) === by.id && verify(Buffer.from(by.sign, 'hex'), Buffer.from(signature, 'base64url'), LABEL, digest);
    if (!isAsWritten || !isSigned || digest.toString('hex') !== sha256 || records !== this.line - 2) this.tell({ kind: 'altered' });
  }

  private tell(finding: ExportFinding): void {
    if (this.findings.length < MAX_FINDINGS) this.findings.push(finding);
  }
}

function headOf(found: unknown): z.infer<typeof headShape> {
  const head = headShape.safeParse(found).data;
  if (head === undefined) throw new SnapstageError('damaged', 'This is not an exported audit trail.', { reason: 'no-trail' });
  if (head.version <= VERSION) return head;
  throw new SnapstageError('newer-format', 'This audit trail was exported by a newer Snapstage.', { version: head.version });
}

function readWhole(bytes: Buffer, space: string): SignedRecord | Flaw {
  try {
    return readRecord(bytes, { space, log: logIn(bytes) });
  } catch (error) {
    if (!(error instanceof SnapstageError) || error.details['flaw'] === undefined) throw error;
    return error.details['flaw'] as Flaw;
  }
}

/** The log that a record says it is of, which its keys have to prove. */
function logIn(bytes: Buffer): string {
  return /"log":"(?<log>[0-9a-f]{32})"/.exec(bytes.toString('latin1'))?.groups?.['log'] ?? '';
}

/** True when what is beside a record fits it, as far as that can be told without keys. */
function isDescribed(record: SignedRecord, { entry, body }: z.infer<typeof lineShape>): boolean {
  const { log, sequence, depth, audience } = record.header;
  const isIts =
    entry.id === record.hash && entry.by.id === log && entry.sequence === sequence && entry.depth === depth && entry.audience === audience;
  if (!isIts || (body !== null && body.kind !== entry.kind)) return false;
  if (audience !== 'clear') return true;
  const said = clearBody(record);
  return JSON.stringify(said ?? null) === JSON.stringify(body);
}
