/**
 * What handing in and collecting cost, over a hub in a folder: members hand in several times, each time with a tenth of it changed, and the
 * Master collects from all after each round; then one hands in a large workspace twice. Every engine is a real one.
 * `npm run bench:hand-ins -- [options]`.
 */
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSize } from '../../src/base/format.ts';
import { seededRandom } from './random.ts';
import { alignColumns } from './report.ts';
import { Course, hear, receiveAll, withEngine, type Person } from './space/course.ts';
import { measureTree } from './trees.ts';

const usage = `npm run bench:hand-ins -- [options]
  --work DIR        where the Space goes (default: snapstage-bench in the system's temporary folder)
  --members N       (default 500)
  --rounds N        hand-ins of each (default 3)
  --megabytes N     of each hand-in (default 20)
  --workspace N     megabytes of the large one (default 1000)
  --json FILE       write every figure there
  Two minutes: --members 20 --megabytes 2 --workspace 100`;

const PART = 1 << 16;
const DEADLINE = '2100-01-01T00:00:00Z';

interface Sizes {
  readonly members: number;
  readonly rounds: number;
  readonly bytes: number;
  readonly workspace: number;
}

/** What all hand-ins of a round took, or the collecting of them. */
interface Figure {
  readonly step: string;
  readonly seconds: number;
  /** Bytes that were sealed, or fetched. */
  readonly moved: number;
  /** Bytes that the hub grew by. */
  readonly grew: number;
  readonly count: number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Fills a part of a file with bytes that nothing makes smaller, others for each seed. */
function fill(file: string, seed: number, start: number, end: number): void {
  const random = seededRandom(seed);
  const descriptor = openSync(file, start === 0 ? 'w' : 'r+');
  for (let at = start; at < end; at += PART) {
    const words = Uint32Array.from({ length: PART / 4 }, () => random.below(2 ** 32));
    writeSync(descriptor, Buffer.from(words.buffer, 0, Math.min(PART, end - at)), 0, undefined, at);
  }
  closeSync(descriptor);
}

class Bench {
  readonly figures: Figure[] = [];
  private readonly course: Course;
  private readonly sizes: Sizes;

  constructor(course: Course, sizes: Sizes) {
    this.course = course;
    this.sizes = sizes;
  }

  async begin(): Promise<void> {
    const { course } = this;
    await course.found();
    await course.join(await course.invite());
    await withEngine(course.master, hear);
    say(`joined: ${course.members.length} members`);
  }

  /** Members hand in, and the Master collects, round by round. */
  async rounds(): Promise<void> {
    const { course, sizes } = this;
    const id = await this.assign('Homework', 'hw1');
    for (const member of course.members) await withEngine(member, (engine) => receiveAll(engine));
    for (let round = 1; round <= sizes.rounds; round++) {
      for (const [number, member] of course.members.entries()) {
        const start = round === 1 ? 0 : sizes.bytes * 0.9;
        fill(join(member.folder, 'hw1', 'data.bin'), number * 1000 + round, start, sizes.bytes);
        writeFileSync(join(member.folder, 'hw1', 'answer.md'), `answer ${round} of ${member.name}\n`);
      }
      await this.measured(`hand in, round ${round}`, course.members.length, async () => {
        let sealed = 0;
        for (const member of course.members)
          sealed += await withEngine(member, async (engine) => (await engine.handIn({ assignment: id })).sealedBytes);
        return sealed;
      });
      await this.collect(`collect, round ${round}`, id, course.members.length);
      await this.collect(`collect, nothing new, round ${round}`, id, course.members.length);
      // They have been reviewed; all rounds of a large course are more than many a disk has room for.
      rmSync(join(course.master.folder, '..', 'Assignments'), { recursive: true });
    }
  }

  /** One hands in all of a large folder, then the same again. */
  async large(): Promise<void> {
    const { course, sizes } = this;
    const [member] = course.members as [Person];
    mkdirSync(join(member.folder, 'large'));
    for (let at = 0; at * 50e6 < sizes.workspace; at++) {
      fill(join(member.folder, 'large', `part-${at}`), 1_000_000 + at, 0, Math.min(50e6, sizes.workspace - at * 50e6));
    }
    const id = await this.assign('Project', 'large');
    for (const what of ['large workspace', 'large workspace, unchanged']) {
      await this.measured(`hand in, ${what}`, 1, () =>
        withEngine(member, async (engine) => (await engine.handIn({ assignment: id })).sealedBytes),
      );
      await this.collect(`collect, ${what}`, id, 1);
    }
  }

  private async assign(title: string, path: string): Promise<string> {
    const { master } = this.course;
    mkdirSync(join(master.folder, path), { recursive: true });
    writeFileSync(join(master.folder, path, 'task.md'), `${title}\n`);
    return withEngine(master, async (engine) => {
      const made = await engine.createAssignment({ title, deadline: DEADLINE, parts: [{ path, patterns: [] }] });
      return made.id;
    });
  }

  private collect(step: string, assignment: string, count: number): Promise<void> {
    return this.measured(step, count, () =>
      withEngine(this.course.master, async (engine) => {
        const { items } = await engine.collect({ assignment });
        const failed = items.find(({ problem }) => problem !== null);
        if (failed !== undefined) throw new Error(`${step}: ${failed.problem}`);
        return items.reduce((sum, { fetched }) => sum + fetched, 0);
      }),
    );
  }

  private async measured(step: string, count: number, run: () => Promise<number>): Promise<void> {
    const before = measureTree(this.course.hub).bytes;
    const began = performance.now();
    const moved = await run();
    const seconds = (performance.now() - began) / 1000;
    const grew = measureTree(this.course.hub).bytes - before;
    this.figures.push({ step, seconds, moved, grew, count });
    say(`${step}: ${seconds.toFixed(1)} s, ${formatSize(moved)} moved, the hub grew by ${formatSize(grew)}`);
  }
}

interface Verdict {
  readonly what: string;
  readonly atMost: number;
  readonly reached: number;
}

/** What is new moves once, and nothing else. */
function judge(figures: readonly Figure[], { rounds, bytes, members, workspace }: Sizes): Verdict[] {
  const moved = (step: string): number => figures.find((one) => one.step === step)?.moved ?? NaN;
  const later = Array.from({ length: rounds - 1 }, (_, at) => at + 2);
  return [
    ...later.map((round) => ({
      what: `round ${round}: bytes collected, as a part of all that was handed in`,
      atMost: 0.25,
      reached: moved(`collect, round ${round}`) / (members * bytes),
    })),
    ...[1, ...later].map((round) => ({
      what: `round ${round}: bytes collected where nothing is new`,
      atMost: 0,
      reached: moved(`collect, nothing new, round ${round}`),
    })),
    {
      what: 'large workspace, unchanged: bytes sealed, as a part of it',
      atMost: 0.001,
      reached: moved('hand in, large workspace, unchanged') / workspace,
    },
  ];
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      work: { ...text, default: join(tmpdir(), 'snapstage-bench') },
      members: { ...text, default: '500' },
      rounds: { ...text, default: '3' },
      megabytes: { ...text, default: '20' },
      workspace: { ...text, default: '1000' },
      json: text,
    },
  });
  const [members, rounds, megabytes, workspace] = [values.members, values.rounds, values.megabytes, values.workspace].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if (![members, rounds, megabytes, workspace].every((value) => Number.isInteger(value) && value > 0)) {
    say(usage);
    return 2;
  }
  const sizes = { members, rounds, bytes: megabytes * 1e6, workspace: workspace * 1e6 };
  mkdirSync(resolve(values.work), { recursive: true });
  const scratch = mkdtempSync(join(resolve(values.work), 'hand-ins-'));
  try {
    const bench = new Bench(new Course(join(scratch, 'course'), members), sizes);
    await bench.begin();
    await bench.rounds();
    await bench.large();
    const { figures } = bench;
    const verdicts = judge(figures, sizes);
    const rows = figures.map(({ step, seconds, moved, grew, count }) => [
      step,
      String(count),
      seconds.toFixed(1),
      (seconds / count).toFixed(3),
      formatSize(moved),
      formatSize(grew),
    ]);
    const lines = verdicts.map(
      ({ what, atMost, reached }) => `${reached <= atMost ? 'reached' : 'SHORT  '} ${what}: ${reached}, at most ${atMost}`,
    );
    const head = ['', 'hand-ins', 'all, s', 'each, s', 'moved', 'hub grew by'];
    process.stdout.write(`${[...alignColumns([head, ...rows]), '', ...lines].join('\n')}\n`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ sizes, figures, verdicts }, undefined, 1)}\n`);
    return verdicts.every(({ atMost, reached }) => reached <= atMost) ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exitCode = await main();
