/** Bundles the extension, the engine's workers, the command line and the webviews into dist/. `--production` minifies. */
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const webviews = readdirSync('media').flatMap((name) => (/(?<!\.d)\.ts$|\.css$/.test(name) ? [`media/${name}`] : []));

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  outdir: 'dist',
  sourcemap: !production,
  minify: production,
  keepNames: production,
  charset: 'utf8',
  logLevel: 'warning',
  logOverride: { 'empty-import-meta': 'error' },
};

/** @type {import('esbuild').BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  target: 'node22',
  // Its other form calls a `require` that a bundler can't follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
};

/** @type {import('esbuild').BuildOptions} */
const commonJs = {
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
};

// CommonJS dependencies inside an ES module still call require and ask for their folder.
const requireInModules = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

// CommonJS starts quicker, and few commands need these parts of Node: they are loaded when first used.
const lazyParts = [
  'const load = require;',
  'const lazily = (name) => new Proxy({}, { get: (_, part) => load(name)[part] });',
  'require = (name) => (/^node:(child_process|worker_threads)$/.test(name) ? lazily(name) : load(name));',
].join('\n');

/** SQLite is a file of its own, which reads its WebAssembly from beside itself: most commands never load it. */
const sqlite = '@sqlite.org/sqlite-wasm';
/** @type {import('esbuild').Plugin} */
const sqliteApart = {
  name: 'sqlite-apart',
  setup: (bundle) => bundle.onResolve({ filter: new RegExp(`^${sqlite}$`) }, () => ({ path: './sqlite.js', external: true })),
};

/** Of package.json the program only tells the version. @type {import('esbuild').Plugin} */
const versionAlone = {
  name: 'version-alone',
  setup: (bundle) =>
    bundle.onLoad({ filter: /[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    }),
};

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({ ...node, ...commonJs, entryPoints: ['src/extension.ts'], external: ['vscode'] }),
  build({
    ...node,
    entryPoints: { engineWorker: 'src/engine/engineWorker.ts', poolWorker: 'src/engine/poolWorker.ts' },
    format: 'esm',
    banner: { js: requireInModules },
    plugins: [sqliteApart],
  }),
  build({ ...node, entryPoints: { sqlite }, format: 'esm' }),
  build({
    ...node,
    ...commonJs,
    entryPoints: { 'cli-main': 'src/cli/main.ts' },
    keepNames: false,
    banner: { js: lazyParts },
    plugins: [sqliteApart, versionAlone],
  }),
  // Its own bundle in old syntax: it tells the user of an old Node which one is needed.
  build({ ...node, entryPoints: { cli: 'src/cli/entry.mjs' }, format: 'esm', target: 'node14' }),
  build({ ...common, entryPoints: webviews, outdir: 'dist/media', platform: 'browser', format: 'esm', target: 'chrome140' }),
]);
copyFileSync(`node_modules/${sqlite}/dist/sqlite3.wasm`, 'dist/sqlite3.wasm');
chmodSync('dist/cli.js', 0o755);
