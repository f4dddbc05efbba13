import { setTimeout as pause } from 'node:timers/promises';
import type { HostFigures } from './probe.ts';
import type { EditorWindow, Sight } from './window.ts';

/** A measured step in a window. */
export interface Step extends HostFigures {
  readonly scene: string;
  readonly step: string;
  /** From the click (or whatever began it) to what is seen; null where nothing was done. */
  readonly seconds: number | null;
  /** The same to the last of what the step brings; null where there is no more than what is seen. */
  readonly settled: number | null;
}

export interface StepParts {
  /** Begins the step with its last button or key, or returns the moment at which it began. */
  readonly act: () => Promise<number | void>;
  /** What is then seen first; asked for after `act`. */
  readonly see: () => Sight;
  /** What is seen last. */
  readonly settle?: Sight;
}

/** What is under way when the last thing is seen can hold the extension host up for a moment longer. */
const afterwardsMilliseconds = 1000;

/** Milliseconds since 1970, as fine as the window's own clock. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Measures the steps of one window. */
export class Stopwatch {
  readonly #scene: string;
  readonly #window: EditorWindow;
  readonly #tell: (step: Step) => void;

  constructor(scene: string, window: EditorWindow, tell: (step: Step) => void) {
    this.#scene = scene;
    this.#window = window;
    this.#tell = tell;
  }

  async step(step: string, { act, see, settle }: StepParts): Promise<void> {
    const { probe } = this.#window;
    await probe.begin();
    const begun = (await act()) ?? (await this.#window.lastInput());
    const seen = await this.#window.see(see());
    const settled = settle && (await this.#window.see(settle));
    await pause(afterwardsMilliseconds);
    const figures = await probe.end(`${this.#scene}-${step}`);
    const secondsTo = (moment: number): number => (moment - begun) / 1000;
    this.#tell({
      scene: this.#scene,
      step,
      seconds: secondsTo(seen),
      settled: settled === undefined ? null : secondsTo(settled),
      ...figures,
    });
  }

  /** Looks on while `work` lasts. */
  async watch(step: string, work: () => Promise<unknown>): Promise<void> {
    const { probe } = this.#window;
    await probe.begin();
    await work();
    this.#tell({ scene: this.#scene, step, seconds: null, settled: null, ...(await probe.end(`${this.#scene}-${step}`)) });
  }

  /** Takes a picture of the window. */
  async picture(name: string): Promise<void> {
    await this.#window.editor.screenshot(`bench-${this.#scene}-${name}`);
  }
}
