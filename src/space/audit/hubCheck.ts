import type { Work } from '../../base/work.ts';
import type { Hub } from '../hub/hub.ts';
import { fetchRecord, recordName } from '../logs/hubRecords.ts';
import type { LogFinding } from '../logs/logReader.ts';
import type { SignedRecord } from '../records/envelope.ts';

/** Files that are fetched at the same time. */
const AT_ONCE = 16;

/**
 * Reads records that are known here from the hub again, each byte, and tells which are others there. What is not there is told by whoever
 * lists the logs. @throws SnapstageError only when the hub is not there, or `cancelled`.
 */
export async function changedInHub(hub: Hub, records: readonly SignedRecord[], work: Work): Promise<LogFinding[]> {
  const found: LogFinding[] = [];
  work.begin('verify', records.length);
  for (let from = 0; from < records.length; from += AT_ONCE) {
    const some = records.slice(from, from + AT_ONCE);
    const fetched = await Promise.all(some.map((record) => fetchRecord(hub, record.header, { name: recordName(record), size: 0 })));
    for (const [i, one] of fetched.entries()) {
      const record = some[i]!;
      if (one !== undefined && 'flaw' in one)
        found.push({ kind: 'refused', log: record.header.log, name: recordName(record), flaw: one.flaw });
    }
    work.advance(some.length, 0);
    work.check();
  }
  return found;
}
