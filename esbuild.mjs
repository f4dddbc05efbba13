/** Bundles the extension, the engine's workers, the command line and the webviews into dist/. `--production` minifies. */
import { chmodSync, copyFileSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const webviews = readdirSync('media').flatMap((name) => (name.endsWith('.ts') && !name.endsWith('.d.ts') ? [`media/${name}`] : []));

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
const node = { ...common, platform: 'node', target: 'node22' };

// CommonJS dependencies inside an ES module still call require and ask for their folder.
const requireInModules = [
  "import { createRequire as createRequireOfBundle } from 'node:module';",
  'const require = createRequireOfBundle(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join('\n');

rmSync('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...node,
    entryPoints: ['src/extension.ts'],
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  }),
  build({
    ...node,
    entryPoints: { engineWorker: 'src/engine/engineWorker.ts', poolWorker: 'src/engine/poolWorker.ts', 'cli-main': 'src/cli/main.ts' },
    format: 'esm',
    banner: { js: requireInModules },
  }),
  // Its own bundle in old syntax: it tells the user of an old Node which one is needed.
  build({ ...node, entryPoints: { cli: 'src/cli/entry.mjs' }, format: 'esm', target: 'node14', external: ['./cli-main.js'] }),
  build({ ...common, entryPoints: webviews, outdir: 'dist/media', platform: 'browser', format: 'esm', target: 'chrome140' }),
]);
copyFileSync('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
chmodSync('dist/cli.js', 0o755);
