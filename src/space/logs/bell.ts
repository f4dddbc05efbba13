/** The bell: one tiny file in the hub that says which logs grew last. It is a hint that anybody may overwrite; nothing depends on it. */
import { SnapstageError } from '../../base/errors.ts';
import type { Hub } from '../hub/hub.ts';
import { flawIn } from './hubRecords.ts';

/** In the hub. */
export const BELL = 'bell';
const LINE = /^[0-9a-f]{32} \d{1,10}$/;
const MAX_LINES = 64;
/** Lines that stay however many others ring: those of Masters, which all listen to. */
const MAX_KEPT = 16;
const MAX_BYTES = MAX_LINES * 44;

/** How many records logs are said to have, by log: those that are kept, then the others, the last to ring last. */
export type Rung = ReadonlyMap<string, number>;

/** Tells the others that a log has this many records now. Of two who ring at once one may not be heard. */
export async function ring(hub: Hub, log: string, sequence: number, isKept: (log: string) => boolean): Promise<void> {
  const rung = [...(await listen(hub)), [log, sequence] as const].filter(([of, at]) => of !== log || at === sequence);
  const kept = new Map(rung.filter(([of]) => isKept(of)).slice(-MAX_KEPT));
  const others = new Map(rung.filter(([of]) => !isKept(of)).slice(kept.size - MAX_LINES));
  try {
    await hub.hint(BELL, Buffer.from([...kept, ...others].map((line) => line.join(' ')).join('\n')));
  } catch (error) {
    if (!(error instanceof SnapstageError)) throw error;
  }
}

/** What the bell says; nothing where it makes no sense or can't be read. @throws SnapstageError when the hub is not there, or `cancelled`. */
export async function listen(hub: Hub): Promise<Rung> {
  try {
    const text = (await hub.read(BELL, MAX_BYTES))?.toString('latin1') ?? '';
    const lines = text.split('\n').filter((line) => LINE.test(line));
    return new Map(lines.map((line) => [line.slice(0, 32), Number(line.slice(33))]));
  } catch (error) {
    flawIn(error);
    return new Map();
  }
}

/** The logs that are said to have grown between two times of listening. `isAll`: others that are not kept may have too. */
export function grownSince(
  before: Rung,
  now: Rung,
  isKept: (log: string) => boolean,
): { readonly grown: readonly string[]; readonly isAll: boolean } {
  const isNew = ([log, sequence]: readonly [string, number]): boolean => before.get(log) !== sequence;
  const silenced = [...before.keys()].filter((log) => isKept(log) && !now.has(log));
  const [wereOthers, areOthers] = [before, now].map((rung) => [...rung].filter(([log]) => !isKept(log))) as [
    [string, number][],
    [string, number][],
  ];
  // As long as anything is left of what was heard before, all that came later is there too.
  const isAll = areOthers.every(isNew) && areOthers.length + wereOthers.length > 0;
  return { grown: [...silenced, ...[...now].filter(isNew).map(([log]) => log)], isAll };
}
