// Loaded before a TypeScript entry (`node --import`), in syntax that older Nodes parse: says which Node is needed and why this one runs.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 24 && !(major === 22 && minor >= 19)) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  process.stderr.write(
    `The scripts of this project need Node.js 24 (or 22.19 and newer of the 22 line); this is ${process.version}.\n` +
      `Where npm has it, the optional dependency ${name} brings it: run the scripts through npm after a plain \`npm ci\`.\n` +
      'Otherwise install Node.js 24 and put it first on PATH.\n',
  );
  process.exit(1);
}
