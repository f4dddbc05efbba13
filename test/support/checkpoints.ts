/** Spaces with so much in Masters' logs that newcomers start at a checkpoint, for tests. */
import type { Hub } from '../../src/space/hub/hub.ts';
import type { KeyPairs } from '../../src/space/keys/keyPairs.ts';
import { putRecord } from '../../src/space/logs/hubRecords.ts';
import { LogWriter } from '../../src/space/logs/logWriter.ts';
import { admissible, admit, countersign, invite, join, refreshEpochs, targetFor } from '../../src/space/members/acts.ts';
import { ALL, vaultOf } from '../../src/space/members/audiences.ts';
import { writeCheckpoint } from '../../src/space/members/checkpoints.ts';
import { settledIn } from '../../src/space/members/settled.ts';
import type { SpaceState } from '../../src/space/members/state.ts';
import { unseenHeads } from '../../src/space/participant/participant.ts';
import { Course, HOUR, type Instance } from './course.ts';
import { MemoryHub } from './hubs.ts';
import { newKeys } from './spaces.ts';

/** Records in an extract. */
export const EACH = 32;

/** A hub that counts what is asked of it. */
export class CountedHub extends MemoryHub {
  readonly asked: string[] = [];
  received = 0;

  override async list(folder: string): ReturnType<MemoryHub['list']> {
    this.asked.push(`list ${folder}`);
    return super.list(folder);
  }

  override async read(name: string, limit: number): Promise<Buffer | undefined> {
    this.asked.push(`read ${name}`);
    const bytes = await super.read(name, limit);
    this.received += bytes?.length ?? 0;
    return bytes;
  }
}

export class LargeCourse extends Course {
  declare readonly hub: CountedHub;

  constructor(hub = new CountedHub()) {
    super(hub);
  }

  /** A hub as this one is now, of which some files may be others. */
  hubWith(change: (contents: Map<string, Buffer>) => void = () => undefined): CountedHub {
    const hub = new CountedHub(this.hub.contents);
    change(hub.contents);
    return hub;
  }

  /** A hub as this one is, without checkpoints: all is read there. */
  get hubWithout(): CountedHub {
    return this.hubWith((contents) => {
      for (const name of contents.keys()) if (name.startsWith('checkpoints/')) contents.delete(name);
    });
  }

  /** Invites so many and lets them in; they never read anything. Their keys. */
  async crowd({ session }: Instance, count: number): Promise<KeyPairs[]> {
    const codes = Array.from({ length: count }, () => newKeys(this.random));
    const who = { name: 'Somebody', role: 'editor' as const, groups: [] };
    session.act((acting) => codes.forEach((code) => invite(acting, code, who, { expires: this.now + HOUR, succeeds: null })));
    const state = session.state();
    const people = codes.map(() => newKeys(this.random));
    for (const [at, keys] of people.entries()) {
      const writer = new LogWriter(this.space, keys, undefined, state.heads, this.random);
      await putRecord(this.hub, join({ state, writer, host: this.random }, 'invite', codes[at]!));
    }
    await this.letIn({ session });
    return people;
  }

  /** Lets in who waits, and signs what was seen. */
  async letIn({ session }: Pick<Instance, 'session'>): Promise<void> {
    const waiting = admissible((await session.look()).state);
    session.act((acting) => waiting.forEach(({ log }) => admit(acting, log)));
    session.act(refreshEpochs);
    session.act((acting) => countersign(acting, unseenHeads(session.state())));
    await session.send();
  }

  /** Something for all that can be told apart. */
  say({ session }: Instance, what: string): void {
    session.act(({ writer, state }) => writer.write({ kind: 'undo', distribution: what.repeat(64), made: 1 }, targetFor(state, ALL)));
  }

  /** Makes a checkpoint where one is due, and brings all into the hub: a pack for each block, and what newcomers read. */
  async settle({ session }: Instance): Promise<void> {
    session.act((acting) => writeCheckpoint(acting, EACH));
    for (let times = 0; times < 3; times++) await session.send(settledIn(session.state(), session.log));
  }
}

/** People whom the Master lets in before its checkpoint. */
export const MANY = 60;

/** A course of some blocks, and what somebody new needs. */
export interface Scene {
  readonly course: LargeCourse;
  readonly master: Instance;
  /** Of an open invite in the first block. */
  readonly code: KeyPairs;
}

/** A course of some blocks, whose Master has made a checkpoint. */
export async function scene(): Promise<Scene> {
  const course = new LargeCourse();
  const master = await course.create();
  const { code } = await course.invite(master);
  course.say(master, 'a');
  await course.crowd(master, MANY);
  course.say(master, 'b');
  await course.settle(master);
  return { course, master, code };
}

/** Somebody who has a code and reads a hub for the first time. */
export function visitor({ course, code }: Pick<Scene, 'course' | 'code'>, hub: Hub): Instance {
  const one = course.instance(code);
  return { ...one, session: course.open(one, [], hub) };
}

/** What is the same for who has read all and who has not. */
export function commonView(state: SpaceState, own: string): object {
  const { statements, masters, audiences, members, heads, name, stopped } = state;
  const common = statements.filter(({ record: { header }, body }) => {
    const isSealedForFew = header.audience !== vaultOf(own) && /^(?:masters|vault-|box-)/.test(header.audience);
    return !isSealedForFew && !['withdraw', 'admit', 'remove', 'seen'].includes(body.kind);
  });
  const me = members.get(own);
  return {
    name,
    stopped,
    heads,
    masters: [...masters.values()].map(({ chain, ...master }) => [master, chain.standing.map(({ hash }) => hash), chain.late.length]),
    said: common.map(({ record, rank, body }) => [record.hash, rank, body]),
    keys: [...audiences.values()]
      .filter(({ name: audience }) => !audience.startsWith('vault-') || audience.endsWith(own))
      .map(({ name: audience, current, secret }) => [audience, current.id, secret?.toString('hex')]),
    me: me && [me.state, me.obstacle, me.via, me.succeeds, me.described, me.end, me.chain.standing.map(({ hash }) => hash)],
    isMyVaultCurrent: audiences.get(`vault-${own}`)?.isCurrent,
  };
}
