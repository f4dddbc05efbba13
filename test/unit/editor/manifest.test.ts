/** The house test of what package.json promises: every command has a handler, a title and a test; every text is there. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandTable } from '../../../src/editor/commandTable.ts';

const root = join(import.meta.dirname, '../../..');

interface Menu {
  /** Absent for a submenu. */
  readonly command?: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly enablement?: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly name: string; readonly when?: string }[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, object>> }[];
  };
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const { commands, menus, viewsWelcome, configuration } = manifest.contributes;
const views = Object.values(manifest.contributes.views).flat();
/** The text that a key stands for. */
const textOf = (key: string): string => texts[key.replaceAll('%', '')] ?? '';
const ids = Object.keys(commandTable);

function sourcesUnder(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(join(folder, path)))
    .join('\n');
}

describe('package.json', () => {
  it('declares exactly the commands of the table', () => {
    assert.deepEqual(commands.map(({ command }) => command).sort(), [...ids].sort());
  });

  it('gives every command a title in title case, and enables what writes in trusted workspaces only', () => {
    for (const { command, title, enablement } of commands) {
      assert.match(textOf(title), /^[A-Z]/, `${command} has no title`);
      const { writes } = commandTable[command as keyof typeof commandTable];
      assert.equal(enablement, writes ? 'isWorkspaceTrusted' : undefined, command);
    }
  });

  it('names only commands that there are', () => {
    const links = viewsWelcome.flatMap(({ contents }) => [...textOf(contents).matchAll(/command:(snapstage\.\w+)/g)]);
    const named = Object.values(menus)
      .flat()
      .flatMap(({ command }) => command ?? [])
      .concat(links.map(([, id]) => id ?? ''));
    assert.deepEqual(
      named.filter((id) => !ids.includes(id)),
      [],
    );
  });

  it('has all texts, and no others', () => {
    const used = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
  });

  it('has a name for every view, and a welcome page for each that is there before something is asked of it', () => {
    const welcomed = new Set(viewsWelcome.map(({ view }) => view));
    for (const { id, name, when } of views) {
      assert.match(textOf(name), /^[A-Z]/, `${id} has no name`);
      assert.ok(when !== undefined || welcomed.has(id), `${id} has no welcome page`);
    }
    const known = new Set(views.map(({ id }) => id));
    assert.deepEqual(
      [...welcomed].filter((id) => !known.has(id)),
      [],
    );
    for (const { contents } of viewsWelcome) assert.match(textOf(contents), /^[A-Z]/, contents);
  });

  it('has no setting that nothing reads, and none is read that it does not have', () => {
    const declared = configuration.flatMap(({ properties }) => Object.keys(properties));
    const asked = [...sourcesUnder('src/editor').matchAll(/\bsetting\('([\w.]+)'[,)]/g)].map(([, key]) => `snapstage.${key}`);
    assert.deepEqual(declared.sort(), [...new Set(asked)].sort());
  });

  it('shows at most three icons in a title', () => {
    const icons = (menus['view/title'] ?? []).filter(({ group }) => group?.startsWith('navigation'));
    for (const view of new Set(icons.map(({ when }) => when?.split(' && ')[0]))) {
      // Two at one place are never there together.
      const places = new Set(icons.filter(({ when }) => when?.split(' && ')[0] === view).map(({ group }) => group));
      assert.ok(places.size <= 3, view);
    }
  });

  it('says for every command when the palette shows it', () => {
    const listed = (menus.commandPalette ?? []).map(({ command }) => command);
    assert.deepEqual(
      ids.filter((id) => !listed.includes(id)),
      ['snapstage.showLog'],
    );
  });

  it('has a test for every command in the editor', () => {
    const tests = sourcesUnder('test/editor') + sourcesUnder('test/ui');
    for (const id of ids) assert.ok(tests.includes(`'${id}'`), `${id} is in no test`);
  });
});
