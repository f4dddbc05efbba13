#!/usr/bin/env node
/**
 * Stands in for the desktop `code` program: takes the arguments that `@vscode/test-electron` gives, runs the tests in the extension host
 * of the rig's server, with its workbench in a headless Chromium, and ends with the tests' exit code.
 * SNAPSTAGE_RIG_LOG shows all that the server and the workbench say; SNAPSTAGE_RIG_SHOTS names the folder for a picture of a failed run.
 */
import { mkdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { format, parseArgs } from 'node:util';
import { launchBrowser, newWorkbenchPage, openWorkbench } from './browser.ts';
import { startServer, vscodeVersion } from './server.ts';

const text = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  // The desktop program's many other flags mean nothing here.
  strict: false,
  allowPositionals: true,
  options: {
    version: { type: 'boolean', short: 'v' },
    extensionDevelopmentPath: { ...text, multiple: true },
    extensionTestsPath: text,
    'user-data-dir': text,
    'extensions-dir': text,
    'disable-workspace-trust': { type: 'boolean' },
  },
});

const startLimit = 300_000;
const runLimit = 80 * 60_000;
const verbose = process.env['SNAPSTAGE_RIG_LOG'] !== undefined;

/** What the workbench and the built-in extensions say of themselves in every run. */
const noise =
  /^(Resolv(ing|ed) connection token|Creating a socket \(|\[reconnection-grace-time\]|\[AgentHost|\[AccountPolicyGate\]|Updating additional builtin|Ignoring fetching additional builtin|Error while fetching the extension under development .* not a web extension|\[Service Worker\] registration|Started local extension host|Settings Sync|\[perf\]|\[LanguageModel|\[Chat)/;

async function runTests(extensionTestsPath: string): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  let over = false;
  const fail = (why: string): void => {
    if (over) return;
    // Once: where nobody reads what is written any more, writing it fails, too.
    over = true;
    process.stderr.write(`rig: ${why}\n`);
    end(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => fail(signal));
  process.on('uncaughtException', (error) => fail(error.stack ?? error.message));
  const startTimer = setTimeout(() => fail(`the workbench said nothing in ${startLimit / 1000} s`), startLimit);
  const runTimer = setTimeout(() => fail(`no result in ${runLimit / 60_000} min`), runLimit);

  const server = await startServer({
    ...place('userDataDir', values['user-data-dir']),
    ...place('extensionsDir', values['extensions-dir']),
    workspaceTrust: values['disable-workspace-trust'] !== true,
    onOutput: (output) => void (verbose && process.stderr.write(output)),
  });
  void server.exited.then((how) => fail(`VS Code's server ended (${how})\n${server.output().slice(-4000)}`));
  const browser = await launchBrowser();
  browser.on('disconnected', () => fail('Chromium ended'));
  const page = await newWorkbenchPage(browser);
  page.on('crash', () => fail('the workbench page crashed'));
  await page.exposeFunction('codeAutomationLog', (type: string, args: readonly unknown[]) => {
    clearTimeout(startTimer);
    const line = format(...args);
    if (verbose || !noise.test(line)) (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${line}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (code: unknown) => end(typeof code === 'number' ? code : 1));
  await openWorkbench(page, server, {
    ...toOpen(),
    extensionDevelopmentPath: (values.extensionDevelopmentPath ?? []).map(String),
    extensionTestsPath,
  });

  const code = await ended;
  over = true;
  clearTimeout(startTimer);
  clearTimeout(runTimer);
  const shots = process.env['SNAPSTAGE_RIG_SHOTS'];
  if (code !== 0 && shots !== undefined) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, 'host-failed.png'), timeout: 5000 }).catch(() => undefined);
  }
  await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  await server.stop();
  return code;
}

function place(name: 'userDataDir' | 'extensionsDir', value: unknown): { [key in typeof name]?: string } {
  return typeof value === 'string' ? { [name]: value } : {};
}

function toOpen(): { folder?: string; workspace?: string } {
  const path = positionals[0];
  if (path === undefined) return {};
  return extname(path) === '.code-workspace' ? { workspace: path } : { folder: path };
}

if (values.version === true) {
  process.stdout.write(`${vscodeVersion()}\n`);
} else if (typeof values.extensionTestsPath === 'string') {
  process.exit(await runTests(values.extensionTestsPath));
} else {
  process.stderr.write('rig: --extensionTestsPath is missing: this stand-in runs tests, nothing else\n');
  process.exit(2);
}
