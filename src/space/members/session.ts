import { quietly, SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import { Work } from '../../base/work.ts';
import type { StoreFiles } from '../../store/files.ts';
import type { Hub } from '../hub/hub.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import { grownSince, listen, ring, type Rung } from '../logs/bell.ts';
import { sendCheckpoint } from '../logs/checkpoints.ts';
import { lastingFindings, readLastLook, writeLastLook, type LastLook } from '../logs/lastLook.ts';
import type { Link } from '../logs/link.ts';
import { LogReader, together, type LogFinding, type Reading, type SeenHeads } from '../logs/logReader.ts';
import { LogWriter } from '../logs/logWriter.ts';
import { OwnLog, type Sent } from '../logs/ownLog.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { identityId, publicKeysOf } from '../records/identity.ts';
import type { KnownSecret } from '../records/membership.ts';
import type { Acting } from './acts.ts';
import { Attachments } from './attachments.ts';
import { authorityRecords } from './authority.ts';
import { MASTERS } from './audiences.ts';
import { checkpointOf } from './checkpoints.ts';
import { Keychain } from './keychain.ts';
import { Lists, listsNamed, readList, sendLists } from './lists.ts';
import { newcomer } from './newcomer.ts';
import { readAuthority, readMembers, readShard, sendShards, type Grown } from './reading.ts';
import { shardName } from './shards.ts';
import { foldSpace, type SpaceState } from './state.ts';

export interface SessionInput {
  readonly space: string;
  readonly hub: Hub;
  /** The instance's store, and the Space's folder directly in it. */
  readonly files: Pick<StoreFiles, 'list' | 'read' | 'write' | 'remove'>;
  readonly folder: string;
  readonly keys: KeyPairs;
  /** Of an invite that is being used, or of the root. */
  readonly otherKeys: readonly KeyPairs[];
  /** Secrets that are kept with the keys. */
  readonly secrets: readonly KnownSecret[];
  readonly heads: SeenHeads;
  readonly host: Pick<Host, 'now' | 'randomHex'>;
}

/** In the Space's folder. */
export const LAST_LOOK = 'last-look';
/** All logs are listed this often, whatever the bell says. */
const HOUR_MS = 3_600_000;

/** A state, the number of records that had been read for it, and when. */
interface Folded {
  readonly state: SpaceState;
  readonly known: number;
  readonly at: number;
}

/** What there is to look at, as the bell told it. */
export interface Announced {
  readonly grown: Grown;
  readonly rung: Rung;
}

/** One instance at work in a Space: it looks at the hub, acts on what it knows, and sends what it wrote. The caller holds the store's lock. */
export class SpaceSession {
  readonly log: string;
  private readonly input: SessionInput;
  private readonly own: OwnLog;
  private readonly reader: LogReader;
  private readonly keychain: Keychain;
  private readonly attachments: Attachments;
  private readonly lists: Lists;
  private lastLook: LastLook | undefined;
  private folded: Folded | undefined;
  /** What had been left out is to be read. */
  private owesAll = false;

  constructor(input: SessionInput) {
    const { space, hub, files, folder, heads } = input;
    this.input = input;
    this.log = identityId(publicKeysOf(input.keys));
    this.own = new OwnLog(files, folder, { space, log: this.log });
    const ids = [input.keys, ...input.otherKeys].map((keys) => identityId(publicKeysOf(keys)));
    const comer = newcomer({ space, log: this.log, ids, first: () => this.first() });
    this.reader = new LogReader(space, hub, files, folder, heads, comer);
    this.keychain = new Keychain(space, [input.keys, ...input.otherKeys]);
    this.attachments = new Attachments(files, folder);
    this.lists = new Lists(this.keychain, (file) => this.attachments.list(file));
    this.lastLook = readLastLook(files, `${folder}/${LAST_LOOK}`);
  }

  /** All records that are known here, each once, in no order. */
  records(): readonly SignedRecord[] {
    const all = [...new Set([this.log, ...this.reader.known()])].flatMap((log) => this.held(log));
    return [...new Map(all.map((record) => [record.hash, record])).values()];
  }

  /** The state by what is known here. */
  state(): SpaceState {
    const now = this.input.host.now();
    const known = this.reader.count;
    if (this.folded?.known === known && holdsAt(this.folded, now)) return this.folded.state;
    let state = this.fold(now);
    if (!state.isBorneOut) {
      this.reader.readAll(true);
      this.owesAll = true;
      state = this.fold(now);
    }
    this.folded = { state, known: this.reader.count, at: now };
    return state;
  }

  private fold(now: number): SpaceState {
    const { space, secrets } = this.input;
    return foldSpace({
      space,
      held: (log) => this.links(log),
      checkpoints: () => this.reader.checkpoints(),
      logs: [this.log, ...this.reader.known()],
      keychain: this.keychain,
      secrets,
      shards: this.attachments.shards,
      lists: this.lists,
      now,
    });
  }

  /**
   * Asks what there is to look at: with `isPolled` only what the bell says, unless all was last listed an hour ago; else everything. When that
   * was done, `remember` it.
   * @throws SnapstageError only when the hub is not there.
   */
  async listen({ isPolled }: { readonly isPolled: boolean }, { masters, audiences }: SpaceState): Promise<Announced> {
    const rung = await listen(this.input.hub);
    const last = this.lastLook;
    const now = this.input.host.now();
    if (!isPolled || last === undefined || now < last.listed || now >= last.listed + HOUR_MS) return { grown: 'all', rung };
    const { grown, isAll } = grownSince(last.rung, rung, (log) => masters.has(log));
    const readsAll = audiences.get(MASTERS)?.secret !== undefined;
    return { grown: isAll && readsAll ? 'all' : grown, rung };
  }

  /**
   * Notes that this was looked at and what was found; but what the bell announced and the hub did not have yet is asked for again. Returns
   * what is known to be odd, also of logs that were not looked at now.
   */
  remember({ grown, rung }: Announced, { masters, members }: SpaceState, findings: readonly LogFinding[]): readonly LogFinding[] {
    const isRead = (log: string): boolean => masters.has(log) || (members.get(log)?.state ?? 'waiting') !== 'waiting';
    const hasCome = ([log, sequence]: readonly [string, number]): boolean =>
      !isRead(log) || this.reader.held(log).length === 0 || this.held(log).some(({ header }) => header.sequence >= sequence);
    const last = this.lastLook ?? { listed: 0, sent: null, findings: [] };
    const lasting = lastingFindings(last.findings, findings, grown);
    const listed = grown === 'all' ? this.input.host.now() : last.listed;
    this.note({ rung: new Map([...rung].filter(hasCome)), listed, sent: last.sent, findings: lasting });
    return [...lasting, ...findings.filter((one) => !lasting.includes(one))];
  }

  /**
   * Reads what is new in the hub: what root and Masters say, the own log, and for a Master the members’. With `grown` (what the bell
   * says) other logs are left alone; all are read when the Space is opened, and now and then. Resolves to the state and what was found.
   * @throws SnapstageError only when the hub is not there, or `cancelled`.
   */
  async look(grown: Grown = 'all', work = new Work()): Promise<Reading & { readonly state: SpaceState }> {
    const { hub, space } = this.input;
    let readings = await readAuthority(space, this.reader, work, grown, [this.log]);
    if (this.own.adopt(this.reader.held(this.log))) this.folded = undefined;
    let state = this.state();
    if (state.stubs.length > 0 && isLeading(state, this.log)) {
      this.reader.readAll(false);
      this.owesAll = true;
    }
    if (this.owesAll) {
      readings = await readAuthority(space, this.reader, work, 'all', [this.log]);
      this.owesAll = false;
      state = this.state();
    }
    if (state.audiences.get(MASTERS)?.secret !== undefined) {
      readings = [...readings, ...(await readMembers(hub, this.reader, state, work, grown))];
      state = this.state();
    }
    for (const hash of state.shardsWanted) {
      const bytes = await readShard(hub, hash);
      if (bytes !== undefined) this.keepShard(bytes);
    }
    if (state.shardsWanted.length > 0) state = this.state();
    await this.fetchLists(state);
    return { ...together(readings), state };
  }

  /** As `look` at all logs, and what newcomers leave out of Masters' is read too. @throws as `look`. */
  lookAtAll(): Promise<Reading & { readonly state: SpaceState }> {
    this.reader.readAll(false);
    return this.look();
  }

  /**
   * Does something on what is known, and keeps its records until they are sent.
   * @throws SnapstageError as the act; `refused` when this log goes on elsewhere; `newer-format` when this version may not act; `stale-plan`.
   */
  act<T>(action: (acting: Acting) => T): T {
    const { space, keys, host } = this.input;
    const state = this.state();
    this.checkMayAct(state);
    const writer = new LogWriter(space, keys, this.own.records().at(-1), state.heads, host);
    const result = action({ state, writer, host });
    for (const shard of writer.attached) this.keepShard(shard);
    for (const list of writer.lists) this.attachments.keepList(this.log, list);
    this.save(writer.written);
    return result;
  }

  /** Keeps the records that a Space begins with (`createSpace`), its root's or its first Master's, until they are sent. */
  begin(records: readonly SignedRecord[]): void {
    this.save(records);
  }

  /**
   * Sends what the hub lacks of what was written here, and packs what is `settled` of it (how many of the first records); then what newcomers
   * read in its place.
   * @throws SnapstageError when the hub is not there or can't be written to.
   */
  async send(settled = 0): Promise<Sent> {
    const { hub, host } = this.input;
    const turn = Math.floor(host.now() / HOUR_MS);
    const old = this.oldShards();
    const isNew = this.hasNews; // it may have got to the hub by another way, and nobody was told
    await sendShards(hub, new Map([...this.attachments.shards].filter(([hash]) => !old.includes(hash))), turn);
    await sendLists(hub, this.log, this.attachments.listsOf(this.log));
    const sent = await this.own.send(hub, { packable: settled, turn });
    const checkpoint = sent.elsewhere.length === 0 ? checkpointOf(this.state(), this.log) : undefined;
    if (checkpoint !== undefined) await sendCheckpoint(hub, checkpoint, this.own.records(), turn);
    const { length } = this.own.records();
    if (isNew || sent.sent > 0) await ring(hub, this.log, length, this.mayLead());
    if (sent.elsewhere.length === 0) await this.dropShards(old);
    const last = this.lastLook;
    if (last !== undefined && sent.elsewhere.length === 0) {
      const rung = isNew || sent.sent > 0 ? new Map([...last.rung, [this.log, length]]) : last.rung;
      this.note({ ...last, rung, sent: this.own.records().at(-1)?.hash ?? null });
    }
    return sent;
  }

  /** There are records that have not been sent, as far as is known here. */
  get hasNews(): boolean {
    return this.lastLook === undefined || this.lastLook.sent !== (this.ownRecords().at(-1)?.hash ?? null);
  }

  /** Whether an own record has been sent, as far as is known here. */
  isSent(hash: string): boolean {
    const own = this.ownRecords();
    const last = own.findLastIndex((record) => record.hash === this.lastLook?.sent);
    return own.findIndex((record) => record.hash === hash) <= last;
  }

  /** Somebody else has this instance's key and writes its log. */
  get isDoubled(): boolean {
    const own = new Set(this.own.records().map(({ hash }) => hash));
    return this.log !== this.input.space && this.reader.held(this.log).some(({ hash }) => !own.has(hash));
  }

  /** Gives the hub back what it lost of what others wrote. Returns how many records. */
  async putBack(lost: Reading['lost']): Promise<number> {
    return this.reader.putBack(lost);
  }

  private held(log: string): readonly SignedRecord[] {
    return log === this.log ? [...this.reader.held(log), ...this.ownRecords()] : this.reader.held(log);
  }

  private links(log: string): readonly Link[] {
    return log === this.log ? [...this.reader.links(log), ...this.ownRecords()] : this.reader.links(log);
  }

  /** The first record of this instance's log. */
  private first(): SignedRecord | 'damaged' | undefined {
    const own = this.readOwn();
    return own === undefined ? 'damaged' : (own[0] ?? this.reader.held(this.log).find(({ header }) => header.sequence === 1));
  }

  /** Nothing of a damaged log: one can still read the Space, and is told when one acts. */
  private ownRecords(): readonly SignedRecord[] {
    return this.readOwn() ?? [];
  }

  /** Nothing where the log is damaged. */
  private readOwn(): readonly SignedRecord[] | undefined {
    try {
      return this.own.records();
    } catch (error) {
      if (error instanceof SnapstageError && error.code === 'damaged') return undefined;
      throw error;
    }
  }

  private checkMayAct(state: SpaceState): void {
    const { stopped, stubs } = state;
    if (stopped.length > 0) {
      const message = 'A Master of this Space uses a newer Snapstage. Update this one to go on here.';
      throw new SnapstageError('newer-format', message, { kinds: stopped });
    }
    if (stubs.length > 0 && isLeading(state, this.log)) {
      const message = 'This instance has not read all yet that a Master has to know: the hub lacks a part of it. Try again later.';
      throw new SnapstageError('refused', message, { reason: 'not-all-read', records: stubs.length });
    }
    if (this.isDoubled) {
      const message = 'Another copy of this instance has gone on writing its log. This one needs a log of its own: join again.';
      throw new SnapstageError('refused', message, { reason: 'log-elsewhere', log: this.log });
    }
  }

  /** Lists that records name and that are not here. */
  private async fetchLists(state: SpaceState): Promise<void> {
    for (const file of this.attachments.lacking(listsNamed(state))) {
      const bytes = await readList(this.input.hub, file);
      if (bytes !== undefined) this.attachments.keepList(file.log, bytes);
    }
  }

  /** Files of wraps for keys that were followed by others, which open them: nobody reads these any more. */
  private oldShards(): string[] {
    const audiences = [...this.state().audiences.values()];
    // What no other key opens yet is opened by its wraps alone.
    if (audiences.some(({ apart }) => apart.length > 0)) return [];
    const held = new Set(audiences.flatMap(({ current }) => current.shards));
    return [...this.attachments.shards.keys()].filter((hash) => !held.has(hash));
  }

  /** Forgets files of wraps; a Master, who knows all keys, takes them from the hub too. The records of the keys after them have been sent. */
  private async dropShards(hashes: readonly string[]): Promise<void> {
    const isMaster = this.state().audiences.get(MASTERS)?.secret !== undefined;
    if (isMaster && hashes.length > 0) await this.input.hub.remove(...hashes.map(shardName));
    for (const hash of hashes) this.attachments.dropShard(hash);
  }

  /** Tells Masters' logs, and those that may turn out to be. */
  private mayLead(): (log: string) => boolean {
    const { space } = this.input;
    const { logs } = authorityRecords(space, (log) => this.links(log), new Keychain(space, []));
    return (log) => logs.has(log);
  }

  private note(look: LastLook): void {
    this.lastLook = look;
    quietly(() => writeLastLook(this.input.files, `${this.input.folder}/${LAST_LOOK}`, look));
  }

  private keepShard(bytes: Buffer): void {
    this.attachments.keepShard(bytes);
    this.folded = undefined;
  }

  private save(records: readonly SignedRecord[]): void {
    if (records.length === 0) return;
    this.folded = undefined;
    this.own.save(records);
  }
}

/** True for who is a Master, or can open what Masters can. */
function isLeading({ masters, audiences }: SpaceState, log: string): boolean {
  const master = masters.get(log);
  return (master !== undefined && master.end === undefined) || audiences.get(MASTERS)?.secret !== undefined;
}

/** The time changes a state only by the invites that it ends. */
function holdsAt({ state: { invites }, at }: Folded, now: number): boolean {
  return now >= at && ![...invites.values()].some(({ state, expires }) => state === 'open' && now > expires);
}
