/** A Space over a hub, whose instances have files of their own, for tests. */
import type { Hub } from '../../src/space/hub/hub.ts';
import type { KeyPairs } from '../../src/space/keys/keyPairs.ts';
import { admissible, admit, certify, createSpace, invite, join, refreshEpochs } from '../../src/space/members/acts.ts';
import { SpaceSession, type SessionInput } from '../../src/space/members/session.ts';
import { publicKeysOf } from '../../src/space/records/identity.ts';
import type { Head } from '../../src/space/records/shapes.ts';
import { MemoryFiles } from './faultyFiles.ts';
import { newKeys, seededRandom } from './spaces.ts';

/** What nobody may find in a hub: the Space's, members', a group's, the Space's later. */
export const NAMES = [
  'Statistics 101 for geologists',
  'Alice Ågren-Applegarth',
  'Bob Bell-Bottom',
  'group of the early birds',
  'a secret set of words',
];

export const HOUR = 3_600_000;

/** One instance with what it keeps: the keys, and the files of its store. */
export interface Instance {
  readonly keys: KeyPairs;
  readonly files: MemoryFiles;
  readonly heads: Map<string, Head>;
  session: SpaceSession;
}

export class Course {
  readonly random = seededRandom('course');
  readonly root = newKeys(this.random);
  readonly hub: Hub;
  now = 1_800_000_000_000;
  space = '';

  constructor(hub: Hub) {
    this.hub = hub;
  }

  /** Makes the Space. Returns its Master. */
  async create(): Promise<Instance> {
    const keys = newKeys(this.random);
    const made = createSpace(this.root, keys, NAMES[0]!, this.random);
    this.space = made.space;
    const [root, master] = [this.instance(this.root), this.instance(keys)];
    root.session.begin(made.root);
    master.session.begin(made.master);
    for (const { session } of [root, master]) await session.send();
    await master.session.look();
    return master;
  }

  instance(
    keys = newKeys(this.random),
    otherKeys: readonly KeyPairs[] = [],
    files = new MemoryFiles(),
    heads = new Map<string, Head>(),
  ): Instance {
    return { keys, files, heads, session: this.open({ keys, files, heads }, otherKeys) };
  }

  /** The same instance anew, as another process has it; over another hub where one is given. */
  open(
    { keys, files, heads }: Pick<Instance, 'keys' | 'heads'> & Pick<SessionInput, 'files'>,
    otherKeys: readonly KeyPairs[] = [],
    hub = this.hub,
  ): SpaceSession {
    const host = { now: () => this.now, randomHex: (bytes: number) => this.random.randomHex(bytes) };
    return new SpaceSession({ space: this.space, hub, files, folder: 'space', keys, otherKeys, secrets: [], heads, host });
  }

  /** A copy of an instance's folder, with the same keys; `heads` as they were kept with those. */
  copy({ keys, files, heads }: Instance): Instance {
    const copied = new MemoryFiles();
    for (const [name, bytes] of files.contents) copied.contents.set(name, bytes);
    return this.instance(keys, [], copied, new Map(heads));
  }

  async invite(master: Instance, name = NAMES[1]!): Promise<{ code: KeyPairs; id: string }> {
    const code = newKeys(this.random);
    const described = { name, role: 'editor' as const, groups: [NAMES[3]!] };
    const id = master.session.act((acting) => invite(acting, code, described, { expires: this.now + HOUR, succeeds: null }));
    await master.session.send();
    return { code, id };
  }

  /** Somebody who asks for a place by a code. */
  async ask(code: KeyPairs): Promise<Instance> {
    const person = this.instance(newKeys(this.random), [code]);
    await person.session.look();
    person.session.act((acting) => join(acting, 'invite', code));
    await person.session.send();
    return person;
  }

  /** Lets in who can be without asking anybody. Returns how many. */
  async admitAll({ session }: Instance): Promise<number> {
    const waiting = admissible((await session.look()).state);
    if (waiting.length > 0) session.act((acting) => waiting.forEach(({ log }) => admit(acting, log)));
    await session.send();
    return waiting.length;
  }

  async member(master: Instance, name?: string): Promise<Instance> {
    const person = await this.ask((await this.invite(master, name)).code);
    await this.admitAll(master);
    await person.session.look();
    return person;
  }

  /** A member that the Master has made another. */
  async secondMaster(master: Instance): Promise<Instance> {
    const second = await this.member(master, NAMES[2]);
    master.session.act((acting) => certify(acting, publicKeysOf(second.keys)));
    master.session.act((acting) => refreshEpochs(acting));
    await master.session.send();
    await second.session.look();
    return second;
  }
}
