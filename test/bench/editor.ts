/**
 * The main job in the real editor, measured as a person meets it: seconds from the click to what is seen, and how late the extension
 * host's event loop runs meanwhile. `npm run build` first, then `node test/bench/editor.ts [options]`.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { renderFindings } from './editor/report.ts';
import { sceneNames, Scenes, type Findings, type SceneName } from './editor/scenes.ts';
import { pristineTree, treeNames, type TreeName } from './trees.ts';

const usage = `npm run bench:editor -- [options]
  --work DIR       where trees and copies go (default: snapstage-bench in the system's temporary folder; about 10 GB)
  --tree NAME      of ${treeNames.join(', ')} (default: linux)
  --scenes LIST    of ${sceneNames.join(', ')} (default: all)
  --extension DIR  the built extension (default: this project)
  --json FILE      write every figure there
  --profiles DIR   a CPU profile of the extension host for each step, which disturbs what is measured`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly work: string;
  readonly tree: TreeName;
  readonly scenes: readonly SceneName[];
  readonly extension: string;
  readonly json: string | undefined;
  readonly profiles: string | undefined;
}

/** Reads the command's words; nothing when they make no sense. */
function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      work: { ...text, default: join(tmpdir(), 'snapstage-bench') },
      tree: { ...text, default: 'linux' },
      scenes: { ...text, default: sceneNames.join(',') },
      extension: { ...text, default: resolve(import.meta.dirname, '..', '..') },
      json: text,
      profiles: text,
    },
  });
  const wanted = values.scenes.split(',').map((word) => word.trim());
  const tree = treeNames.find((name) => name === values.tree);
  const scenes = sceneNames.filter((name) => wanted.includes(name));
  if (tree === undefined || scenes.length < wanted.length) return undefined;
  const path = (given: string | undefined): string | undefined => (given === undefined ? undefined : resolve(given));
  const [json, profiles] = [path(values.json), path(values.profiles)];
  return { work: resolve(values.work), tree, scenes, extension: resolve(values.extension), json, profiles };
}

/** True when everything that must be seen came, and every byte is where it should be. */
async function bench({ work, tree, scenes, extension, json, profiles }: Options): Promise<boolean> {
  const bundle = join(extension, 'dist', 'extension.cjs');
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: build it first (npm run build)`);
  for (const folder of [work, ...(profiles === undefined ? [] : [profiles])]) mkdirSync(folder, { recursive: true });
  const pristine = pristineTree(join(work, 'pristine'), tree, say);
  const scratch = mkdtempSync(join(work, 'editor-'));
  const findings: Findings = { tree, activation: [], steps: [], verdicts: [], quiet: {} };
  const runner = new Scenes({ tree, pristine, scratch, extension, profiles, say }, findings);
  let allSeen = true;
  for (const scene of scenes) {
    try {
      await runner.run(scene);
    } catch (error) {
      allSeen = false;
      say(`FAILED: ${scene}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  process.stdout.write(`${renderFindings(findings)}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(findings, undefined, 1)}\n`);
  return allSeen && findings.verdicts.every(({ differences }) => differences.length === 0);
}

const options = readOptions();
if (!options) say(usage);
process.exitCode = !options ? 2 : (await bench(options)) ? 0 : 1;
