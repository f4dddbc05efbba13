/** An instance in its Space: what it knows, what it hears from the hub, and what it says there. */
import type { Host } from '../../base/host.ts';
import type { StoreFiles } from '../../store/files.ts';
import { idHex, idOf } from '../../store/ids.ts';
import type { Hub } from '../hub/hub.ts';
import type { InstanceKeys, Keyring } from '../keys/keyring.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import { ring } from '../logs/bell.ts';
import { LogReader, type LogFinding, type SeenHeads } from '../logs/logReader.ts';
import { LogWriter } from '../logs/logWriter.ts';
import { OwnLog } from '../logs/ownLog.ts';
import type { Acting } from '../members/acts.ts';
import { admissible, admit, countersign, refreshEpochs, refreshVault } from '../members/acts.ts';
import { readAuthority, readMembers, readShards } from '../members/reading.ts';
import { shardName } from '../members/shards.ts';
import { foldSpace, type SpaceState } from '../members/state.ts';
import { ofKind } from '../members/statements.ts';
import type { SignedRecord } from '../records/envelope.ts';
import type { KnownSecret } from '../records/membership.ts';
import type { Head } from '../records/shapes.ts';
import { SPACE_FOLDER, type Belonging } from './belonging.ts';

export interface Ground {
  /** Of the instance's store, in which nobody else writes the same log. */
  readonly files: StoreFiles;
  readonly host: Host;
  readonly keyring: Keyring;
  readonly hub: Hub;
}

/** What was heard and said. */
export interface Heard {
  /** New records by others. */
  readonly fresh: number;
  readonly findings: readonly LogFinding[];
  /** Logs that were let in just now. */
  readonly admitted: readonly string[];
  /** Records of this instance's own log by somebody else who has its key: it needs a log of its own. */
  readonly isDoubled: boolean;
}

const LOG_FILE = /^log-(?<log>[0-9a-f]{32})$/;
const SHARD_FILE = /^shard-(?<hash>[0-9a-f]{64})$/;

export class Participant {
  readonly belonging: Belonging;
  readonly own: OwnLog;
  private readonly ground: Ground;
  private readonly keys: Pick<InstanceKeys, 'pairs' | 'secrets' | 'heads'>;
  /** Those of an invite, or of the root, while they are at hand. */
  private readonly others: readonly KeyPairs[];
  private readonly heads: Heads;
  private readonly reader: LogReader;
  private readonly shards = new Map<string, Buffer>();
  private logs: readonly string[];
  private folded: SpaceState | undefined;

  constructor(
    ground: Ground,
    belonging: Belonging,
    keys: Pick<InstanceKeys, 'pairs' | 'secrets' | 'heads'>,
    others: readonly KeyPairs[] = [],
  ) {
    const { files, hub } = ground;
    const { space, log } = belonging;
    this.ground = ground;
    this.belonging = belonging;
    this.keys = keys;
    this.others = others;
    this.heads = new Heads(keys.heads);
    this.own = new OwnLog(files, SPACE_FOLDER, { space, log });
    this.reader = new LogReader(space, hub, files, SPACE_FOLDER, this.heads);
    const names = files.list(SPACE_FOLDER);
    this.logs = [...names.flatMap((name) => LOG_FILE.exec(name)?.groups?.['log'] ?? []), log];
    for (const name of names) this.readShard(name);
  }

  /** As of what is known here. */
  get state(): SpaceState {
    return (this.folded ??= foldSpace({
      space: this.belonging.space,
      held: (log) => (log === this.belonging.log ? this.own.records() : this.reader.held(log)),
      logs: this.logs,
      identities: [this.keys.pairs, ...this.others],
      secrets: this.keys.secrets,
      shards: this.shards,
      now: this.ground.host.now(),
    }));
  }

  get isMaster(): boolean {
    const master = this.state.masters.get(this.belonging.log);
    return master !== undefined && master.end === undefined;
  }

  /**
   * Hears what is new and sends what was not sent; a Master lets in who may come. What is learned is kept with the keys.
   * @throws SnapstageError those of the hub.
   */
  async sync(): Promise<Heard> {
    const before = this.known();
    const reading = await this.read();
    await this.reader.putBack(reading.lost);
    const admitted = this.isMaster ? await this.receive() : await this.renewVault();
    const { elsewhere } = await this.send();
    await this.learn();
    return { fresh: this.known() - before, findings: reading.findings, admitted, isDoubled: elsewhere.length > 0 };
  }

  /** Reads what root, Masters and, for a Master, members say. */
  async read(): Promise<{ readonly findings: readonly LogFinding[]; readonly lost: readonly SignedRecord[] }> {
    const { hub } = this.ground;
    const readings = [await readAuthority(this.belonging.space, this.reader)];
    this.folded = undefined;
    if (this.isMaster) {
      const members = await readMembers(hub, this.reader, this.state);
      this.logs = [...new Set([...this.logs, ...members.logs])];
      readings.push(members);
      this.folded = undefined;
    }
    await this.readShards();
    return { findings: readings.flatMap(({ findings }) => findings), lost: readings.flatMap(({ lost }) => lost) };
  }

  /**
   * Says something, durably, and sends it if the hub is there; otherwise it goes with the next `sync`. A Master's new keys come first.
   * Returns what `run` does.
   */
  async act<T>(run: (acting: Acting) => T): Promise<T> {
    if (this.isMaster) await this.renewKeys();
    const writer = this.writer();
    const result = run({ state: this.state, writer, host: this.ground.host });
    this.save(writer);
    if (this.isMaster) await this.renewKeys();
    return result;
  }

  /** Sends what the hub lacks of this instance's records, and rings its bell. @throws SnapstageError those of the hub. */
  async send(): Promise<{ readonly sent: number; readonly elsewhere: readonly SignedRecord[] }> {
    const { hub } = this.ground;
    for (const [hash, bytes] of this.shards) {
      if (this.isOwnShard(hash)) await hub.create(shardName(hash), bytes);
    }
    const sent = await this.own.send(hub);
    if (sent.sent > 0) await ring(hub, this.belonging.log, this.own.records().length);
    return sent;
  }

  /** Keeps what was learned with the keys. */
  async learn(): Promise<void> {
    const { space, log } = this.belonging;
    const secrets: KnownSecret[] = [...this.state.audiences.values()].flatMap(({ name, current, secret }) =>
      secret === undefined ? [] : [{ audience: name, epoch: current.id, secret: secret.toString('base64url') }],
    );
    await this.ground.keyring.learn(space, log, { secrets, heads: this.heads.news() });
  }

  /** The newest record of somebody else's log that is known here. */
  newest(log: string): SignedRecord | undefined {
    return this.reader
      .held(log)
      .reduce<SignedRecord | undefined>((last, one) => (one.header.sequence > (last?.header.sequence ?? 0) ? one : last), undefined);
  }

  /** Makes the next records of the own log. */
  writer(): LogWriter {
    const { host } = this.ground;
    return new LogWriter(this.belonging.space, this.keys.pairs, this.own.records().at(-1), this.state.heads, host);
  }

  save({ written }: LogWriter): void {
    this.own.save(written);
    this.folded = undefined;
  }

  /** Lets in who may come, renews keys, and signs what was seen of members' logs. */
  private async receive(): Promise<readonly string[]> {
    const admitted: string[] = [];
    for (const { log } of admissible(this.state)) {
      await this.act((acting) => admit(acting, log));
      admitted.push(log);
    }
    await this.renewKeys();
    const unseen = this.unseenHeads();
    if (unseen.length > 0) await this.act((acting) => countersign(acting, unseen));
    return admitted;
  }

  private async renewVault(): Promise<readonly string[]> {
    if (!this.state.audiences.has(`vault-${this.belonging.log}`)) return [];
    const writer = this.writer();
    refreshVault({ state: this.state, writer, host: this.ground.host });
    if (writer.written.length > 0) this.save(writer);
    return [];
  }

  private async renewKeys(): Promise<void> {
    await this.readShards();
    const writer = this.writer();
    const made = refreshEpochs({ state: this.state, writer, host: this.ground.host });
    for (const shard of made.flatMap(({ shards }) => shards)) this.keepShard(shard);
    if (writer.written.length > 0) this.save(writer);
  }

  /** Heads of members' logs that no Master has signed for. */
  private unseenHeads(): (Head & { readonly log: string })[] {
    const signed = new Map<string, number>();
    for (const { body } of ofKind(this.state.statements, 'seen')) {
      for (const { log, sequence } of body.heads) signed.set(log, Math.max(signed.get(log) ?? 0, sequence));
    }
    return [...this.state.members.values()].flatMap(({ log, state, chain }) => {
      const last = chain.standing.at(-1);
      if (state === 'waiting' || last === undefined || last.header.sequence <= (signed.get(log) ?? 0)) return [];
      return [{ log, sequence: last.header.sequence, hash: last.hash }];
    });
  }

  private known(): number {
    return [...new Set([...this.logs, ...this.state.masters.keys()])].reduce((sum, log) => sum + this.reader.held(log).length, 0);
  }

  private async readShards(): Promise<void> {
    const wanted = this.state.shardsWanted;
    if (wanted.length === 0) return;
    for (const bytes of (await readShards(this.ground.hub, wanted)).values()) this.keepShard(bytes);
    this.folded = undefined;
  }

  private keepShard(bytes: Buffer): void {
    const hash = idHex(idOf(bytes));
    this.ground.files.write(`${SPACE_FOLDER}/shard-${hash}`, bytes, true);
    this.shards.set(hash, bytes);
  }

  private readShard(name: string): void {
    const hash = SHARD_FILE.exec(name)?.groups?.['hash'];
    const bytes = hash === undefined ? undefined : this.ground.files.read(`${SPACE_FOLDER}/${name}`);
    if (bytes !== undefined && idHex(idOf(bytes)) === hash) this.shards.set(hash, bytes);
  }

  private isOwnShard(hash: string): boolean {
    return ofKind(this.state.statements, 'keys').some(
      ({ body, record }) => record.header.log === this.belonging.log && body.shards.includes(hash),
    );
  }
}

/** Heads as the keys have them, and what came since. */
class Heads implements SeenHeads {
  private readonly known: Map<string, Head>;
  private readonly fresh = new Map<string, Head>();

  constructor(known: Readonly<Record<string, Head>>) {
    this.known = new Map(Object.entries(known));
  }

  get(log: string): Head | undefined {
    return this.known.get(log);
  }

  set(log: string, head: Head): void {
    this.known.set(log, head);
    this.fresh.set(log, head);
  }

  news(): Readonly<Record<string, Head>> {
    return Object.fromEntries(this.fresh);
  }
}
