/** An instance in its Space: what it knows, what it hears from the hub, and what it says there. */
import { SnapstageError } from '../../base/errors.ts';
import type { Host } from '../../base/host.ts';
import type { StoreFiles } from '../../store/files.ts';
import { sign } from '../crypto/signing.ts';
import { Work } from '../../base/work.ts';
import type { AreaFile } from '../areas/area.ts';
import { sendMissing } from '../areas/areaSending.ts';
import { writeBeacon, writeReceipts } from '../assignments/acts.ts';
import { ownPacks } from '../assignments/vaultContent.ts';
import { areaOf } from '../delivery/distributions.ts';
import type { Hub } from '../hub/hub.ts';
import type { InstanceKeys, Keyring } from '../keys/keyring.ts';
import type { KeyPairs } from '../keys/keyPairs.ts';
import type { LogFinding, Reading, SeenHeads } from '../logs/logReader.ts';
import { recordsAmong } from '../logs/link.ts';
import type { Sent } from '../logs/ownLog.ts';
import { admissible, admit, countersign, refreshEpochs, refreshVault, type Acting } from '../members/acts.ts';
import { vaultOf } from '../members/audiences.ts';
import { writeCheckpoint } from '../members/checkpoints.ts';
import { SpaceSession } from '../members/session.ts';
import { settledIn } from '../members/settled.ts';
import type { SpaceState } from '../members/state.ts';
import { ofKind } from '../members/statements.ts';
import { arrive } from '../moving/moves.ts';
import type { SignedRecord } from '../records/envelope.ts';
import { publicKeysOf, type PublicKeys } from '../records/identity.ts';
import type { KnownSecret } from '../records/membership.ts';
import type { Head } from '../records/shapes.ts';
import { SPACE_FOLDER, type Belonging } from './belonging.ts';

export interface Ground {
  /** Of the instance's store, in which nobody else writes the same log. */
  readonly files: StoreFiles;
  readonly host: Host;
  readonly keyring: Keyring;
  readonly hub: Hub;
  /** A Master makes a checkpoint whenever so many records have come; absent: as is good for large Spaces. */
  readonly checkpointEvery?: number;
}

/** What was heard and said. */
export interface Heard {
  readonly findings: readonly LogFinding[];
  /** Logs that were let in just now. */
  readonly admitted: readonly string[];
  /** Somebody else has this instance's key and writes its log: it needs a log of its own. */
  readonly isDoubled: boolean;
  /** Why nothing could be put into the hub, which does not let itself be written to; it goes with a later sync. */
  readonly unwritten: SnapstageError | undefined;
}

export class Participant {
  readonly belonging: Belonging;
  /** What it stands on; its hub remembers what was read there and written. */
  readonly ground: Ground;
  private readonly heads: Heads;
  private readonly pairs: KeyPairs;
  private readonly session: SpaceSession;
  /** Epochs whose secrets are with the keys. */
  private readonly kept: Set<string>;

  /** `others`: keys of an invite, or of the root, while they are at hand. */
  constructor(
    ground: Ground,
    belonging: Belonging,
    { pairs, secrets, heads }: Pick<InstanceKeys, 'pairs' | 'secrets' | 'heads'>,
    others: readonly KeyPairs[] = [],
  ) {
    const { files, hub, host } = ground;
    this.ground = ground;
    this.belonging = belonging;
    this.heads = new Heads(heads);
    this.pairs = pairs;
    this.kept = new Set(secrets.map(({ epoch }) => epoch));
    this.session = new SpaceSession({
      space: belonging.space,
      hub,
      files,
      folder: SPACE_FOLDER,
      keys: pairs,
      otherKeys: others,
      secrets,
      heads: this.heads,
      host,
    });
  }

  get hub(): Hub {
    return this.ground.hub;
  }

  /** As of what is known here. */
  get state(): SpaceState {
    return this.session.state();
  }

  /** All records that are known here, each once, in no order. */
  get records(): readonly SignedRecord[] {
    return this.session.records();
  }

  /** The newest records of logs that were ever seen here. */
  get seenHeads(): Pick<SeenHeads, 'get'> {
    return this.heads;
  }

  /** Those that were first seen just now. */
  get newHeads(): Readonly<Record<string, Head>> {
    return this.heads.news();
  }

  get publicKeys(): PublicKeys {
    return publicKeysOf(this.pairs);
  }

  /** A signature by this instance, 64 bytes. */
  sign(label: string, ...parts: readonly Uint8Array[]): Buffer {
    return sign(this.pairs.signing, label, ...parts);
  }

  get isMaster(): boolean {
    const master = this.state.masters.get(this.belonging.log);
    return master !== undefined && master.rank > 0 && master.end === undefined;
  }

  /** Whether a record of this instance is in the hub, as far as is known here. */
  isSent(hash: string): boolean {
    return this.session.isSent(hash);
  }

  /** A Master that has read all. */
  private get leads(): boolean {
    return this.isMaster && this.state.stubs.length === 0;
  }

  /**
   * Hears what is new and sends what was not sent; a Master lets in who may come. What is learned is kept with the keys. With `isPolled`
   * the hub is asked for no more than what the bell says is new, as long as all was looked at within the hour: one request when nothing is.
   * Who may only read the hub hears all the same.
   * @throws SnapstageError those of the hub.
   */
  async sync({ isPolled = false } = {}): Promise<Heard> {
    const announced = await this.session.listen({ isPolled }, this.state);
    const { findings: found, lost } = await this.session.look(announced.grown);
    const refused = await unlessReadOnly(async () => void (await this.session.putBack(lost)));
    const admitted = this.leads ? this.admitAll() : [];
    if (this.leads) {
      const now = this.ground.host.now();
      this.session.act((acting) => writeReceipts(acting, now));
      this.session.act((acting) => writeBeacon(acting, now));
      this.session.act((acting) => arrive(acting, this.belonging.hub));
      this.session.act((acting) => writeCheckpoint(acting, this.ground.checkpointEvery));
    }
    if (!this.isMaster && this.state.audiences.has(vaultOf(this.belonging.log))) this.session.act(refreshVault);
    const findings = this.session.remember(announced, this.state, found);
    const isSending = announced.grown === 'all' || this.session.hasNews;
    let elsewhere: Sent['elsewhere'] = [];
    const unwritten = await unlessReadOnly(async () => {
      if (!isSending) return;
      await this.sendContent(new Work());
      ({ elsewhere } = await this.session.send(settledIn(this.state, this.belonging.log)));
    });
    await this.learn();
    return { findings, admitted, isDoubled: elsewhere.length > 0 || this.session.isDoubled, unwritten: unwritten ?? refused };
  }

  /** Reads what is new in the hub. @throws SnapstageError those of the hub. */
  look(): Promise<Reading> {
    return this.session.look();
  }

  /** As `look`, and what newcomers leave out is read too. @throws SnapstageError those of the hub. */
  lookAtAll(): Promise<Reading> {
    return this.session.lookAtAll();
  }

  /** Says something, durably; it goes to the hub with `send`. A Master's new keys come first. Returns what `run` does. */
  act<T>(run: (acting: Acting) => T): T {
    if (this.isMaster) this.session.act(refreshEpochs);
    const result = this.session.act(run);
    if (this.isMaster) this.session.act(refreshEpochs);
    return result;
  }

  /** Sends what the hub lacks of what was said here. @throws SnapstageError those of the hub. */
  async send(work = new Work()): Promise<Sent> {
    await this.sendContent(work);
    return this.session.send();
  }

  /** Keeps what was learned with the keys. */
  async learn(): Promise<void> {
    const { space, log } = this.belonging;
    const secrets = knownSecrets(this.state).filter(({ epoch }) => !this.kept.has(epoch));
    const heads = this.heads.news();
    if (secrets.length === 0 && Object.keys(heads).length === 0) return;
    await this.ground.keyring.learn(space, log, { secrets, heads });
    for (const { epoch } of secrets) this.kept.add(epoch);
    this.heads.forget();
  }

  /** What one has put into one's own vault is in the hub before anybody is told of it, and is put back there as long as it is here. */
  private async sendContent(work: Work): Promise<void> {
    const { state, belonging, ground } = this;
    const me = state.members.get(belonging.log);
    const packs = me === undefined ? [] : ownPacks(state, me);
    if (packs.length === 0) return;
    const area = areaOf(state, vaultOf(belonging.log), ground.hub, ground.files);
    const isHere = ({ name, bytes }: AreaFile): boolean => area.local.size(name) === bytes;
    await sendMissing(
      area,
      packs.filter(({ pack, index }) => isHere(pack) && isHere(index)),
      work,
    );
  }

  /** Lets in who may come, renews keys, and signs what was seen of members' logs. */
  private admitAll(): readonly string[] {
    const coming = admissible(this.state);
    // One that takes another's place ends that one's membership, so it comes alone; the others do not touch each other.
    const [alone, together] = [coming.filter(({ succeeds }) => succeeds !== null), coming.filter(({ succeeds }) => succeeds === null)];
    if (together.length > 0)
      this.act((acting) => {
        for (const { log } of together) admit(acting, log);
      });
    for (const { log } of alone) this.act((acting) => admit(acting, log));
    const admitted = [...together, ...alone].map(({ log }) => log);
    this.session.act(refreshEpochs);
    const unseen = unseenHeads(this.state);
    if (unseen.length > 0) this.session.act((acting) => countersign(acting, unseen));
    return admitted;
  }
}

/** Returns why the hub does not let itself be written to, if so. */
async function unlessReadOnly(write: () => Promise<void>): Promise<SnapstageError | undefined> {
  try {
    await write();
    return undefined;
  } catch (error) {
    if (error instanceof SnapstageError && error.details['reason'] === 'hub-read-only') return error;
    throw error;
  }
}

/** The current secrets of all audiences that this reader can open. */
export function knownSecrets({ audiences }: SpaceState): KnownSecret[] {
  return [...audiences.values()].flatMap(({ name, current, secret }) =>
    secret === undefined ? [] : [{ audience: name, epoch: current.id, secret: secret.toString('base64url') }],
  );
}

/**
 * Heads of members' logs that no Master has signed for. What a member has published for previews is signed for with what it says next: it
 * proves nothing, and comes so often that it would be most of what everybody has to read.
 */
export function unseenHeads({ statements, members, keychain }: SpaceState): (Head & { readonly log: string })[] {
  const signed = new Map<string, number>();
  for (const { body } of ofKind(statements, 'seen')) {
    for (const { log, sequence } of body.heads) signed.set(log, Math.max(signed.get(log) ?? 0, sequence));
  }
  const isPublished = (record: SignedRecord): boolean => {
    const read = keychain.read(record);
    return read.kind === 'body' && read.body.kind === 'published';
  };
  return [...members.values()].flatMap(({ log, state, chain }) => {
    const last = chain.standing.at(-1);
    const fresh = state === 'waiting' ? [] : chain.standing.slice(signed.get(log) ?? 0);
    if (last === undefined || recordsAmong(fresh).every(isPublished)) return [];
    return [{ log, sequence: last.header.sequence, hash: last.hash }];
  });
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

  /** What was news is kept now. */
  forget(): void {
    this.fresh.clear();
  }
}
