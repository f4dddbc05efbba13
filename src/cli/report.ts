/** What gets printed where: results on standard output (text or one JSON document), all else on standard error. */
import type { Progress } from '../base/progress.ts';
import type { Flags } from './args.ts';
import type { Io } from './io.ts';
import { createFormats } from './render/format.ts';
import type { Formats } from './render/format.ts';
import { clearLine, ProgressLine } from './render/progress.ts';
import { renderTable } from './render/table.ts';
import type { Column } from './render/table.ts';

/** So many rows or lines are written at a time: a long list never is in memory as one text. */
const piece = 2048;

export class Report {
  readonly formats: Formats;
  private readonly io: Io;
  private readonly flags: Flags;
  private readonly progressLine: ProgressLine | undefined;

  constructor(io: Io, flags: Flags) {
    this.io = io;
    this.flags = flags;
    this.formats = createFormats(io.locale, io.timeZone);
    this.progressLine = io.err.terminal && !flags.quiet ? new ProgressLine(io.err, this.formats, io.clock) : undefined;
  }

  /** The command's result: the document with `--json`, otherwise the lines (already escaped). */
  async result(document: unknown, lines: () => Iterable<string>): Promise<void> {
    if (this.flags.json) await this.document(document);
    else await this.lines(lines());
  }

  /** Lines that `--quiet` and `--json` leave out: what happened, hints, explanations. */
  async note(lines: () => readonly string[]): Promise<void> {
    if (!this.flags.json && !this.flags.quiet) await this.lines(lines());
  }

  /** On standard error, whatever the flags. */
  async warn(...lines: readonly string[]): Promise<void> {
    this.endProgress();
    await this.io.err.write(lines.map((line) => `${line}\n`).join(''));
  }

  async bytes(chunk: Uint8Array): Promise<void> {
    this.endProgress();
    await this.io.out.write(chunk);
  }

  async document(document: unknown): Promise<void> {
    this.endProgress();
    const { out } = this.io;
    if (out.terminal || !Array.isArray(document) || document.length === 0) {
      await out.write(`${JSON.stringify(document, undefined, out.terminal ? 2 : undefined)}\n`);
      return;
    }
    let before = '[';
    for (let start = 0; start < document.length; start += piece, before = ',') {
      await out.write(before + JSON.stringify(document.slice(start, start + piece)).slice(1, -1));
    }
    await out.write(']\n');
  }

  /** A table's lines for standard output, painted and aligned when a person reads it. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): Iterable<string> {
    return renderTable(rows, columns, this.io.out.terminal, this.io.out.paint);
  }

  readonly onProgress = (progress: Progress): void => this.progressLine?.draw(progress);

  endProgress(): void {
    this.progressLine?.clear();
  }

  /** Takes away the `^C` that a terminal echoes. */
  async clearEcho(): Promise<void> {
    this.endProgress();
    if (this.io.err.terminal) await this.io.err.write(clearLine);
  }

  private async lines(lines: Iterable<string>): Promise<void> {
    this.endProgress();
    let some: string[] = [];
    for (const line of lines) {
      if (some.push(line) < piece) continue;
      await this.io.out.write(`${some.join('\n')}\n`);
      some = [];
    }
    if (some.length > 0) await this.io.out.write(`${some.join('\n')}\n`);
  }
}
