import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import { inTurn } from '../logs/fetching.ts';
import { byName, fetchRecord, listRecords } from '../logs/hubRecords.ts';
import type { LogFinding } from '../logs/logReader.ts';
import { fetchPack, recordsOf } from '../logs/pack.ts';
import type { SignedRecord } from '../records/envelope.ts';

/** Files that are fetched at the same time. */
const AT_ONCE = 16;
const PACKS_AT_ONCE = 4;

/**
 * Reads records that are known here from the hub again, each byte, alone or in packs, and tells which files are others there. What is not
 * there is told by whoever lists the logs. @throws SnapstageError only when the hub is not there, or `cancelled`.
 */
export async function changedInHub(hub: Hub, records: readonly SignedRecord[], work: Work): Promise<LogFinding[]> {
  const found: LogFinding[] = [];
  work.begin('verify', records.length);
  for (const [log, some] of Map.groupBy(records, ({ header }) => header.log)) {
    const held = byName(some);
    const place = some[0]!.header;
    const { files, packs } = await listRecords(hub, log);
    const check = (name: string, flaw: Extract<LogFinding, { kind: 'refused' }>['flaw'] | undefined, count: number): void => {
      if (flaw !== undefined) found.push({ kind: 'refused', log, name, flaw });
      work.advance(count, 0);
      work.check();
    };
    const known = files.filter(({ name }) => held.has(name));
    await inTurn(known, AT_ONCE, async (file) => {
      const fetched = await fetchRecord(hub, place, file);
      check(file.name, fetched !== undefined && 'flaw' in fetched ? fetched.flaw : undefined, 1);
    });
    const whole = packs.filter((pack) => recordsOf(pack, held) !== undefined);
    await inTurn(whole, PACKS_AT_ONCE, async (pack) => {
      const fetched = await fetchPack(hub, place, pack, work);
      check(pack.name, fetched?.flaw, pack.last - pack.first + 1);
    });
  }
  return found;
}
