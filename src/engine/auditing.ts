/** The audit trail of a Space: listing it, checking it, and writing it to a file that can be checked elsewhere. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Work } from '../base/work.ts';
import { encodeExport, linesOf, type ExportedRecord } from '../space/audit/exportFile.ts';
import { ExportReader, MAX_LINE, type ExportedTrail } from '../space/audit/exportReader.ts';
import { changedIn, findingsIn } from '../space/audit/findings.ts';
import { changedInHub } from '../space/audit/hubCheck.ts';
import { afterWhatTheyName, trailOf } from '../space/audit/trail.ts';
import type { LogFinding } from '../space/logs/logReader.ts';
import { Keychain } from '../space/members/keychain.ts';
import { foldSpace, type SpaceState } from '../space/members/state.ts';
import type { Participant } from '../space/participant/participant.ts';
import type { SignedRecord } from '../space/records/envelope.ts';
import { clearUnfinished, NewFile } from '../instance/newFolder.ts';
import type * as api from './auditApi.ts';
import { auditEntries, party } from './auditEntries.ts';
import { exportFindings, hubFindings, limitsOf, outsider, trailFindings } from './auditFindings.ts';
import { writeParts } from './fileStream.ts';
import type { Open } from './open.ts';
import type { Machine } from './opener.ts';
import { participating } from './spaces.ts';
import { refuseTaken } from './transfer.ts';

export function audit(open: Open, machine: Machine): Promise<api.AuditTrail> {
  return participating(open, machine, async (participant) => {
    const { state } = participant;
    return { ...about(participant), entries: [...auditEntries(state, afterWhatTheyName(trailOf(state, participant.records)))] };
  });
}

export function verifyAudit(open: Open, machine: Machine, { hub }: { readonly hub?: boolean }): Promise<api.AuditReport> {
  return participating(open, machine, async (participant) => {
    const inHub = hub === true ? await lookAtHub(participant, open.work) : [];
    const { state, records, isMaster, seenHeads } = participant;
    open.work.begin('verify', records.length);
    const changed = changedIn(state.space, records, () => open.work.check());
    const nameOf = (id: string): api.AuditParty => party(state, id);
    const found = [...changed, ...findingsIn(state, records, { own: participant.belonging.log, isWhole: isMaster, heads: seenHeads })];
    return report(about(participant), state, records, [...trailFindings(found, nameOf), ...hubFindings(inHub, nameOf)], null);
  });
}

/** @throws SnapstageError `exists`; those of the system, and nothing is left of the file then; those of the hub, where not all is here. */
export function exportAudit(
  open: Open,
  machine: Machine,
  { to, force }: { readonly to: string; readonly force?: boolean },
): Promise<api.AuditExport> {
  return participating(open, machine, async (participant) => {
    const { store, session, work } = open;
    // A file that says by itself whether it is whole has to be it.
    if (participant.state.stubs.length > 0) await participant.lookAtAll();
    const { state, records } = participant;
    const file = path.resolve(to);
    clearUnfinished(store);
    refuseTaken(file, force === true);
    using written = new NewFile(store, session, file);
    const head = { space: state.space, name: state.name ?? null, made: new Date(store.host.now()).toISOString() };
    work.begin('write', records.length);
    const bytes = await writeParts(written.descriptor, encodeExport(head, exported(state, records, work), participant));
    refuseTaken(file, force === true);
    written.finish();
    return { space: state.space, records: records.length, bytes };
  });
}

/** Checks a file by itself. @throws SnapstageError `damaged` when it is none; those of the system. */
export async function verifyAuditFile(from: string, now: number, work: Work): Promise<api.AuditReport> {
  const reader = new ExportReader();
  work.begin('verify');
  for await (const line of linesOf(fs.createReadStream(path.resolve(from)) as AsyncIterable<Buffer>, MAX_LINE)) {
    reader.take(line);
    work.advance(1, line.length);
    work.check();
  }
  return exportedReport(reader.finish(), now);
}

function* exported(state: SpaceState, records: readonly SignedRecord[], work: Work): Generator<ExportedRecord> {
  const trail = trailOf(state, records);
  let at = 0;
  for (const entry of auditEntries(state, trail)) {
    work.check();
    const { record, said } = trail[at++]!;
    yield { record, entry, body: said.kind === 'body' ? said.body : undefined };
    work.advance(1, record.bytes.length);
  }
}

function exportedReport({ space, name, made, by, records, findings, names }: ExportedTrail, now: number): api.AuditReport {
  const byLog = Map.groupBy(records, ({ header }) => header.log);
  const held = (log: string): readonly SignedRecord[] => byLog.get(log) ?? [];
  // Without keys: what is sealed counts as far as its signature, its place and its citations go.
  const state = foldSpace({ space, held, logs: byLog.keys(), keychain: new Keychain(space, []), secrets: [], shards: new Map(), now });
  const nameOf = (id: string): api.AuditParty => ({ ...party(state, id), name: names.get(id) ?? null });
  const master = state.masters.get(by.id);
  const isWhole = master !== undefined && master.rank > 0 && master.end === undefined;
  const writer = nameOf(by.id);
  const found = [
    ...exportFindings(findings),
    ...(writer.role === null ? [outsider(writer)] : []),
    ...trailFindings(findingsIn(state, records, { own: by.id, isWhole }), nameOf),
  ];
  return report({ space, name, reads: isWhole ? 'all' : 'own' }, state, records, found, { by: writer, at: made });
}

async function lookAtHub(participant: Participant, work: Work): Promise<readonly LogFinding[]> {
  const { findings } = await participant.lookAtAll();
  // That the end of a log is gone is told by the trail, which knows where.
  const seen = findings.filter(({ kind }) => kind !== 'rolled-back');
  if (seen.some(({ kind }) => kind === 'emptied')) return seen;
  return [...seen, ...(await changedInHub(participant.hub, participant.records, work))];
}

function about({ state, isMaster }: Participant): Pick<api.AuditTrail, 'space' | 'name' | 'reads'> {
  return { space: state.space, name: state.name ?? null, reads: isMaster ? 'all' : 'own' };
}

function report(
  what: Pick<api.AuditReport, 'space' | 'name' | 'reads'>,
  { stubs }: SpaceState,
  records: readonly SignedRecord[],
  findings: readonly api.AuditFinding[],
  exportedBy: api.AuditReport['exported'],
): api.AuditReport {
  return {
    ...what,
    records: records.length,
    logs: new Set(records.map(({ header }) => header.log)).size,
    exported: exportedBy,
    findings,
    isDamaged: findings.some(({ isDamage }) => isDamage),
    limits: limitsOf(what.reads, stubs.length, exportedBy !== null),
  };
}
