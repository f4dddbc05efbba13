/** What the bench does, window after window, and all that it finds out. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { waitForCommands } from '../../ui/steps.ts';
import { copyTree, trees, type TreeName } from '../trees.ts';
import { activationMilliseconds } from './activation.ts';
import { watchIdle } from './idle.ts';
import { mainJob } from './mainJob.ts';
import { makeNearlyEmpty, manyChanges } from './manyChanges.ts';
import { makeManySnapshots, manySnapshots } from './manySnapshots.ts';
import { quietCost, type QuietCost } from './quiet.ts';
import type { Verdict } from './restoreAndUndo.ts';
import { Stopwatch, type Step } from './stopwatch.ts';
import { EditorWindow } from './window.ts';

export const sceneNames = ['main job', 'many changes', 'many snapshots'] as const;
export type SceneName = (typeof sceneNames)[number];

/** Windows that are asked for the activation time. */
const activations = 5;

/** What an editor starts late is over by then. */
const settleMilliseconds = 15_000;

export interface Place {
  readonly tree: TreeName;
  /** Where that tree is; it is only copied. */
  readonly pristine: string;
  /** For copies and the editor's files. */
  readonly scratch: string;
  /** The extension's folder. */
  readonly extension: string;
  /** Where CPU profiles go; they disturb what is measured. */
  readonly profiles: string | undefined;
  readonly say: (line: string) => void;
}

/** Everything that a run found out. */
export interface Findings {
  readonly tree: TreeName;
  /** Milliseconds by VS Code's own account. */
  readonly activation: number[];
  readonly steps: Step[];
  readonly verdicts: (Verdict & { readonly scene: SceneName })[];
  /** With nothing happening, with the extension and without. */
  readonly quiet: { with?: QuietCost; without?: QuietCost };
}

/** Runs scenes; what they find out is in `findings` as they go. All throw, after a picture, when something that must be seen does not come. */
export class Scenes {
  readonly #place: Place;
  readonly #findings: Findings;
  #windows = 0;

  constructor(place: Place, findings: Findings) {
    this.#place = place;
    this.#findings = findings;
  }

  async run(scene: SceneName): Promise<void> {
    this.#place.say(scene);
    const folder = join(this.#place.scratch, scene.replaceAll(' ', '-'));
    switch (scene) {
      case 'main job':
        await this.#mainJob(folder);
        await this.#quietWithout(folder);
        await this.#activation(folder);
        break;
      case 'many changes':
        await this.#manyChanges(folder);
        break;
      case 'many snapshots':
        await this.#manySnapshots(folder);
        break;
    }
  }

  /** At its end everything has been opened: the moment to see what that costs when nothing happens. */
  async #mainJob(folder: string): Promise<void> {
    const { tree, pristine } = this.#place;
    copyTree(pristine, folder);
    await this.#measured('main job', folder, async (window, stopwatch) => {
      const verdicts = await mainJob({ window, stopwatch, folder, one: trees[tree].one });
      await pause(settleMilliseconds);
      this.#findings.quiet.with = await quietCost(window);
      return verdicts;
    });
  }

  #quietWithout(folder: string): Promise<void> {
    return this.#inWindow(folder, [], async (window) => {
      await pause(settleMilliseconds);
      this.#findings.quiet.without = await quietCost(window);
    });
  }

  async #activation(folder: string): Promise<void> {
    const { say, extension } = this.#place;
    for (let number = 1; number <= activations; number++) {
      await this.#inWindow(folder, [extension], async (window) => {
        await waitForCommands(window.editor);
        const milliseconds = await activationMilliseconds(window);
        this.#findings.activation.push(milliseconds);
        say(`activation ${number}: ${milliseconds} ms`);
      });
    }
  }

  async #manyChanges(folder: string): Promise<void> {
    makeNearlyEmpty(folder);
    const { pristine } = this.#place;
    await this.#measured('many changes', folder, (window, stopwatch) => manyChanges({ window, stopwatch, folder, pristine }));
  }

  async #manySnapshots(folder: string): Promise<void> {
    await makeManySnapshots(folder);
    await this.#measured('many snapshots', folder, async (window, stopwatch) => {
      await manySnapshots(window, stopwatch);
      return [];
    });
  }

  /** In a window of its own, whose extension host is first looked at with nothing to do. */
  #measured(
    scene: SceneName,
    folder: string,
    run: (window: EditorWindow, stopwatch: Stopwatch) => Promise<readonly Verdict[]>,
  ): Promise<void> {
    return this.#inWindow(folder, [this.#place.extension], async (window) => {
      const stopwatch = new Stopwatch(scene, window, (step) => this.#tell(step));
      await waitForCommands(window.editor);
      await watchIdle(stopwatch);
      const verdicts = await run(window, stopwatch);
      this.#findings.verdicts.push(...verdicts.map((verdict) => ({ ...verdict, scene })));
    });
  }

  #tell(step: Step): void {
    this.#findings.steps.push(step);
    const { delay, seconds } = step;
    this.#place.say(
      `${step.step}: ${seconds?.toFixed(3) ?? '-'} s, delay ${[delay.percentile99, delay.maximum, delay.computed].map((value) => value.toFixed(1)).join(' / ')} ms`,
    );
  }

  async #inWindow(folder: string, extensions: readonly string[], run: (window: EditorWindow) => Promise<void>): Promise<void> {
    const { scratch, profiles } = this.#place;
    const window = await EditorWindow.open({ folder, extensions, scratch: join(scratch, `window-${++this.#windows}`), profiles });
    try {
      await run(window);
    } catch (error) {
      this.#place.say(`A picture: ${await window.editor.screenshot('bench-failed')}`);
      throw error;
    } finally {
      await window.close();
    }
  }
}
