/** Heavy random changes of a folder: content, kind, presence, permissions, times, hard links. POSIX only. */
import * as fs from 'node:fs';
import { seededBytes, seededRandom } from '../support/folders.ts';

/** The store, and what a snapshot can't hold: a folder with a pipe in it can't be taken away by a restore. */
const LEFT_ALONE = ['.snapstage', 'specials'];
const SLASH = Buffer.from('/');

/** Makes about `count` changes below the folder, the same for the same seed and folder. The store is left alone, and so is `specials`. */
export function mutate(root: string, seed: number, count: number): void {
  const random = seededRandom(seed);
  for (let i = 0; i < count; i++) {
    const all = entriesOf(Buffer.from(root), true);
    if (all.length === 0) return;
    const pick = (): Buffer => all[Math.floor(random() * all.length)]!;
    change(pick(), pick(), Math.floor(random() * 14), seed * 1000 + i);
  }
}

function entriesOf(folder: Buffer, isTop: boolean): Buffer[] {
  return fs
    .readdirSync(folder, 'buffer')
    .toSorted((a, b) => a.compare(b))
    .flatMap((name) => {
      if (isTop && LEFT_ALONE.includes(name.toString())) return [];
      const full = Buffer.concat([folder, SLASH, name]);
      return fs.lstatSync(full).isDirectory() ? [full, ...entriesOf(full, false)] : [full];
    });
}

function change(path: Buffer, other: Buffer, how: number, seed: number): void {
  const stat = fs.lstatSync(path);
  const beside = Buffer.concat([path.subarray(0, path.lastIndexOf(SLASH[0]!) + 1), Buffer.from(`new ${seed}`)]);
  switch (how) {
    case 0:
    case 1:
      if (stat.isFile()) fs.writeFileSync(path, seededBytes(seed, seed % 3000));
      break;
    case 2:
      if (stat.isFile()) fs.appendFileSync(path, 'appended\n');
      break;
    case 3:
      if (stat.isFile()) fs.truncateSync(path, Math.floor(stat.size / 2));
      break;
    case 4: // same size, same time
      if (stat.isFile() && stat.size > 0 && stat.size < 1e6) {
        fs.writeFileSync(path, seededBytes(seed, stat.size));
        fs.utimesSync(path, stat.atime, stat.mtime);
      }
      break;
    case 5:
      if (!stat.isDirectory() || seed % 5 === 0) fs.rmSync(path, { recursive: true, force: true });
      break;
    case 6: // becomes a folder
      if (stat.isDirectory()) break;
      fs.unlinkSync(path);
      fs.mkdirSync(path);
      fs.writeFileSync(Buffer.concat([path, Buffer.from('/was no folder')]), 'now it is');
      break;
    case 7: // becomes a file
      if (stat.isDirectory() && seed % 4 !== 0) break;
      fs.rmSync(path, { recursive: true });
      fs.writeFileSync(path, `a file now ${seed}`);
      break;
    case 8: // becomes a link
      if (stat.isDirectory() && seed % 4 !== 0) break;
      fs.rmSync(path, { recursive: true });
      fs.symlinkSync('/nowhere', path);
      break;
    case 9:
      if (!stat.isSymbolicLink()) fs.chmodSync(path, [0o600, 0o640, 0o755, 0o700][seed % 4]!);
      break;
    case 10:
      if (!stat.isSymbolicLink()) fs.utimesSync(path, seed, seed + 0.25);
      break;
    case 11:
      fs.writeFileSync(beside, seededBytes(seed, 500));
      break;
    case 12: // another name for a file
      if (stat.isFile()) fs.linkSync(path, beside);
      break;
    default: // moved
      if (!path.equals(other) && !isBelow(path, other) && !isBelow(other, path)) fs.renameSync(path, beside);
  }
}

function isBelow(folder: Buffer, path: Buffer): boolean {
  return path.length > folder.length && path.subarray(0, folder.length).equals(folder);
}
