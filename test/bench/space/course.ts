import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineApi } from '../../../src/engine/api.ts';
import { openEngine } from '../../../src/engine/engine.ts';

/** An instance with the keys of who works in it, as on a machine of its own. */
export interface Person {
  readonly name: string;
  readonly folder: string;
  readonly home: string;
}

/** Runs something with the engine of an instance, which ends with it. */
export async function withEngine<T>({ folder, home }: Person, run: (engine: EngineApi) => Promise<T>): Promise<T> {
  const engine = openEngine({ folder, home });
  try {
    return await run(engine);
  } finally {
    await engine.dispose();
  }
}

/** A Space over a hub, in a folder unless another place is named: one Master, and members in folders, all made by their engines. */
export class Course {
  readonly hub: string;
  readonly master: Person;
  readonly members: readonly Person[];

  constructor(place: string, members: number, hub = join(place, 'hub')) {
    const person = (name: string): Person => ({ name, folder: join(place, name), home: join(place, 'homes', name) });
    this.hub = hub;
    this.master = person('master');
    this.members = Array.from({ length: members }, (_, number) => person(`member-${number + 1}`));
  }

  async found(): Promise<void> {
    mkdirSync(this.master.folder, { recursive: true });
    await withEngine(this.master, async (engine) => {
      await engine.init();
      await engine.createSpace({ name: 'Econometrics', hub: this.hub });
    });
  }

  /** Codes of invites, one for each member. */
  async invite(): Promise<string[]> {
    return withEngine(this.master, async (engine) => {
      const codes: string[] = [];
      for (const { name } of this.members) codes.push((await engine.invite({ name })).code);
      return codes;
    });
  }

  /** Each asks for a place by its code. */
  async join(codes: readonly string[]): Promise<void> {
    for (const [i, member] of this.members.entries()) {
      mkdirSync(member.folder, { recursive: true });
      await withEngine(member, async (engine) => {
        await engine.init();
        await engine.joinSpace({ code: codes[i]! });
      });
    }
  }
}

/** Leaves on the Stage what lies at these paths of the current state, and nothing else. */
export async function stageOnly(engine: EngineApi, paths: readonly string[]): Promise<void> {
  const { objects } = await engine.stage();
  await engine.removeFromStage(objects.map(({ id }) => id));
  await engine.addToStage({ objects: paths.map((path) => ({ type: 'path', state: 'current', path })) });
}

/** Hears what is new. */
export async function hear(engine: EngineApi): Promise<void> {
  await engine.space({ sync: true });
}

/** Applies what has come and waits: all of it, or the last ones alone. Returns how many of its objects wait for a decision then. */
export async function receiveAll(engine: EngineApi, last = Infinity): Promise<number> {
  await hear(engine);
  let waiting = 0;
  for (const { id, state } of (await engine.inbox()).slice(0, last).toReversed()) {
    if (state === 'new' || state === 'waiting') waiting += (await engine.receive({ delivery: id, confirmed: true })).counts.waiting;
  }
  return waiting;
}
