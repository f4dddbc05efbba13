/** Time for the compaction of a hub, for tests. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { decodeChecked, encodeChecked } from '../../src/store/reservations.ts';

export const DAY = 86_400_000;

/** As if so many days had passed since this Master last looked for what is unneeded; nothing where it has not. */
export function waitDays(masterFolder: string, days: number): void {
  const note = path.join(masterFolder, '.snapstage/space/hub-unneeded');
  if (!fs.existsSync(note)) return;
  const seen = decodeChecked(fs.readFileSync(note)) as Record<string, number>;
  fs.writeFileSync(note, encodeChecked(Object.fromEntries(Object.entries(seen).map(([name, at]) => [name, at - days * DAY]))));
}
