/**
 * A Space at work, over a hub in a folder: how long it takes a course to come in, to hand out something large, to look ahead what many small
 * objects would meet, and to settle a conflict that many have; and what the hub grows by. Every engine is a real one.
 * `node test/bench/space.ts [options]`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Course } from './space/course.ts';
import { judge, renderFindings, summarize } from './space/report.ts';
import { Scenes, type Findings, type Sizes } from './space/scenes.ts';

const sceneNames = ['material', 'preview', 'conflict'] as const;

const usage = `npm run bench:space -- [options]
  --work DIR        where the Space goes (default: snapstage-bench in the system's temporary folder; about 20 GB)
  --members N       (default 300)
  --megabytes N     of what is handed out to all (default 1000)
  --receivers N     members who receive that (default 5)
  --objects N       small ones, for the preview and the conflict (default 1000)
  --conflicted N    members who have the same conflict (default 200)
  --scenes LIST     of ${sceneNames.join(', ')} (default: all; conflict needs preview)
  --json FILE       write every figure there
  A minute: --members 20 --megabytes 50 --receivers 2 --objects 100 --conflicted 10`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly work: string;
  readonly sizes: Sizes;
  readonly scenes: ReadonlySet<(typeof sceneNames)[number]>;
  readonly json: string | undefined;
}

/** Reads the command's words; nothing when they make no sense. */
function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      work: { ...text, default: join(tmpdir(), 'snapstage-bench') },
      members: { ...text, default: '300' },
      megabytes: { ...text, default: '1000' },
      receivers: { ...text, default: '5' },
      objects: { ...text, default: '1000' },
      conflicted: { ...text, default: '200' },
      scenes: { ...text, default: sceneNames.join(',') },
      json: text,
    },
  });
  const wanted = values.scenes.split(',').map((word) => word.trim());
  const scenes = new Set(sceneNames.filter((name) => wanted.includes(name)));
  const [members, megabytes, objects] = [values.members, values.megabytes, values.objects].map(Number) as [number, number, number];
  const [receivers, conflicted] = [values.receivers, values.conflicted].map((value) => Math.min(Number(value), members)) as [
    number,
    number,
  ];
  const sizes = { members, bytes: megabytes * 1e6, receivers, objects, conflicted };
  const isSane = [members, megabytes, receivers, objects, conflicted].every((value) => Number.isInteger(value) && value > 0);
  if (!isSane || members < 3 || objects < 2 || scenes.size < wanted.length || (scenes.has('conflict') && !scenes.has('preview')))
    return undefined;
  return { work: resolve(values.work), sizes, scenes, json: values.json === undefined ? undefined : resolve(values.json) };
}

/** True when what is to hold holds, and what was received is what was sent. */
async function bench({ work, sizes, scenes, json }: Options): Promise<boolean> {
  mkdirSync(work, { recursive: true });
  const scratch = mkdtempSync(join(work, 'space-'));
  const findings: Findings = { sizes, steps: [], growths: [], content: null, comparisons: [], waiting: [] };
  try {
    const runner = new Scenes(new Course(join(scratch, 'course'), sizes.members), scratch, findings, say);
    await runner.join();
    for (const name of sceneNames) {
      if (scenes.has(name)) await runner[name]();
      if (json !== undefined)
        writeFileSync(
          json,
          `${JSON.stringify({ ...findings, summaries: summarize(findings), verdicts: judge(findings) }, undefined, 1)}\n`,
        );
    }
  } finally {
    say('Cleaning up');
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  process.stdout.write(`${renderFindings(findings)}\n`);
  return judge(findings).every(({ met }) => met) && findings.comparisons.every(({ differences }) => differences.length === 0);
}

const options = readOptions();
if (!options) say(usage);
process.exitCode = !options ? 2 : (await bench(options)) ? 0 : 1;
