#!/usr/bin/env node
// Old syntax on purpose: this file must still parse where the program itself can't, to say why.
const [major, minor] = process.versions.node.split('.').map(Number);

// zstd dictionaries came with these.
const newEnough = (major === 22 && minor >= 19) || (major === 24 && minor >= 6) || major > 24;

if (newEnough) {
  process.getBuiltinModule('node:module').createRequire(import.meta.url)('./cli-main.cjs');
} else {
  process.stderr.write(`snapstage needs Node.js 22.19 or newer of the 22 line, or 24.6 or newer; this is ${process.version}.\n`);
  process.exitCode = 1;
}
