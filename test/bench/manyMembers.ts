/**
 * What a Space of many members costs: `node test/bench/manyMembers.ts [members…] [--json FILE]` (default: 100 1000 10000) makes one of each size
 * over a hub in memory, and prints for everybody in it requests, bytes and seconds of the processor; the last column is what the two largest make expect for
 * 100,000. Members who are not measured only write their records, as reading for each would cost the square of their number.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatSize } from '../../src/base/format.ts';
import type { Hub, HubListing } from '../../src/space/hub/hub.ts';
import type { KeyPairs } from '../../src/space/keys/keyPairs.ts';
import { LogWriter } from '../../src/space/logs/logWriter.ts';
import { putRecord } from '../../src/space/logs/hubRecords.ts';
import {
  admissible,
  admit,
  countersign,
  createSpace,
  invite,
  join,
  refreshEpochs,
  remove,
  targetFor,
} from '../../src/space/members/acts.ts';
import { ALL, vaultOf } from '../../src/space/members/audiences.ts';
import { writeCheckpoint } from '../../src/space/members/checkpoints.ts';
import { SpaceSession } from '../../src/space/members/session.ts';
import { settledIn } from '../../src/space/members/settled.ts';
import type { SignedRecord } from '../../src/space/records/envelope.ts';
import { unseenHeads } from '../../src/space/participant/participant.ts';
import type { Head } from '../../src/space/records/shapes.ts';
import type { ReadableStoreFile } from '../../src/store/files.ts';
import { MemoryFiles } from '../support/faultyFiles.ts';
import { newKeys, seededRandom } from '../support/spaces.ts';

const DAY = 86_400_000;
const EXPECTED = 100_000;

/** A hub in memory that knows what lies in each folder, and counts. */
class CountingHub implements Hub {
  readonly place = 'memory';
  requests = 0;
  received = 0;
  written = 0;
  private readonly folders = new Map<string, Map<string, Buffer>>([['', new Map()]]);

  get files(): number {
    return [...this.folders.values()].reduce((sum, files) => sum + files.size, 0);
  }

  get bytes(): number {
    return [...this.folders.values()].reduce((sum, files) => [...files.values()].reduce((all, { length }) => all + length, sum), 0);
  }

  private at(name: string): [files: Map<string, Buffer>, name: string] {
    const slash = name.lastIndexOf('/');
    const folder = name.slice(0, Math.max(0, slash));
    const files = this.folders.get(folder) ?? new Map<string, Buffer>();
    this.folders.set(folder, files);
    return [files, name.slice(slash + 1)];
  }

  async list(folder: string): Promise<HubListing> {
    this.requests += 1;
    const files = [...(this.folders.get(folder) ?? [])].map(([name, { length }]) => ({ name, size: length }));
    const prefix = `${folder}/`;
    const folders =
      folder === 'logs' ? [...this.folders.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)) : [];
    return { files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)), folders: folders.toSorted(), strangers: 0 };
  }

  async read(name: string): Promise<Buffer | undefined> {
    this.requests += 1;
    const [files, last] = this.at(name);
    this.received += files.get(last)?.length ?? 0;
    return files.get(last);
  }

  async fetch(): Promise<undefined> {
    throw new Error('nothing here is fetched');
  }

  async create(name: string, content: Uint8Array | ReadableStoreFile): Promise<boolean> {
    this.requests += 1;
    if (!(content instanceof Uint8Array)) throw new Error('nothing here is sent from a file');
    const [files, last] = this.at(name);
    if (files.has(last)) return false;
    files.set(last, Buffer.from(content));
    this.written += content.length;
    return true;
  }

  async remove(name: string): Promise<void> {
    this.requests += 1;
    const [files, last] = this.at(name);
    files.delete(last);
  }

  async hint(name: string, bytes: Uint8Array): Promise<void> {
    this.requests += 1;
    const [files, last] = this.at(name);
    files.set(last, Buffer.from(bytes));
  }
}

/** What something took. */
interface Cost {
  readonly requests: number;
  readonly read: number;
  readonly written: number;
  readonly seconds: number;
}

interface Instance {
  readonly keys: KeyPairs;
  readonly files: MemoryFiles;
  readonly heads: Map<string, Head>;
  readonly session: SpaceSession;
}

type Row = Readonly<Record<string, number>>;

class Simulation {
  readonly random = seededRandom('simulation');
  readonly hub = new CountingHub();
  readonly row: Record<string, number> = {};
  private readonly root = newKeys(this.random);
  private readonly now = 1_800_000_000_000;
  private readonly members: { readonly keys: KeyPairs; last: SignedRecord; readonly vault: string }[] = [];
  private space = '';

  instance(keys: KeyPairs, others: readonly KeyPairs[] = []): Instance {
    const one = { keys, files: new MemoryFiles(), heads: new Map<string, Head>() };
    return { ...one, session: this.open(one, others) };
  }

  /** Anew, as the next command does. */
  open({ keys, files, heads }: Omit<Instance, 'session'>, otherKeys: readonly KeyPairs[] = []): SpaceSession {
    const host = { now: () => this.now, randomHex: (bytes: number) => this.random.randomHex(bytes) };
    const { space, hub } = this;
    return new SpaceSession({ space, hub, files, folder: 'space', keys, otherKeys, secrets: [], heads, host });
  }

  async measured<T>(name: string, run: () => Promise<T> | T): Promise<T> {
    const before = this.cost();
    const result = await run();
    const after = this.cost();
    for (const key of ['requests', 'read', 'written', 'seconds'] as const) {
      const spent = after[key] - before[key];
      if (spent > 0) this.row[`${name}: ${key}`] = spent;
    }
    return result;
  }

  private cost(): Cost {
    return { requests: this.hub.requests, read: this.hub.received, written: this.hub.written, seconds: cpuSeconds() };
  }

  async run(count: number): Promise<Row> {
    const master = await this.create();
    const codes = Array.from({ length: count }, () => newKeys(this.random));
    await this.measured('Master invites all', async () => {
      const options = { expires: this.now + DAY, succeeds: null };
      const who = { name: 'Somebody with a name', role: 'editor' as const, groups: ['a group'] };
      master.session.act((acting) => codes.forEach((code) => invite(acting, code, who, options)));
      await master.session.send();
    });
    await this.joinAll(master, codes.slice(1));
    await this.measured('Master lets all in', async () => this.admitAll(master));
    await this.pack(master);
    const other = this.instance(newKeys(this.random), [codes[0]!]);
    await this.measured('newcomer reads all', () => other.session.look());
    await this.measured('Master makes a checkpoint', async () => {
      master.session.act((acting) => writeCheckpoint(acting));
      await master.session.send(settledIn(master.session.state(), master.session.log));
    });
    const newcomer = this.instance(newKeys(this.random), [codes[0]!]);
    await this.measured('newcomer starts at the checkpoint', () => newcomer.session.look());
    this.row['newcomer starts at the checkpoint: stubs'] = newcomer.session.state().stubs.length;
    newcomer.session.act((acting) => join(acting, 'invite', codes[0]!));
    await newcomer.session.send();
    await this.admitAll(master);
    await newcomer.session.look();
    await this.fold('member', newcomer);
    await this.fold('Master', master);
    await this.round(master, newcomer);
    await this.removal(master, newcomer);
    this.row['hub: files'] = this.hub.files;
    this.row['hub: bytes'] = this.hub.bytes;
    this.row['hub: bytes per member'] = this.hub.bytes / count;
    this.row['memory: resident bytes'] = process.memoryUsage().rss;
    return this.row;
  }

  private async create(): Promise<Instance> {
    const keys = newKeys(this.random);
    const made = createSpace(this.root, keys, 'Statistics 101', this.random);
    this.space = made.space;
    for (const record of made.root) await putRecord(this.hub, record);
    const master = this.instance(keys);
    master.session.begin(made.master);
    await master.session.send();
    await master.session.look();
    return master;
  }

  /** All ask for a place, as one would who had read what Masters say. */
  private async joinAll({ session }: Instance, codes: readonly KeyPairs[]): Promise<void> {
    const state = session.state();
    for (const code of codes) {
      const keys = newKeys(this.random);
      const writer = new LogWriter(this.space, keys, undefined, state.heads, this.random);
      const last = join({ state, writer, host: this.random }, 'invite', code);
      await putRecord(this.hub, last);
      this.members.push({ keys, last, vault: vaultOf(writer.log) });
    }
  }

  private async admitAll(master: Instance): Promise<void> {
    const { session } = master;
    const waiting = admissible((await session.look()).state);
    session.act((acting) => waiting.forEach(({ log }) => admit(acting, log)));
    session.act(refreshEpochs);
    this.countersign(session);
    await session.send();
  }

  private countersign(session: SpaceSession): void {
    const unseen = unseenHeads(session.state());
    session.act((acting) => countersign(acting, unseen));
  }

  private async pack({ session }: Instance): Promise<void> {
    await this.measured('Master packs its log', async () => {
      for (let i = 0; i < 2; i++) await session.send(settledIn(session.state(), session.log));
    });
  }

  /** A distribution, of which all tell that they applied it, and which a Master signs to have seen. */
  private async round(master: Instance, member: Instance): Promise<void> {
    const { session } = master;
    await this.measured('Master distributes', async () => {
      session.act(({ writer, state }) => writer.write({ kind: 'undo', distribution: 'a'.repeat(64), made: 1 }, targetFor(state, ALL)));
      await session.send();
    });
    await this.measured('member hears of a distribution', () => member.session.look([session.log]));
    const { heads } = session.state();
    for (const one of this.members) {
      const writer = new LogWriter(this.space, one.keys, one.last, heads, this.random);
      const target = { audience: one.vault, epoch: one.last.hash, secret: Buffer.alloc(32, 7) };
      one.last = writer.write({ kind: 'published', table: 'b'.repeat(64), entries: '7', made: 1 }, target);
      await putRecord(this.hub, one.last);
    }
    await this.measured('Master hears all answers', () => session.look(this.members.map(({ vault }) => vault.slice('vault-'.length))));
    await this.measured('Master signs all answers', async () => {
      this.countersign(session);
      await session.send();
    });
    await this.measured('member reads what was signed', () => member.session.look([session.log]));
  }

  private async removal(master: Instance, member: Instance): Promise<void> {
    const { session } = master;
    const gone = this.members[0]!.vault.slice('vault-'.length);
    await this.measured('Master removes one', async () => {
      session.act((acting) => remove(acting, gone));
      session.act(refreshEpochs);
      await session.send();
    });
    await this.measured('member reads a removal', () => member.session.look([session.log]));
  }

  /** The state made of what is known, by a program that has just been started. */
  private async fold(who: string, one: Instance): Promise<void> {
    const session = this.open(one);
    const records = await this.measured(`${who} reads its files`, () => session.records());
    const { stubs } = await this.measured(`${who} folds`, () => session.state());
    this.row[`${who} folds: records`] = records.length;
    this.row[`${who} folds: stubs`] = stubs.length;
    this.row[`${who} folds: bytes`] = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

/** Of the processor: other work on the machine does not count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What two sizes make expect of a third, if it grows as a power does. */
function expected([[a, x], [b, y]]: readonly [readonly [number, number], readonly [number, number]]): number {
  return x === 0 || y === 0 ? y : y * (EXPECTED / b) ** (Math.log(y / x) / Math.log(b / a));
}

function text(name: string, value: number): string {
  if (name.endsWith('seconds')) return `${value.toFixed(2)} s`;
  return /requests|records|files|stubs$/.test(name) ? Math.round(value).toLocaleString('en') : formatSize(Math.round(value), 'en');
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const sizes = positionals.length === 0 ? [100, 1000, 10_000] : positionals.map(Number);
const rows: Row[] = [];
for (const size of sizes) {
  process.stderr.write(`${size} members …\n`);
  rows.push(await new Simulation().run(size));
}
const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
const table = names.map((name) => {
  const known = sizes.map((size, at) => [size, rows[at]![name] ?? 0] as const);
  const all = known.map(([, value]) => value);
  return { name, values: sizes.length < 2 ? all : [...all, expected([known.at(-2)!, known.at(-1)!])] };
});
const titles = [...sizes, ...(sizes.length < 2 ? [] : [`${EXPECTED} (expected)`])].map((title) => String(title).padStart(20));
process.stdout.write(`${''.padEnd(42)}${titles.join('')}\n`);
for (const { name, values: all } of table) {
  process.stdout.write(`${name.padEnd(42)}${all.map((value) => text(name, value).padStart(20)).join('')}\n`);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ sizes, expected: EXPECTED, rows: table }, undefined, 2)}\n`);
