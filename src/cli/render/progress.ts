/** The progress line on a terminal. */
import type { Progress } from '../../base/progress.ts';
import type { Output } from '../io.ts';
import type { Formats } from './format.ts';
import { cutText } from './text.ts';

const phases: Readonly<Record<Progress['phase'], string>> = {
  scan: 'Scanning',
  read: 'Reading',
  plan: 'Comparing',
  write: 'Writing',
  verify: 'Checking',
  compact: 'Compacting',
  delete: 'Deleting',
  finish: 'Finishing',
};

/** Back to the start of the line, and all of it gone. */
export const clearLine = '\r\u001b[2K';

/** At most ten redraws a second. */
const pace = 100;

/** Where a call stands, in one line: phase, files, bytes, rate and time left, as far as known. */
export function progressText(progress: Progress, formats: Formats): string {
  const { files, totalFiles, bytes, totalBytes, rate, eta } = progress;
  const unit = progress.phase === 'delete' ? 'snapshot' : 'file';
  const parts = [totalFiles === undefined ? formats.count(files, unit) : `${formats.number(files)} of ${formats.count(totalFiles, unit)}`];
  if (progress.phase !== 'delete')
    parts.push(totalBytes === undefined ? formats.size(bytes) : `${formats.size(bytes)} of ${formats.size(totalBytes)}`);
  if (rate !== undefined && rate > 0) parts.push(`${formats.size(rate)}/s`);
  if (eta !== undefined && Number.isFinite(eta)) parts.push(`${formats.duration(eta)} left`);
  return `${phases[progress.phase]} ${parts.join(' · ')}`;
}

/** Draws progress over itself, and takes it away before anything else is written. */
export class ProgressLine {
  private readonly output: Output;
  private readonly formats: Formats;
  private readonly clock: () => number;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private visible = false;

  constructor(output: Output, formats: Formats, clock: () => number) {
    this.output = output;
    this.formats = formats;
    this.clock = clock;
  }

  draw(progress: Progress): void {
    const now = this.clock();
    if (now - this.drawnAt < pace) return;
    this.drawnAt = now;
    this.visible = true;
    this.put(`${clearLine}${cutText(progressText(progress, this.formats), this.output.columns - 1)}`);
  }

  clear(): void {
    if (!this.visible) return;
    this.visible = false;
    this.put(clearLine);
  }

  private put(text: string): void {
    // A progress line that cannot be drawn is no reason to fail.
    this.output.write(text).catch(() => undefined);
  }
}
