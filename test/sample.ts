/** A small course workspace: `node test/sample.ts FOLDER`. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { crc32, deflateSync } from 'node:zlib';

const sites = ['Aare', 'Inn', 'Rhone', 'Ticino'] as const;
const days = 120;

/** Writes the sample into a folder that is absent or empty. The same bytes each time, apart from the git repository's. */
export function makeSample(folder: string): void {
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  write('README.md', readme);
  write('syllabus.md', syllabus);
  write('.gitignore', 'cache/\n*.tmp\n');
  write('cache/sites.json', JSON.stringify({ sites }));
  write('data/temperatures.csv', temperatureCsv());
  write('analysis/trend.py', trendScript);
  write('analysis/explore.ipynb', JSON.stringify(notebook(), null, 1));
  write('analysis/requirements.txt', 'numpy==2.3.4\npandas==2.3.3\n');
  write('figures/temperatures.png', figure());
  mkdirSync(join(folder, 'submissions'), { recursive: true });
  writeDatabase(join(folder, 'data', 'course.sqlite'));
  writeRepository(join(folder, 'tools'), write);
  linkTo(join('data', 'temperatures.csv'), join(folder, 'latest.csv'));
}

/** Degrees Celsius at a site on a day of the year: a season, a height, and a ripple. */
function temperature(site: number, day: number): number {
  const season = Math.sin(((day - 100) / 365) * 2 * Math.PI);
  return 9 - 2 * site + 8 * season + Math.sin(day * (site + 1) * 1.7);
}

function date(day: number): string {
  return new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
}

function temperatureCsv(): string {
  const rows = Array.from({ length: days }, (_, day) => [date(day), ...sites.map((_site, index) => temperature(index, day).toFixed(2))]);
  return [['date', ...sites], ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function writeDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE students (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE, cohort TEXT);
    CREATE TABLE exercises (id INTEGER PRIMARY KEY, title TEXT NOT NULL, points REAL NOT NULL, due TEXT);
    CREATE TABLE measurements (
      site TEXT NOT NULL, day TEXT NOT NULL, celsius REAL, PRIMARY KEY (site, day)
    ) WITHOUT ROWID;
    CREATE INDEX measurements_by_day ON measurements (day);
    BEGIN;
  `);
  const student = database.prepare('INSERT INTO students (name, email, cohort) VALUES (?, ?, ?)');
  for (const name of ['Ada Keller', 'Bruno Fässler', 'Chiara Rossi', 'Dmitri Wyss', 'Eylül Demir']) {
    student.run(name, `${name.split(' ')[0]?.toLowerCase() ?? ''}@example.org`, 'spring 2026');
  }
  const exercise = database.prepare('INSERT INTO exercises (title, points, due) VALUES (?, ?, ?)');
  exercise.run('Reading river data', 10, date(70));
  exercise.run('A trend and its error', 20, date(84));
  exercise.run('Reproduce a figure', 15.5, date(98));
  const measurement = database.prepare('INSERT INTO measurements VALUES (?, ?, ?)');
  sites.forEach((site, index) => {
    for (let day = 0; day < days; day += 1) measurement.run(site, date(day), Number(temperature(index, day).toFixed(2)));
  });
  database.exec('COMMIT');
  database.close();
}

/** Without git on the machine the folder stays without history. */
function writeRepository(folder: string, write: (path: string, content: string) => void): void {
  write('tools/convert.py', 'import sys\n\nfor line in sys.stdin:\n    print(line.strip().replace(",", "\\t"))\n');
  write('tools/README.md', '# Tools\n\nSmall programs for the course data.\n');
  const git = (...args: string[]): boolean => spawnSync('git', args, { cwd: folder, stdio: 'ignore' }).status === 0;
  const author = ['-c', 'user.name=Course', '-c', 'user.email=course@example.org', '-c', 'commit.gpgsign=false'];
  if (!git('init', '--quiet')) return;
  git('add', '.');
  git(...author, 'commit', '--quiet', '--no-verify', '--message', 'Tools for the course data');
}

/** Windows gives the right to make links to few users only; the sample is good without. */
function linkTo(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** A PNG of the temperatures, one row of the picture per site and day of time to the right. */
function figure(): Buffer {
  const [scale, band] = [4, 40];
  const [width, height] = [days * scale, sites.length * band];
  const pixels = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const warmth = Math.max(0, Math.min(1, (temperature(Math.floor(y / band), Math.floor(x / scale)) + 8) / 26));
      pixels.set([Math.round(255 * warmth), 96, Math.round(255 * (1 - warmth))], y * (1 + width * 3) + 1 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(pixels)), pngChunk('IEND', Buffer.alloc(0))]);
}

function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function notebook(): object {
  const code = (id: string, count: number, source: string, outputs: readonly object[]): object => ({
    cell_type: 'code',
    id,
    execution_count: count,
    metadata: {},
    source: lines(source),
    outputs,
  });
  const load = 'import pandas as pd\n\nrivers = pd.read_csv("../data/temperatures.csv", parse_dates=["date"])\nprint(len(rivers), "days")';
  const show = 'from IPython.display import Image\n\nImage("../figures/temperatures.png")';
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
      language_info: { name: 'python', version: '3.13.1' },
    },
    cells: [
      { cell_type: 'markdown', id: 'intro', metadata: {}, source: lines('# Exploring the rivers\n\nFour sites, one winter and spring.') },
      code('load', 1, load, [{ output_type: 'stream', name: 'stdout', text: [`${days} days\n`] }]),
      code('show', 2, show, [
        {
          output_type: 'execute_result',
          execution_count: 2,
          metadata: {},
          data: { 'image/png': figure().toString('base64'), 'text/plain': ['<IPython.core.display.Image object>'] },
        },
      ]),
    ],
  };
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

const readme = `# River temperatures

Material of the course: daily temperatures at four sites, and how to find a trend in them.

- \`data/\`: measurements as CSV, and \`course.sqlite\` with students, exercises and measurements
- \`analysis/\`: \`trend.py\` and the notebook \`explore.ipynb\`
- \`submissions/\`: put your answers here
`;

const syllabus = `# Syllabus

| week | topic | exercise |
|---|---|---|
| 1 | Reading data | Reading river data |
| 2 | Trends | A trend and its error |
| 3 | Figures others can make again | Reproduce a figure |
`;

const trendScript = `"""Prints the warming of each site in degrees per day, by least squares."""
import csv
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "temperatures.csv"


def slope(values: list[float]) -> float:
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    numerator = sum((day - middle) * (value - mean) for day, value in enumerate(values))
    return numerator / sum((day - middle) ** 2 for day in range(len(values)))


def main() -> None:
    with DATA.open(newline="") as source:
        rows = list(csv.DictReader(source))
    for site in [name for name in rows[0] if name != "date"]:
        print(f"{site}: {slope([float(row[site]) for row in rows]):+.4f} degrees per day")


if __name__ == "__main__":
    main()
`;

if (import.meta.main) makeSample(process.argv[2] ?? 'out/sample-course');
