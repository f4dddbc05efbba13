/** What is remembered of the last look at the hub, so that the next one asks only for what is new. */
import * as z from 'zod';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Flaw } from '../records/envelope.ts';
import { head, id128, id256, time } from '../records/shapes.ts';
import type { Rung } from './bell.ts';
import type { LogFinding } from './logReader.ts';

export interface LastLook {
  /** What the bell said. */
  readonly rung: Rung;
  /** When all logs were listed: milliseconds since 1970. */
  readonly listed: number;
  /** Hash of the newest own record that was sent with all before it. */
  readonly sent: string | null;
  /** What was not as it should be with logs, and is so until they are looked at again. */
  readonly findings: readonly LogFinding[];
}

const MAX_FINDINGS = 200;

const FLAWS = [
  'too-large',
  'malformed',
  'newer-format',
  'other-place',
  'changed',
  'bad-signature',
  'unreadable',
] as const satisfies readonly (Flaw | 'unreadable')[];

const finding = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('refused'), log: id128, name: z.string(), flaw: z.enum(FLAWS) }),
  z.strictObject({ kind: z.literal('strangers'), log: id128, count: z.int() }),
  z.strictObject({ kind: z.literal('rolled-back'), log: id128, known: head }),
  z.strictObject({ kind: z.literal('flooded'), log: id128 }),
]);

const shape = z.strictObject({
  rung: z.array(z.tuple([id128, z.int()])),
  listed: time,
  sent: id256.nullable(),
  findings: z.array(finding),
});

/** Those of logs that were not looked at now, and those that were found now; what was put right is none any more. */
export function lastingFindings(last: readonly LogFinding[], now: readonly LogFinding[], looked: readonly string[] | 'all'): LogFinding[] {
  const stays = (one: LogFinding): boolean => looked !== 'all' && 'log' in one && !looked.includes(one.log);
  return [...last.filter(stays), ...now.filter(({ kind }) => kind !== 'lost' && kind !== 'emptied')].slice(0, MAX_FINDINGS);
}

/** Nothing where it is lost: then all is looked at. */
export function readLastLook(files: Pick<StoreFiles, 'read'>, file: string): LastLook | undefined {
  const found = shape.safeParse(decodeChecked(files.read(file))).data;
  return found && { ...found, rung: new Map(found.rung) };
}

/** Writes nothing where it is as it was: others watch the folder. */
export function writeLastLook(files: Pick<StoreFiles, 'read' | 'write'>, file: string, { rung, ...rest }: LastLook): void {
  const bytes = encodeChecked({ rung: [...rung], ...rest });
  if (files.read(file)?.equals(bytes) !== true) files.write(file, bytes, false);
}
