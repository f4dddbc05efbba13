import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { compareManifests, readManifest, sameBytes, type Difference, type Manifest } from './compare.ts';
import type { Measurement, Runner } from './measure.ts';
import { changeDataset, editAddDelete, editFiles, insertLine, insertLineInLarge } from './mutate.ts';
import { shuffled, type Random } from './random.ts';
import type { Operation, Results } from './samples.ts';
import type { StoreSize, Tool } from './tool.ts';
import { trees, type TreeName } from './trees.ts';

/** What a run on one tree works with. */
export interface TreeRunParts {
  readonly name: TreeName;
  /** The tree: a copy, on the same disk as `scratch`. */
  readonly tree: string;
  /** Stores and restored trees go here. Nothing in it is deleted during the run. */
  readonly scratch: string;
  readonly tools: readonly Tool[];
  readonly runner: Runner;
  readonly random: Random;
  readonly results: Results;
  /** Rounds of the operations that write everything, and of all others. */
  readonly rounds: { readonly heavy: number; readonly light: number };
  readonly say: (line: string) => void;
}

const noGrowth: StoreSize = { store: 0, caches: 0 };

/**
 * All operations on one tree. In each round every tool has its turn, in random order; all work on the same tree.
 * Stores and restored trees stay until the whole run is over: ext4 is several times slower just after a large delete.
 */
export class TreeRun {
  readonly #parts: TreeRunParts;
  readonly #sizes = new Map<Tool, StoreSize>();
  /** Tools whose first take failed: there is nothing more to measure. */
  readonly #withoutStore = new Set<Tool>();
  #places = 0;

  constructor(parts: TreeRunParts) {
    this.#parts = parts;
  }

  run(chosen: ReadonlySet<Operation>): void {
    const { heavy, light } = this.#parts.rounds;
    this.#rounds('first', heavy, (tool, round) => this.#first(tool, round));
    settle();
    if (chosen.has('unchanged')) this.#rounds('unchanged', light, (tool, round) => this.#take(tool, 'unchanged', round));
    if (chosen.has('changed'))
      this.#rounds(
        'changed',
        light,
        (tool, round) => this.#take(tool, 'changed', round),
        (round) => this.#change(round),
      );
    if (chosen.has('diff')) this.#rounds('diff', light, (tool, round) => this.#diff(tool, round));
    if (chosen.has('list')) this.#rounds('list', light, (tool, round) => this.#time(tool, 'list', round, tool.list()));
    if (chosen.has('one') || chosen.has('restore')) this.#refresh();
    if (chosen.has('one')) this.#rounds('one', light, (tool, round) => this.#restoreOne(tool, round));
    if (chosen.has('restore')) this.#restoreAll(heavy);
    if (chosen.has('edit'))
      this.#rounds(
        'edit',
        light,
        (tool, round) => this.#take(tool, 'edit', round),
        (round) => this.#edit(round),
      );
    if (chosen.has('rollback')) this.#rounds('rollback', light, (tool, round) => this.#rollback(tool, round));
    if (chosen.has('verify')) this.#rounds('verify', heavy, (tool, round) => this.#time(tool, 'verify', round, tool.verify()));
    if (chosen.has('compact')) this.#rounds('compact', 1, (tool, round) => this.#compact(tool, round));
  }

  /** Runs `turn` for each tool that can, in each round after `before`. A tool that fails is out of this operation. */
  #rounds(operation: Operation, rounds: number, turn: (tool: Tool, round: number) => void, before?: (round: number) => void): void {
    const { random, tools } = this.#parts;
    const able = new Set(tools.filter((tool) => !this.#withoutStore.has(tool) && this.#isAble(tool, operation)));
    for (let round = 1; round <= rounds; round++) {
      before?.(round);
      for (const tool of shuffled([...able], random)) {
        try {
          turn(tool, round);
        } catch (error) {
          able.delete(tool);
          if (operation === 'first') this.#withoutStore.add(tool);
          this.#omit(tool, operation, error instanceof Error ? error.message : String(error), true);
        }
      }
    }
  }

  #isAble(tool: Tool, operation: Operation): boolean {
    const { cannot } = tool;
    const reasons: Partial<Record<Operation, string | undefined>> = {
      ...cannot,
      unchanged: cannot['take again'],
      changed: cannot['take again'],
      edit: cannot['take again'],
    };
    const reason = reasons[operation];
    if (reason !== undefined) this.#omit(tool, operation, reason, false);
    return reason === undefined;
  }

  #omit(tool: Tool, operation: Operation, reason: string, failed: boolean): void {
    const { name: tree, results, say } = this.#parts;
    results.omissions.push({ tree, tool: tool.name, operation, reason, failed });
    say(`${tree} ${operation} ${tool.name}: ${failed ? 'FAILED' : 'left out'}: ${reason}`);
  }

  #time(tool: Tool, operation: Operation, round: number, script: string): Measurement {
    const measured = this.#measure(tool, script);
    this.#record(tool, operation, round, measured);
    return measured;
  }

  #measure(tool: Tool, script: string): Measurement {
    return this.#parts.runner.measure({ script, cwd: this.#parts.tree, env: tool.env });
  }

  #record(
    tool: Tool,
    operation: Operation,
    round: number,
    measured: Measurement,
    sizes: { size?: StoreSize; growth?: StoreSize } = {},
  ): void {
    const { name: tree, results, say } = this.#parts;
    results.samples.push({ tree, tool: tool.name, operation, round, ...measured, ...sizes });
    const growth = sizes.growth ? `, store +${(sizes.growth.store / 1e6).toFixed(2)} MB` : '';
    say(
      `${tree} ${operation} ${tool.name} ${round}: ${measured.wall.toFixed(3)} s, cpu ${measured.cpu.toFixed(2)} s, ${(measured.memory / 1e6).toFixed(0)} MB${growth}`,
    );
  }

  #first(tool: Tool, round: number): void {
    tool.init({ tree: this.#parts.tree, store: this.#newPlace(`${tool.name}-store`) });
    this.#sizes.set(tool, noGrowth);
    this.#take(tool, 'first', round);
  }

  #take(tool: Tool, operation: Operation, round: number): void {
    const measured = this.#measure(tool, tool.take());
    const before = this.#sizes.get(tool) ?? noGrowth;
    const size = this.#remember(tool);
    const growth = { store: size.store - before.store, caches: size.caches - before.caches };
    this.#record(tool, operation, round, measured, { size, growth });
  }

  #remember(tool: Tool): StoreSize {
    const size = tool.size();
    this.#sizes.set(tool, size);
    return size;
  }

  #change(round: number): void {
    const { name, tree } = this.#parts;
    if (trees[name].large) changeDataset(tree, round);
    else editFiles(tree, round);
    settle();
  }

  #edit(round: number): void {
    const { name, tree } = this.#parts;
    const insert = trees[name].large ? insertLineInLarge : insertLine;
    insert(join(tree, trees[name].one), round);
    settle();
  }

  /** Untimed takes by the tools that were not there when the tree changed, so that all restore the same. */
  #refresh(): void {
    const { tools, runner, tree } = this.#parts;
    for (const tool of tools) {
      if (tool.cannot['take again'] !== undefined) runner.run({ script: tool.take(), cwd: tree, env: tool.env });
    }
  }

  #diff(tool: Tool, round: number): void {
    const [newest, previous] = tool.newest(2);
    if (newest === undefined || previous === undefined) throw new Error('There are no two snapshots to compare.');
    this.#time(tool, 'diff', round, tool.diff(previous, newest));
  }

  #restoreOne(tool: Tool, round: number): void {
    const { name, tree } = this.#parts;
    const { one } = trees[name];
    const target = this.#newPlace(`${tool.name}-one`);
    this.#time(tool, 'one', round, tool.restoreOne(one, target));
    if (!sameBytes(join(tree, one), tool.placeOfOne(one, target))) throw new Error(`${one} came back with other bytes.`);
  }

  #restoreAll(rounds: number): void {
    const expected = readManifest(this.#parts.tree);
    this.#rounds('restore', rounds, (tool, round) => {
      const target = this.#newPlace(`${tool.name}-restored`);
      this.#time(tool, 'restore', round, tool.restore(target));
      this.#compare(tool, 'restore', round, expected, target);
    });
  }

  #rollback(tool: Tool, round: number): void {
    const { name, tree, runner } = this.#parts;
    // What the tool before has brought back has new inodes; an untimed take lets this one know them.
    runner.run({ script: tool.take(), cwd: tree, env: tool.env });
    const [to] = tool.newest(1);
    if (to === undefined) throw new Error('There is no snapshot to go back to.');
    const expected = readManifest(tree);
    if (trees[name].large) changeDataset(tree, 100 + round);
    else editAddDelete(tree, round);
    settle();
    this.#time(tool, 'rollback', round, tool.rollback(to));
    this.#compare(tool, 'rollback', round, expected, tree);
  }

  #compact(tool: Tool, round: number): void {
    const measured = this.#measure(tool, tool.compact());
    this.#record(tool, 'compact', round, measured, { size: this.#remember(tool) });
  }

  #compare(tool: Tool, operation: Operation, round: number, expected: Manifest, folder: string): void {
    const { name: tree, results, say } = this.#parts;
    const differences = compareManifests(expected, readManifest(folder));
    results.comparisons.push({ tree, tool: tool.name, operation, round, differences });
    if (differences.length > 0) say(`${tree} ${operation} ${tool.name} ${round}: not as before: ${differenceText(differences)}`);
  }

  #newPlace(title: string): string {
    const place = join(this.#parts.scratch, `${title}-${++this.#places}`);
    mkdirSync(place, { recursive: true });
    return place;
  }
}

/** In words: how many entries differ in which aspect, with an example of each. */
export function differenceText(differences: readonly Difference[]): string {
  return differences.map(({ aspect, count, example }) => `${aspect} ${count} (${example})`).join(', ');
}

/** Lets the disk come to rest, and the changes grow older than the two seconds in which tools distrust file times. */
function settle(): void {
  spawnSync('sync');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
}
