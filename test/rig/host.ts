/** The entry that VS Code calls inside its extension host: runs the bundled tests beside it. */
import { readdirSync } from 'node:fs';
import { findSourceMap } from 'node:module';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeCoverage } from 'node:v8';
import { runSuite } from './suite.ts';

/** `out/test` of the project: this file was bundled into its folder `rig`. */
const bundled = resolve(import.meta.dirname, '..');
const project = resolve(bundled, '..', '..');

/** @throws Error when a test failed: the extension host then ends with an exit code other than 0 */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  const tests = readdirSync(bundled, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.cjs'));
  const { failures } = await runSuite(
    tests.toSorted().map((name) => join(bundled, name)),
    { isOurs, mapStack },
  );
  // The extension host is killed, not ended: coverage would be lost.
  if (process.env['NODE_V8_COVERAGE'] !== undefined) takeCoverage();
  if (failures.length > 0) throw new Error(`${failures.length} failed`);
}

/** VS Code and its built-in extensions have stray rejections of their own. */
function isOurs(stack: string): boolean {
  const frame = stack.split('\n').find((line) => /^\s+at .*\.[cm]?[jt]s:\d+/.test(line)) ?? '';
  return frame.includes(project + sep) && !frame.includes(`${sep}node_modules${sep}`);
}

/** VS Code formats stacks itself, so Node's own source map support has no effect on them. */
function mapStack(stack: string): string {
  return stack.replaceAll(
    /\(?((?:[A-Z]:\\|\/|out\/|dist\/)[^():]*\.c?js):(\d+):(\d+)\)?/g,
    (frame, file: string, line: string, column: string) => {
      const path = isAbsolute(file) ? file : resolve(project, file);
      const origin = findSourceMap(path)?.findOrigin(Number(line), Number(column));
      if (origin === undefined || !('fileName' in origin)) return frame;
      const source = origin.fileName.startsWith('file:') ? fileURLToPath(origin.fileName) : origin.fileName;
      return `(${source}:${origin.lineNumber}:${origin.columnNumber})`;
    },
  );
}
