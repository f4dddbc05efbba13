import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataset } from '../dataset.ts';
import { changeDataset, editFiles } from '../mutate.ts';
import { pick, seededRandom } from '../random.ts';

const material = 'material';
const textBytes = 12_000;
const filesPerFolder = 100;

/** Makes what a course hands out, of about `bytes`: a quarter each of a CSV, a SQLite database, random bytes as in pictures, and texts. */
export function makeMaterial(folder: string, bytes: number): void {
  const top = join(folder, material);
  makeDataset(join(top, 'tables'), bytes / 4);
  makeTexts(join(top, 'texts'), bytes / 4);
}

/** Makes many small texts, of about `bytes` in all, a hundred in each folder. */
export function makeTexts(folder: string, bytes: number): void {
  const random = seededRandom(11);
  const vocabulary = Array.from({ length: 3000 }, () => Math.floor(random.next() * 36 ** 6).toString(36));
  const count = Math.max(1, Math.floor(bytes / textBytes));
  for (let number = 0; number < count; number++) {
    const inside = join(folder, `week-${Math.floor(number / filesPerFolder)}`);
    if (number % filesPerFolder === 0) mkdirSync(inside, { recursive: true });
    const lines: string[] = [];
    // From a third of the usual size to five thirds of it.
    for (let left = textBytes / 3 + random.below((4 * textBytes) / 3); left > 0; left -= lines.at(-1)!.length + 1) {
      lines.push(Array.from({ length: 12 }, () => pick(vocabulary, random)).join(' '));
    }
    writeFileSync(join(inside, `task-${number % filesPerFolder}.md`), lines.join('\n'));
  }
}

export const materialFolder = material;

/** Changes about 1 % of it, as its author would: rows of the tables, a line in each hundredth text. */
export function changeMaterial(folder: string, round: number): void {
  changeDataset(join(folder, material, 'tables'), round);
  editFiles(join(folder, material, 'texts'), round);
}

const exercises = 'exercises';

/** The instance-relative paths of so many small files. */
export function exercisePaths(count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${exercises}/part-${number % 20}/exercise-${number}.md`);
}

/** Writes small files, each different in each round. */
export function writeExercises(folder: string, paths: readonly string[], round: number): void {
  for (const [number, path] of paths.entries()) {
    const inside = join(folder, path, '..');
    if (number < 20) mkdirSync(inside, { recursive: true });
    const random = seededRandom(round * 1_000_003 + number);
    const lines = Array.from(
      { length: 10 + random.below(30) },
      (_, line) => `${line}: ${random.next().toString(36)} ${random.next().toString(36)}`,
    );
    writeFileSync(join(folder, path), `Exercise ${number}, round ${round}\n${lines.join('\n')}\n`);
  }
}
