import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { encodeName } from '../base/paths.ts';

/** utimensat(2) by architecture. */
const UTIMENSAT: Readonly<Record<string, number>> = { x64: 280, arm64: 88 };
const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;

/**
 * Sets times to the nanosecond. Node's own calls stop at microseconds (libuv cuts the rest off), so on Linux a Perl, which
 * nearly every system has, makes the system call; elsewhere, or without one, times stay within a microsecond.
 */
export class ExactTimes {
  private child: ChildProcess | undefined;
  private queue: Buffer[] = [];
  private readonly number: number | undefined = process.platform === 'linux' ? UTIMENSAT[process.arch] : undefined;

  /** True for a time that Node's own calls can't set exactly. */
  static isNeeded(mtime: bigint): boolean {
    return mtime % 1_000_000_000n !== 0n || mtime < 0n; // a double holds no fraction of today's seconds exactly
  }

  /** Queues a file, folder or link at an absolute path. Nothing is followed. */
  set(path: string, mtime: bigint): void {
    if (this.number === undefined) return;
    const seconds = mtime >= 0n ? mtime / 1_000_000_000n : -((-mtime + 999_999_999n) / 1_000_000_000n);
    this.queue.push(Buffer.from(`${seconds} ${mtime - seconds * 1_000_000_000n} `), encodeName(path), Buffer.of(0));
    if (this.queue.length > 6000) this.send();
  }

  /** Waits until all are set. */
  async close(): Promise<void> {
    this.send();
    if (this.child === undefined) return;
    const ended = once(this.child, 'close');
    this.child.stdin!.end();
    await ended;
    this.child = undefined;
  }

  private send(): void {
    if (this.queue.length === 0) return;
    this.child ??= this.start();
    this.child.stdin!.write(Buffer.concat(this.queue));
    this.queue = [];
  }

  private start(): ChildProcess {
    const script =
      `$/="\\0";while(<STDIN>){chomp;my($s,$n,$p)=split(/ /,$_,3);` +
      `syscall(${this.number},${AT_FDCWD},$p,pack("q4",$s,$n,$s,$n),${AT_SYMLINK_NOFOLLOW})}`;
    const child = spawn('perl', ['-e', script], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    });
    // No Perl, or one that ends early: times stay within a microsecond.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    return child;
  }
}
