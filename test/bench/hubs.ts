/**
 * Hubs on servers: what it takes to bring a tree to a git server or an S3 server and to get it from there, beside git, rclone and restic on the
 * same servers, in turn; and what requests and bytes it costs to look for news, to hand out or hand in what has hardly changed.
 * `npm run bench:hubs -- [options]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSize } from '../../src/base/format.ts';
import { makeDataset } from './dataset.ts';
import { startServers, type Servers } from './hubs/servers.ts';
import { allTools, toolNames, type ToolName } from './hubs/tools.ts';
import { measureTraffic, type Traffic } from './hubs/traffic.ts';
import { quote, Runner } from './measure.ts';
import { alignColumns } from './report.ts';
import { makeTexts } from './space/content.ts';
import { median, pairedRatio } from './statistics.ts';

const usage = `npm run bench:hubs -- [options]
  --work DIR        where trees and servers go (default: snapstage-bench in the system's temporary folder; about 15 times the megabytes)
  --megabytes N     of each tree (default 1000)
  --rounds N        (default 3)
  --json FILE       write every figure there
  Two minutes: --megabytes 50 --rounds 1
  It takes git, rclone, restic, and Ceph's radosgw (Debian: rclone restic time radosgw ceph-mon ceph-osd).`;

const directions = ['upload', 'download'] as const;
type Direction = (typeof directions)[number];

interface Sample {
  readonly tree: string;
  readonly tool: ToolName;
  readonly direction: Direction;
  readonly round: number;
  /** Seconds. */
  readonly wall: number;
  readonly cpu: number;
}

/** On the same server. */
const peers: Readonly<Partial<Record<ToolName, ToolName>>> = { git: 'snapstage-git', rclone: 'snapstage-s3', restic: 'snapstage-s3' };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Trees {
  readonly [name: string]: (folder: string, bytes: number) => void;
}

const trees: Trees = {
  'small files': makeTexts,
  'large files': (folder, bytes) => makeDataset(folder, Math.floor(bytes / 3)),
};

async function compare(servers: Servers, scratch: string, bytes: number, rounds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const runner = new Runner(scratch);
  const cli = `${quote(process.execPath)} ${quote(resolve('dist/cli.js'))}`;
  for (const [tree, make] of Object.entries(trees)) {
    const here = join(scratch, tree.replace(' ', '-'));
    const folder = join(here, 'tree');
    make(folder, bytes);
    const tools = allTools(servers, runner, cli, here);
    for (const tool of tools) await tool.adopt(folder);
    for (let round = 1; round <= rounds; round++) {
      for (const tool of tools) {
        const place = join(here, `${tool.name}-${round}`);
        const transfer = await tool.prepare(place);
        for (const direction of directions) {
          const { wall, cpu } = runner.measure(transfer[direction]);
          samples.push({ tree, tool: tool.name, direction, round, wall, cpu });
          say(`${tree}, ${tool.name}, ${direction}, round ${round}: ${wall.toFixed(2)} s`);
        }
        const { status, stdout } = spawnSync('diff', ['-rq', '-x', '.snapstage', '-x', '.git', folder, transfer.got], { encoding: 'utf8' });
        if (status !== 0) throw new Error(`${tool.name} brought something else: ${stdout.slice(0, 1000)}`);
        rmSync(place, { recursive: true, force: true });
      }
    }
    rmSync(here, { recursive: true, force: true });
  }
  return samples;
}

function summary(samples: readonly Sample[]): readonly (readonly string[])[] {
  const of = (tree: string, tool: ToolName, direction: Direction): Map<number, number> =>
    new Map(
      samples.filter((one) => one.tree === tree && one.tool === tool && one.direction === direction).map((one) => [one.round, one.wall]),
    );
  return Object.keys(trees).flatMap((tree) =>
    toolNames.map((tool) => [
      `${tree}, ${tool}`,
      ...directions.flatMap((direction) => {
        const own = of(tree, tool, direction);
        const peer = peers[tool];
        return [
          median([...own.values()]).toFixed(2),
          peer === undefined ? '' : `${pairedRatio(own, of(tree, peer, direction)).toFixed(2)}×`,
        ];
      }),
    ]),
  );
}

function trafficRows(traffic: readonly Traffic[]): readonly (readonly string[])[] {
  return traffic.map(({ hub, step, requests, up, down, seconds }) => [
    `${hub}: ${step}`,
    String(requests),
    formatSize(up),
    formatSize(down),
    seconds.toFixed(2),
  ]);
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      work: { ...text, default: join(tmpdir(), 'snapstage-bench') },
      megabytes: { ...text, default: '1000' },
      rounds: { ...text, default: '3' },
      json: text,
    },
  });
  const [megabytes, rounds] = [values.megabytes, values.rounds].map(Number) as [number, number];
  if (![megabytes, rounds].every((value) => Number.isInteger(value) && value > 0)) {
    say(usage);
    return 2;
  }
  const bytes = megabytes * 1e6;
  mkdirSync(resolve(values.work), { recursive: true });
  const scratch = mkdtempSync(join(resolve(values.work), 'hubs-'));
  const servers = await startServers(scratch, Math.ceil(bytes * 2 * (3 * rounds + 2)));
  try {
    const samples = await compare(servers, scratch, bytes, rounds);
    const traffic = [...(await measureTraffic('git', servers, scratch, bytes)), ...(await measureTraffic('s3', servers, scratch, bytes))];
    const head = ['seconds, medians', 'upload', 'of Snapstage’s', 'download', 'of Snapstage’s'];
    const rows = [
      ...alignColumns([head, ...summary(samples)]),
      '',
      ...alignColumns([['', 'requests', 'up', 'down', 's'], ...trafficRows(traffic)]),
    ];
    process.stdout.write(`${rows.join('\n')}\n`);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ megabytes, rounds, samples, traffic }, undefined, 1)}\n`);
    return 0;
  } finally {
    await servers.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

process.exitCode = await main();
