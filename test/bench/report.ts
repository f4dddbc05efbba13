import { operations, titles, type Operation, type Results, type Sample } from './samples.ts';
import { median, minimum, pairedRatio } from './statistics.ts';
import { targets, type Quantity, type Target } from './targets.ts';
import { toolNames, type ToolName } from './tool.ts';
import { trees, type TreeName } from './trees.ts';
import { differenceText } from './treerun.ts';

/** What all rounds of one tool and operation come to. */
export interface Summary {
  readonly tree: TreeName;
  readonly tool: ToolName;
  readonly operation: Operation;
  readonly rounds: number;
  /** Seconds. */
  readonly wall: { readonly median: number; readonly minimum: number };
  readonly cpu: { readonly median: number; readonly minimum: number };
  /** Bytes, the most of all rounds. */
  readonly memory: number;
  /** Bytes on disk, medians: the store without what can be rebuilt, and that. */
  readonly size: { readonly store: number; readonly caches: number } | null;
  readonly growth: { readonly store: number; readonly caches: number } | null;
  /** Median over the rounds of this tool's seconds divided by Snapstage's; null without Snapstage. */
  readonly timesSnapstage: number | null;
}

/** A target with what was reached; `reached` is in the target's own measure. */
export interface Verdict extends Target {
  readonly tree: TreeName;
  readonly reached: number;
  readonly met: boolean;
}

/** One summary for each tree, tool and operation that was measured. */
export function summarize(results: Results): Summary[] {
  return groups(results).map(([first, samples]) => {
    const { tree, tool, operation } = first;
    const own = select(results, tree, 'snapstage', operation);
    const ratio = pairedRatio(byRound(samples, 'wall'), byRound(own, 'wall'));
    const sizes = (pick: 'size' | 'growth'): Summary['size'] => {
      const known = samples.flatMap((sample) => sample[pick] ?? []);
      if (known.length === 0) return null;
      return { store: median(known.map(({ store }) => store)), caches: median(known.map(({ caches }) => caches)) };
    };
    return {
      tree,
      tool,
      operation,
      rounds: samples.length,
      wall: { median: median(samples.map(({ wall }) => wall)), minimum: minimum(samples.map(({ wall }) => wall)) },
      cpu: { median: median(samples.map(({ cpu }) => cpu)), minimum: minimum(samples.map(({ cpu }) => cpu)) },
      memory: Math.max(...samples.map(({ memory }) => memory)),
      size: sizes('size'),
      growth: sizes('growth'),
      timesSnapstage: Number.isNaN(ratio) ? null : ratio,
    };
  });
}

/** How Snapstage stands to each target that this run can tell about. */
export function judge(results: Results): Verdict[] {
  return targets.flatMap((target) =>
    target.trees.flatMap((tree) => {
      const own = byRound(select(results, tree, 'snapstage', target.operation), target.quantity);
      const peer = target.peer && byRound(select(results, tree, target.peer, target.operation), target.quantity);
      const values = [...own.values()];
      const reached = peer ? pairedRatio(own, peer) : target.quantity === 'memory' ? Math.max(...values) : median(values);
      return values.length === 0 || Number.isNaN(reached) ? [] : [{ ...target, tree, reached, met: reached <= target.atMost }];
    }),
  );
}

function select(results: Results, tree: TreeName, tool: ToolName, operation: Operation): Sample[] {
  return results.samples.filter((sample) => sample.tree === tree && sample.tool === tool && sample.operation === operation);
}

function groups(results: Results): [Sample, Sample[]][] {
  const found = results.trees.flatMap(({ tree }) =>
    operations.flatMap((operation) => toolNames.map((tool) => select(results, tree, tool, operation))),
  );
  return found.flatMap((samples) => (samples[0] ? [[samples[0], samples]] : []));
}

function byRound(samples: readonly Sample[], quantity: Quantity): Map<number, number> {
  const values = samples.map((sample): [number, number | undefined] => {
    const value = quantity === 'size' || quantity === 'growth' ? sample[quantity]?.store : sample[quantity];
    return [sample.round, value];
  });
  return new Map(values.flatMap(([round, value]) => (value === undefined ? [] : [[round, value] as const])));
}

/** The whole report as plain lines. */
export function renderReport(results: Results): string {
  const summaries = summarize(results);
  const tools = toolNames.filter((tool) => summaries.some((summary) => summary.tool === tool));
  const lines = [
    `Machine: ${Object.entries(results.machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  ];
  for (const tool of tools)
    lines.push(`${tool}: ${results.versions[tool] ?? ''}${tool === 'restic' ? ' (encrypts, which the others do not)' : ''}`);
  lines.push(disturbance(results.samples));
  for (const { tree, files, bytes } of results.trees) {
    lines.push(
      '',
      `${trees[tree].title}: ${files.toLocaleString('en')} files, ${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 0 })} MB`,
    );
    lines.push(
      ...treeTables(
        summaries.filter((summary) => summary.tree === tree),
        tools,
      ),
    );
  }
  return [...lines, '', ...omissionLines(results), ...comparisonLines(results), '', ...verdictLines(results)].join('\n');
}

/** How much the rest of the machine worked while commands were timed. */
function disturbance(samples: readonly Sample[]): string {
  const total = (pick: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + pick(sample), 0);
  const processors = total(({ others }) => others) / total(({ wall }) => wall);
  return `While commands were timed, everything else on the machine kept ${processors.toFixed(2)} processors busy.`;
}

function treeTables(summaries: readonly Summary[], tools: readonly ToolName[]): string[] {
  const of = (operation: Operation, tool: ToolName): Summary | undefined =>
    summaries.find((summary) => summary.operation === operation && summary.tool === tool);
  const table = (title: string, cell: (summary: Summary) => string | undefined, columns = tools): string[] => {
    const rows = operations.map((operation) => [
      titles[operation],
      ...columns.map((tool) => {
        const summary = of(operation, tool);
        return (summary && cell(summary)) ?? '';
      }),
    ]);
    const filled = rows.filter((row) => row.slice(1).some((text) => text !== ''));
    return filled.length === 0 ? [] : ['', ...alignColumns([[title, ...columns], ...filled])];
  };
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(Math.abs(bytes) < 100e6 ? 2 : 0);
  const peers = tools.filter((tool) => tool !== 'snapstage');
  const sizes =
    (pick: 'size' | 'growth') =>
    (summary: Summary): string | undefined => {
      const size = summary[pick];
      return size ? `${megabytes(size.store)} + ${megabytes(size.caches)}` : undefined;
    };
  return [
    ...table('seconds: median (minimum)', ({ wall }) => `${wall.median.toFixed(3)} (${wall.minimum.toFixed(3)})`),
    ...table('times Snapstage, median by round', ({ timesSnapstage }) => timesSnapstage?.toFixed(2), peers),
    ...table('processor seconds, median', ({ cpu }) => cpu.median.toFixed(2)),
    ...table('peak memory, MB', ({ memory }) => (memory / 1e6).toFixed(0)),
    ...table('store + what it can rebuild, MB', sizes('size')),
    ...table('growth of both, MB', (summary) => (summary.operation === 'first' ? undefined : sizes('growth')(summary))),
  ];
}

/** Rows of a table as lines: the first column to the left, the others to the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join('  '),
  );
}

function omissionLines({ omissions }: Results): string[] {
  const subjects = new Map<string, Set<string>>();
  for (const { tree, tool, operation, reason, failed } of omissions) {
    const why = `${tool}: ${reason}`;
    const line = failed ? `FAILED: ${tree}, ${why}` : `Left out: ${why}`;
    subjects.set(line, (subjects.get(line) ?? new Set()).add(titles[operation]));
  }
  return [...subjects].map(([line, operationTitles]) => `${line} (${[...operationTitles].join(', ')})`);
}

function comparisonLines({ comparisons }: Results): string[] {
  const verdicts = new Map<string, number>();
  for (const { tree, tool, operation, differences } of comparisons) {
    const found = differences.length === 0 ? 'equal to what was saved' : `differs: ${differenceText(differences)}`;
    const line = `Compared: ${tree}, ${titles[operation]}, ${tool}: ${found}`;
    verdicts.set(line, (verdicts.get(line) ?? 0) + 1);
  }
  return [...verdicts].map(([line, count]) => (count > 1 ? `${line} (${count} times)` : line));
}

function verdictLines(results: Results): string[] {
  return judge(results).map(({ tree, operation, quantity, peer, atMost, reached, met }) => {
    const mark = met ? 'reached' : 'SHORT  ';
    const show = (value: number): string => (quantity === 'wall' ? `${value.toFixed(3)} s` : `${(value / 1e6).toFixed(0)} MB`);
    const inWords = !peer
      ? `${show(reached)}, target ${show(atMost)}`
      : quantity === 'wall'
        ? `${(1 / reached).toFixed(2)} times as fast as ${peer}, target ${(1 / atMost).toFixed(1)}`
        : `${reached.toFixed(3)} of ${peer}'s, target ${atMost}`;
    return `${mark} ${tree}, ${titles[operation]}, ${quantity}: ${inWords}`;
  });
}
