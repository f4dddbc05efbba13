/** People of a Space for tests: each with keys, a log and what it has heard of the others; nothing of it touches a disk or a hub. */
import { createHash } from 'node:crypto';
import type { Host } from '../../src/base/host.ts';
import { boxKey } from '../../src/space/crypto/hpke.ts';
import { signingKey } from '../../src/space/crypto/signing.ts';
import type { KeyPairs } from '../../src/space/keys/keyPairs.ts';
import { LogWriter } from '../../src/space/logs/logWriter.ts';
import { admissible, admit, createSpace, invite, join, refreshEpochs, type Acting } from '../../src/space/members/acts.ts';
import type { Described, Member } from '../../src/space/members/membership.ts';
import { Keychain } from '../../src/space/members/keychain.ts';
import { foldSpace, type SpaceState } from '../../src/space/members/state.ts';
import type { SignedRecord } from '../../src/space/records/envelope.ts';
import { identityId, publicKeysOf } from '../../src/space/records/identity.ts';

/** Random bytes that are the same for the same seed. */
export function seededRandom(seed: string): Pick<Host, 'randomHex'> {
  let count = 0;
  return {
    randomHex: (bytes) => {
      let hex = '';
      while (hex.length < bytes * 2) hex += createHash('sha256').update(`${seed} ${count++}`).digest('hex');
      return hex.slice(0, bytes * 2);
    },
  };
}

export function newKeys(host: Pick<Host, 'randomHex'>): KeyPairs {
  return { signing: signingKey(Buffer.from(host.randomHex(32), 'hex')), box: boxKey(Buffer.from(host.randomHex(32), 'hex')) };
}

export const EDITOR: Described = { name: 'Alice Ågren', role: 'editor', groups: ['g1'] };
export const VIEWER: Described = { name: 'Victor Vague', role: 'viewer', groups: [] };

/** What is out for everybody to read: all records, by their hash, and files of wraps. */
export class World {
  readonly space: string;
  readonly records = new Map<string, SignedRecord>();
  readonly shards = new Map<string, Buffer>();
  readonly host: Pick<Host, 'randomHex'>;
  readonly root: Person;
  now = 1_800_000_000_000;

  constructor(seed = 'world') {
    this.host = seededRandom(seed);
    const [root, master] = [newKeys(this.host), newKeys(this.host)];
    const made = createSpace(root, master, 'Statistics 101', this.host);
    this.space = made.space;
    this.publish([...made.root, ...made.master]);
    this.root = new Person(this, root);
    this.first = new Person(this, master);
  }

  /** The first Master. */
  readonly first: Person;

  publish(records: readonly SignedRecord[]): void {
    for (const record of records) this.records.set(record.hash, record);
  }

  person(): Person {
    return new Person(this, newKeys(this.host));
  }

  /** Invites somebody and lets them in; everybody hears all of it. */
  member(described: Described = EDITOR, master = this.first): Person {
    const { keys } = this.invite(described, master);
    const person = this.person();
    person.join(keys);
    master.hear();
    master.act((acting) => admit(acting, person.log));
    person.hear();
    return person;
  }

  /** Invites many at once and lets them in; they have heard nothing of it yet. */
  members(count: number, described: Described = EDITOR): Person[] {
    const invited = Array.from({ length: count }, () => newKeys(this.host));
    const options = { expires: this.now + 1000, succeeds: null };
    this.first.act((acting) => invited.forEach((keys) => invite(acting, keys, described, options)));
    const { first } = this;
    const state = first.state();
    const people = invited.map((keys) => {
      const person = new Person(this, newKeys(this.host), []);
      person.act((acting) => join(acting, 'invite', keys), state);
      return person;
    });
    first.admitAll();
    return people;
  }

  invite(described: Described = EDITOR, master = this.first, succeeds: string | null = null): { keys: KeyPairs; id: string } {
    const keys = newKeys(this.host);
    master.hear();
    const id = master.act((acting) => invite(acting, keys, described, { expires: this.now + 1000, succeeds }));
    return { keys, id };
  }
}

export class Person {
  readonly world: World;
  readonly keys: KeyPairs;
  readonly log: string;
  /** What it has heard, its own records too. */
  readonly heard = new Map<string, SignedRecord>();
  /** Invites' and root's keys that it has beside its own. */
  readonly otherKeys: KeyPairs[] = [];

  constructor(world: World, keys: KeyPairs, heard: Iterable<SignedRecord> = world.records.values()) {
    this.world = world;
    this.keys = keys;
    this.log = identityId(publicKeysOf(keys));
    this.hear(heard);
  }

  /** Reads what is out, all or those records. */
  hear(records: Iterable<SignedRecord> = this.world.records.values()): void {
    for (const record of records) this.heard.set(record.hash, record);
  }

  state(now = this.world.now): SpaceState {
    return stateOf(this.world, this.heard.values(), [this.keys, ...this.otherKeys], now);
  }

  /** Does something and tells everybody; they hear it when they listen. */
  act<T>(action: (acting: Acting) => T, state = this.state()): T {
    const own = [...this.heard.values()].filter(({ header }) => header.log === this.log);
    const last = own.sort((a, b) => a.header.sequence - b.header.sequence).at(-1);
    const writer = new LogWriter(this.world.space, this.keys, last, state.heads, this.world.host);
    const result = action({ state, writer, host: this.world.host });
    this.world.publish(writer.written);
    for (const shard of writer.attached) this.world.shards.set(createHash('sha256').update(shard).digest('hex'), shard);
    this.hear(writer.written);
    return result;
  }

  /** New epochs where they are due. Returns how many. */
  refresh(): number {
    return this.act((acting) => refreshEpochs(acting).length);
  }

  /** Asks for a place. */
  join(invited: KeyPairs, by: 'invite' | 'log' = 'invite'): SignedRecord {
    this.hear();
    this.otherKeys.push(invited);
    return this.act((acting) => join(acting, by, invited));
  }

  /** Lets in everybody who can be without asking. */
  admitAll(): readonly Member[] {
    this.hear();
    const waiting = admissible(this.state());
    if (waiting.length > 0) this.act((acting) => waiting.forEach(({ log }) => admit(acting, log)));
    return waiting;
  }
}

/** The state that somebody with these keys makes of these records. */
export function stateOf(world: World, records: Iterable<SignedRecord>, keys: readonly KeyPairs[], now = world.now): SpaceState {
  const byLog = Map.groupBy(records, ({ header }) => header.log);
  return foldSpace({
    space: world.space,
    held: (log) => byLog.get(log) ?? [],
    logs: byLog.keys(),
    keychain: new Keychain(world.space, keys),
    secrets: [],
    shards: world.shards,
    now,
  });
}
