import { alignColumns } from '../report.ts';
import { median, minimum } from '../statistics.ts';
import { differenceText } from '../treerun.ts';
import type { Findings, Step } from './scenes.ts';

/** All rounds of a step. */
export interface Summary {
  readonly step: string;
  readonly rounds: number;
  /** Seconds. */
  readonly median: number;
  readonly minimum: number;
  readonly sum: number;
  /** Bytes, the most of all rounds; `null` where nobody measured it. */
  readonly peak: number | null;
  readonly count: number;
}

/** What is to hold; `reached` in the measure of the target. */
export interface Verdict {
  readonly what: string;
  readonly atMost: number;
  readonly reached: number;
  readonly met: boolean;
}

export function summarize({ steps }: Findings): Summary[] {
  return [...Map.groupBy(steps, ({ step }) => step)].map(([step, all]) => {
    const seconds = all.map((one) => one.seconds);
    const peaks = all.flatMap(({ peak }) => peak ?? []);
    return {
      step,
      rounds: all.length,
      median: median(seconds),
      minimum: minimum(seconds),
      sum: seconds.reduce((sum, one) => sum + one, 0),
      peak: peaks.length === 0 ? null : Math.max(...peaks),
      count: (all.at(-1) as Step).count,
    };
  });
}

/** Issue 5: content is written to the hub once, a preview comes in seconds, one decision is enough. */
export function judge(findings: Findings): Verdict[] {
  const { content, growths, waiting } = findings;
  const summaries = new Map(summarize(findings).map((one) => [one.step, one]));
  const grew = (step: string): number => growths.find((one) => one.step === step)?.bytes ?? NaN;
  const took = (step: string): number => summaries.get(step)?.median ?? NaN;
  const waits = (how: string): number => waiting.find((one) => one.how === how)?.members ?? NaN;
  const verdicts = [
    { what: 'hub’s growth, times what the Master’s own store took', atMost: 1.05, reached: grew('distribute') / (content?.stored ?? NaN) },
    { what: 'hub’s growth for 1 % changed, times that of all', atMost: 0.1, reached: grew('distribute 1 % changed') / grew('distribute') },
    { what: 'receiving, times cp -a', atMost: 6, reached: took('receive') / took('cp -a of the same') },
    { what: 'preview, seconds', atMost: 10, reached: took('preview') },
    { what: 'Master’s sync, nothing new, seconds', atMost: 3, reached: took('Master’s sync, nothing new') },
    { what: 'members who must decide what the Master has decided', atMost: 0, reached: waits('decided by the Master') },
  ];
  return verdicts.filter(({ reached }) => !Number.isNaN(reached)).map((one) => ({ ...one, met: one.reached <= one.atMost }));
}

/** All findings as plain lines. */
export function renderFindings(findings: Findings): string {
  const { sizes, content, growths, comparisons, waiting } = findings;
  const summaries = summarize(findings);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 2 })} MB`;
  const rows = summaries.map((one) => [
    one.step,
    String(one.rounds),
    one.median.toFixed(3),
    one.minimum.toFixed(3),
    one.sum.toFixed(1),
    one.peak === null ? '' : (one.peak / 1e6).toFixed(0),
    String(one.count),
  ]);
  const stored =
    content === null ? '' : `; ${megabytes(content.bytes)} in ${content.files} files, ${megabytes(content.stored)} in the Master’s store`;
  return [
    `A Space of ${sizes.members} members${stored}`,
    '',
    ...alignColumns([['', 'rounds', 'median, s', 'minimum, s', 'all, s', 'peak, MB', 'count'], ...rows]),
    '',
    ...growths.map(({ step, bytes, files, records }) => `Hub: ${step}: ${megabytes(bytes)} in ${files} files, ${records} of them records`),
    ...copies(findings),
    ...waiting.map(({ how, members, of }) => `Conflicts: ${how}: something waits at ${members} of ${of} members`),
    ...comparisons.map(({ step, differences }) => {
      const found = differences.length === 0 ? 'equal to what was sent' : `differs: ${differenceText(differences)}`;
      return `Compared: ${step}: ${found}`;
    }),
    '',
    ...judge(findings).map(
      ({ what, atMost, reached, met }) => `${met ? 'reached' : 'SHORT  '} ${what}: ${reached.toFixed(3)}, at most ${atMost}`,
    ),
  ].join('\n');
}

/** What it would take to copy the same to everybody, beside what the hub grew by. */
function copies({ sizes, content, growths, steps }: Findings): string[] {
  const grew = growths.find(({ step }) => step === 'distribute');
  const seconds = (name: string): number => median(steps.filter(({ step }) => step === name).map((one) => one.seconds));
  if (content === null || grew === undefined) return [];
  const all = sizes.members * content.bytes;
  const [copied, sent] = [sizes.members * seconds('cp -a of the same'), seconds('distribute to all')];
  return [
    `A copy for each: ${(all / 1e9).toFixed(1)} GB written, ${(all / grew.bytes).toFixed(0)} times what the hub grew by; ${copied.toFixed(0)} s, ${(copied / sent).toFixed(1)} times what distributing took (extrapolated)`,
  ];
}
