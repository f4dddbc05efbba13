/** Solutions of one small task, written without looking at one another: means of measurements by group, out of a file. */
import { idOf } from '../../../src/store/ids.ts';
import type { ComparedFile } from '../../../src/space/similarity/comparedFile.ts';

export const LOOPS = `import sys

# Reads lines of the form: group;value
def read_measurements(path):
    measurements = []
    with open(path) as stream:
        for line in stream:
            line = line.strip()
            if line == '' or line.startswith('#'):
                continue
            group, value = line.split(';')
            measurements.append((group, float(value)))
    return measurements

def means_by_group(measurements):
    sums = {}
    counts = {}
    for group, value in measurements:
        if group not in sums:
            sums[group] = 0.0
            counts[group] = 0
        sums[group] += value
        counts[group] += 1
    means = {}
    for group in sums:
        means[group] = sums[group] / counts[group]
    return means

def print_table(means):
    width = 0
    for group in means:
        width = max(width, len(group))
    for group in sorted(means, key=lambda name: -means[name]):
        bar = '*' * int(means[group])
        print(group.ljust(width), round(means[group], 2), bar)

if __name__ == '__main__':
    if len(sys.argv) != 2:
        print('usage: means.py FILE')
        sys.exit(1)
    print_table(means_by_group(read_measurements(sys.argv[1])))
`;

export const CLASSES = `from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
import argparse


@dataclass
class Group:
    """All that was measured of one group."""

    name: str
    values: list = field(default_factory=list)

    @property
    def mean(self):
        return sum(self.values) / len(self.values)

    def __str__(self):
        return f'{self.name:>12} {self.mean:8.2f} ' + int(self.mean) * '*'


class Table:
    def __init__(self):
        self.groups = defaultdict(lambda: Group('?'))

    def load(self, file):
        for row in Path(file).read_text().splitlines():
            if not row or row[0] == '#':
                continue
            name, _, number = row.partition(';')
            self.groups[name].name = name
            self.groups[name].values.append(float(number))
        return self

    def ranked(self):
        return sorted(self.groups.values(), key=lambda g: g.mean, reverse=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('file')
    for group in Table().load(parser.parse_args().file).ranked():
        print(group)


main()
`;

export const PANDAS = `import pandas as pd
import sys

try:
    file = sys.argv[1]
except IndexError:
    raise SystemExit('give me a file')

table = pd.read_csv(file, sep=';', comment='#', names=['group', 'value'])
means = table.groupby('group')['value'].mean().sort_values(ascending=False)
longest = means.index.str.len().max()
for name, mean in means.items():
    stars = '*' * int(mean)
    print(f'{name:{longest}} {mean:.2f} {stars}')
assert not means.isna().any(), 'empty group'
`;

export const FUNCTIONAL = `import csv, itertools, operator, statistics, sys

def rows(name):
    with open(name, newline='') as f:
        yield from (r for r in csv.reader(f, delimiter=';') if r and not r[0].startswith('#'))

def mean_of(pairs):
    return statistics.fmean(float(v) for _, v in pairs)

first = operator.itemgetter(0)
grouped = itertools.groupby(sorted(rows(sys.argv[1]), key=first), first)
result = [(mean_of(list(pairs)), key) for key, pairs in grouped]
while result:
    best = max(result)
    result.remove(best)
    print('%-20s %.2f %s' % (best[1], best[0], '*' * round(best[0])))
`;

/** `LOOPS` with other names, texts, numbers and comments, spread over other lines, and with its functions in another order. */
export const DISGUISED = `"""My very own solution."""
import sys


def show(
    result,
):
    w = 0          # the longest name
    for k in result: w = max(w, len(k))
    for k in sorted(result,
                    key=lambda q: -result[q]):
        stars = "#" * int(result[k])
        print(k.ljust(w),
              round(result[k], 3), stars)


def average(rows):
    """Averages."""
    total = {}; number = {}
    for k, x in rows:
        # a new one
        if k not in total:
            total[k] = 0.
            number[k] = 0
        total[k] += x; number[k] += 1
    result = {}
    for k in total: result[k] = total[k] / number[k]
    return result


def load(filename):
    rows = []
    with open(filename) as f:
        for text in f:
            text = text.strip()

            if text == "" or text.startswith("%"): continue

            k, x = text.split(",")
            rows.append((k, float(x)))
    return rows


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("wrong"); sys.exit(2)
    show(average(load(sys.argv[1])))
`;

export const SOLUTIONS = { LOOPS, CLASSES, PANDAS, FUNCTIONAL };

/** A file in memory; of one piece, unless it is cut into some of this size. */
export function fileOf(path: string, content: string | Uint8Array, pieceSize = Infinity): ComparedFile {
  const bytes = Buffer.from(content);
  return {
    path,
    size: bytes.length,
    id: idOf(bytes),
    pieces: () =>
      Array.from({ length: Math.ceil(bytes.length / pieceSize) || 1 }, (_, i) => idOf(bytes.subarray(i * pieceSize, (i + 1) * pieceSize))),
    read: () => bytes,
  };
}

/** Files by their paths. */
export function filesOf(contents: Readonly<Record<string, string | Uint8Array>>): ComparedFile[] {
  return Object.entries(contents).map(([path, content]) => fileOf(path, content));
}

/** A notebook of these cells; what starts with `#` and a space is prose. */
export function notebookOf(...sources: string[]): string {
  const cells = sources.map((source) => ({
    cell_type: source.startsWith('# ') ? 'markdown' : 'code',
    metadata: {},
    source: source.split(/(?<=\n)/),
    ...(source.startsWith('# ') ? {} : { execution_count: null, outputs: [] }),
  }));
  return JSON.stringify({ cells, metadata: { kernelspec: { language: 'python' } }, nbformat: 4, nbformat_minor: 4 });
}
