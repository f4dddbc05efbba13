/** Processes that write to a hub at the same time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import type { Hub } from '../../src/space/hub/hub.ts';

const PROGRAM = path.join(import.meta.dirname, 'hubWriter.ts');
const WRITERS = 16;
const EACH = 3;

/** A writer in a process of its own: the files that it says it made, and its end. */
export interface Writer {
  readonly made: readonly string[];
  /** When it has said something. */
  readonly begun: Promise<unknown>;
  /** Its code, or `null` when it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

/** `args` as `hubWriter.ts` has them: `place cache folder writer count`. What it says goes to `onLine` too. */
export function startWriter(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onLine: (line: string) => void = () => undefined,
): Writer {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const made: string[] = [];
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (out + text).split('\n');
    out = lines.pop()!;
    made.push(...lines.filter((line) => line.includes('/')));
    for (const line of lines) onLine(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    assert.ok(code === 0 || signal === 'SIGKILL', err);
    return code as number | null;
  });
  return { made, begun: Promise.race([once(child.stdout, 'data'), ended]), ended, kill: () => child.kill('SIGKILL') };
}

/**
 * Many processes write to one area at once: nothing is lost, and each name has one maker, or, unless the hub `keepsNames`, the content of one
 * of those who were told that they made it.
 */
export async function racing(
  start: (folder: string, writer: string, count: string, number: number) => Writer,
  reader: Hub,
  keepsNames = true,
): Promise<void> {
  const folder = 'areas/all';
  const writers = Array.from({ length: WRITERS }, (_, i) => start(folder, `w${i}`, String(EACH), i));
  assert.deepEqual(await Promise.all(writers.map(({ ended }) => ended)), Array(WRITERS).fill(0));
  const [own, shared] = [/-\d$/, /\/shared-\d$/];
  const names = (await reader.list(folder)).files.map(({ name }) => `${folder}/${name}`);
  assert.equal(names.length, (WRITERS + 1) * EACH);
  const told = Map.groupBy(
    writers.flatMap(({ made }, i) => made.map((name) => [name, `w${i}`] as const)),
    ([name]) => name,
  );
  for (const name of names) {
    assert.match(name, own);
    const content = (await reader.read(name, 1000))!.toString();
    const makers: string[] = told.get(name)?.map(([, writer]) => writer) ?? [];
    if (shared.test(name)) assert.ok(makers.includes(content), `${name} is of ${content}, made by ${makers.join()}`);
    else assert.equal(content, name.repeat(20));
    assert.ok(makers.length === 1 || (makers.length > 1 && !keepsNames), `${name} was made by ${makers.join()}`);
  }
}
