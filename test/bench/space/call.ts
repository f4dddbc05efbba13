/** Calls of the engine that are timed, each in a process of its own: `node call.ts NAME FOLDER HOME`. */
import { spawnSync } from 'node:child_process';
import type { EngineApi } from '../../../src/engine/api.ts';
import { hear, receiveAll, withEngine, type Person } from './course.ts';

const calls = {
  distribute: (engine: EngineApi) => engine.distribute({}).then(({ targets }) => targets.length),
  ask: (engine: EngineApi) => engine.distribute({ strategy: 'ask' }).then(({ targets }) => targets.length),
  receive: (engine: EngineApi) => receiveAll(engine, 1),
  sync: (engine: EngineApi) => hear(engine).then(() => 0),
  preview: (engine: EngineApi) =>
    engine.preview({}).then(({ objects, targets }) => objects.length * targets.filter(({ unknown }) => unknown === null).length),
  distributions: (engine: EngineApi) => engine.distributions().then((all) => all.length),
} satisfies Record<string, (engine: EngineApi) => Promise<number>>;

export type Call = keyof typeof calls;

export interface Measured {
  readonly seconds: number;
  /** Bytes of memory at most, of which the process had `before` when it began. */
  readonly peak: number;
  readonly before: number;
  /** What there is to count of the answer. */
  readonly count: number;
}

/** Makes a call in a process of its own, whose start is not part of what is timed. */
export function measureCall(call: Call, { folder, home }: Person): Measured {
  const ended = spawnSync(process.execPath, [import.meta.filename, call, folder, home], { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${call} in ${folder}: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as Measured;
}

async function main(call: Call, person: Person): Promise<Measured> {
  return withEngine(person, async (engine) => {
    const before = process.resourceUsage().maxRSS * 1024;
    const began = performance.now();
    const count = await calls[call](engine);
    const seconds = (performance.now() - began) / 1000;
    return { seconds, before, peak: process.resourceUsage().maxRSS * 1024, count };
  });
}

if (process.argv[1] === import.meta.filename) {
  const [call, folder, home] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await main(call as Call, { name: '', folder: folder!, home: home! })));
}
