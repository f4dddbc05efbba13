/** The types that others copy, and the examples of the page about them, compile by themselves. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const declarations = join(root, 'src', 'editor', 'api', 'snapstage.d.ts');
const page = readFileSync(join(root, 'src', 'editor', 'api', 'README.md'), 'utf8');

/** The one error that must be found: there is no version 2. */
const wrong =
  "import type { SnapstageExtension } from './snapstage';\nexport const api = (extension: SnapstageExtension) => extension.getAPI(2);\n";

describe('the types of the API', () => {
  it('compile alone, strictly, with the examples of the page', () => {
    const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');
    assert.ok(examples.length >= 3);
    // Below the project, so that the types of VS Code are found.
    mkdirSync(join(root, 'out'), { recursive: true });
    const folder = mkdtempSync(join(root, 'out', 'api-types-'));
    try {
      copyFileSync(declarations, join(folder, 'snapstage.d.ts'));
      examples.forEach((code, index) => writeFileSync(join(folder, index === 0 ? 'connect.ts' : `example${index}.ts`), code));
      writeFileSync(join(folder, 'wrong.ts'), wrong);
      const options = {
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false,
        module: 'esnext',
        moduleResolution: 'bundler',
        target: 'es2022',
        types: ['vscode', 'node'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder], { encoding: 'utf8' });
      // Of declarations only ours are in question.
      const errors = stdout.split('\n').filter((line) => /error/.test(line) && !/node_modules/.test(line));
      assert.equal(errors.length, 1, stdout);
      assert.match(errors[0] ?? '', /wrong\.ts.*TS2345/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('need nothing but VS Code', () => {
    const imports = [...readFileSync(declarations, 'utf8').matchAll(/from '(.+)'/g)].map(([, name]) => name);
    assert.deepEqual(imports, ['vscode']);
  });

  it('are all on the page', () => {
    const text = readFileSync(declarations, 'utf8');
    const body = /interface SnapstageFolder \{(.*?)^\}/ms.exec(text)?.[1] ?? '';
    const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name ?? '');
    assert.ok(members.length >= 10);
    for (const name of members) assert.match(page, new RegExp(`folder\\.${name}\\b`), name);
  });

  it('are copied from where the page says', () => {
    assert.ok(page.includes('(snapstage.d.ts)'));
  });
});
