import { alignColumns } from '../report.ts';
import { median } from '../statistics.ts';
import { differenceText } from '../treerun.ts';
import { trees } from '../trees.ts';
import { idle } from './idle.ts';
import { quietSeconds, type QuietCost } from './quiet.ts';
import { sceneNames, type Findings, type SceneName } from './scenes.ts';
import type { Step } from './stopwatch.ts';

/** Milliseconds: of the activation, and of the extension host's delay beside that when idle. */
const targets = { activation: 100, delay: 10 } as const;

/** All findings as plain lines. */
export function renderFindings(findings: Findings): string {
  const { tree, activation, steps, verdicts } = findings;
  return [
    `${trees[tree].title} in the real editor; the extension host's event loop is looked at every millisecond`,
    ...(activation.length === 0 ? [] : ['', activationLine(activation)]),
    ...sceneNames.flatMap((scene) => sceneLines(scene, steps)),
    ...(verdicts.length === 0 ? [] : ['']),
    ...verdicts.map(({ scene, after, differences }) => {
      const found =
        differences.length === 0 ? 'bytes, modes, times and links are what they should be' : `differs: ${differenceText(differences)}`;
      return `Compared: ${scene}, after ${after}: ${found}`;
    }),
    ...quietLines(findings.quiet),
  ].join('\n');
}

function activationLine(milliseconds: readonly number[]): string {
  const reached = median(milliseconds);
  const each = milliseconds.map((value) => value.toFixed(0)).join(', ');
  return `${mark(reached < targets.activation)} activation: ${reached} ms (of ${each}), target below ${targets.activation}`;
}

function sceneLines(scene: SceneName, all: readonly Step[]): string[] {
  const steps = all.filter((step) => step.scene === scene);
  const base = steps.find(({ step }) => step === idle)?.delay;
  if (!base) return [];
  const rows = steps.map(({ step, seconds, settled, delay, main }) => {
    const beside = { percentile99: delay.percentile99 - base.percentile99, maximum: delay.maximum - base.maximum };
    return [
      step,
      seconds?.toFixed(3) ?? '',
      settled?.toFixed(3) ?? '',
      delay.percentile99.toFixed(1),
      delay.maximum.toFixed(1),
      delay.computed.toFixed(1),
      main.busy.toFixed(2),
      main.waited.toFixed(2),
      seconds === null ? '' : mark(Math.max(beside.percentile99, beside.maximum) < targets.delay),
    ];
  });
  const heads = [
    'seen, s',
    'all, s',
    'delay 99 %, ms',
    'most, ms',
    'computed, ms',
    'host busy, s',
    'host waited, s',
    `< ${targets.delay} ms beside idle`,
  ];
  return ['', ...alignColumns([[scene, ...heads], ...rows])];
}

function quietLines({ with: own, without }: Findings['quiet']): string[] {
  if (!own || !without) return [];
  const types = [...new Set([...Object.keys(own), ...Object.keys(without)])].sort();
  const seconds = (cost: QuietCost, type: string): string => cost[type]?.toFixed(2) ?? '';
  const rows = types.map((type) => [type, seconds(own, type), seconds(without, type)]);
  return ['', ...alignColumns([[`processor seconds in ${quietSeconds} quiet ones`, 'with Snapstage', 'without'], ...rows])];
}

function mark(met: boolean): string {
  return met ? 'reached' : 'SHORT';
}
