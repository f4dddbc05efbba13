/** What is remembered of the last look at the hub, so that the next one asks only for what is new. */
import * as z from 'zod';
import { decodeChecked, encodeChecked } from '../../store/reservations.ts';
import type { StoreFiles } from '../../store/files.ts';
import { id128, id256, sequence, time } from '../records/shapes.ts';
import type { Rung } from './bell.ts';

export interface LastLook {
  /** What the bell said. */
  readonly rung: Rung;
  /** When all logs were listed: milliseconds since 1970. */
  readonly listed: number;
  /** Hash of the newest own record that was sent with all before it. */
  readonly sent: string | null;
}

const shape = z.strictObject({ rung: z.array(z.tuple([id128, z.union([z.literal(0), sequence])])), listed: time, sent: id256.nullable() });

/** Nothing where it is lost: then all is looked at. */
export function readLastLook(files: Pick<StoreFiles, 'read'>, file: string): LastLook | undefined {
  const found = shape.safeParse(decodeChecked(files.read(file))).data;
  return found && { ...found, rung: new Map(found.rung) };
}

export function writeLastLook(files: Pick<StoreFiles, 'write'>, file: string, { rung, ...rest }: LastLook): void {
  files.write(file, encodeChecked({ rung: [...rung], ...rest }), false);
}
