#!/usr/bin/env node
// Old syntax on purpose: this file must still parse where the program itself can't, to say why.
import * as os from 'node:os';
import { cacheFolder } from '../base/home.ts';

const [major, minor] = process.versions.node.split('.').map(Number);

// zstd dictionaries came with these.
const newEnough = (major === 22 && minor >= 19) || (major === 24 && minor >= 6) || major > 24;

if (newEnough) {
  const { createRequire, enableCompileCache } = process.getBuiltinModule('node:module');
  try {
    // A fifth of what a short command takes. Not in the folder for temporary files: others could put something there.
    enableCompileCache(cacheFolder(process.env, process.platform, os.homedir()));
  } catch {
    // Without a home, say, the program starts as it would the first time.
  }
  createRequire(import.meta.url)('./cli-main.cjs');
} else {
  process.stderr.write(`snapstage needs Node.js 22.19 or newer of the 22 line, or 24.6 or newer; this is ${process.version}.\n`);
  process.exitCode = 1;
}
