import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseToolInput, toolShapes, type ToolName } from '../../../src/editor/api/toolInput.ts';

interface DeclaredTool {
  readonly name: string;
  readonly modelDescription: string;
  readonly inputSchema: {
    readonly properties: Readonly<Record<string, { readonly type: string; readonly description: string }>>;
    readonly additionalProperties: boolean;
  };
}

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
  readonly contributes: { readonly languageModelTools: readonly DeclaredTool[] };
};
const declared = manifest.contributes.languageModelTools;

describe('input of the tools', () => {
  it('is declared as it is checked', () => {
    const types = { string: 'string', boolean: 'boolean', strings: 'array' } as const;
    assert.deepEqual(
      Object.fromEntries(
        declared.map(({ name, inputSchema }) => [
          name,
          Object.fromEntries(Object.entries(inputSchema.properties).map(([key, { type }]) => [key, type])),
        ]),
      ),
      Object.fromEntries(
        Object.entries(toolShapes).map(([name, shape]) => [
          name,
          Object.fromEntries(Object.entries(shape).map(([key, kind]) => [key, types[kind]])),
        ]),
      ),
    );
    for (const { inputSchema } of declared) assert.equal(inputSchema.additionalProperties, false);
  });

  it('has no tool that deletes', () => {
    assert.deepEqual(
      declared.filter(({ name, modelDescription }) => /delete/i.test(name) || /^delet/i.test(modelDescription)),
      [],
    );
  });

  it('passes what is right, and takes what is empty for absent', () => {
    const paths = ['a.txt', 'b/c'];
    assert.deepEqual(parseToolInput('snapstage_restore_snapshot', { state: 'latest', paths, folder: null }), { state: 'latest', paths });
    assert.deepEqual(parseToolInput('snapstage_take_snapshot', { name: '', force: false }), { force: false });
    assert.deepEqual(parseToolInput('snapstage_list_snapshots', undefined), {});
  });

  it('refuses what is wrong, naming it', () => {
    const wrong: readonly (readonly [ToolName, unknown, RegExp])[] = [
      ['snapstage_take_snapshot', 'latest', /must be an object/],
      ['snapstage_take_snapshot', ['a'], /must be an object/],
      ['snapstage_take_snapshot', { name: 7 }, /“name” must be a string/],
      ['snapstage_take_snapshot', { force: 'yes' }, /“force” must be true or false/],
      ['snapstage_take_snapshot', { hint: ['a'] }, /Unknown: hint\. Known are: folder, name/],
      ['snapstage_take_snapshot', JSON.parse('{"__proto__": {"force": true}}'), /Unknown: __proto__/],
      ['snapstage_take_snapshot', { name: 'x'.repeat(5000) }, /longer than/],
      ['snapstage_restore_snapshot', { state: 'latest', paths: 'a' }, /“paths” must be an array of strings/],
      ['snapstage_restore_snapshot', { state: 'latest', paths: [1] }, /“paths” must be a string/],
      ['snapstage_restore_snapshot', { state: 'latest', paths: Array<string>(2000).fill('a') }, /more than 1000/],
      ['snapstage_restore_snapshot', { state: 'a\0b' }, /zero byte/],
    ];
    for (const [tool, input, message] of wrong)
      assert.throws(() => parseToolInput(tool, input), { code: 'usage', message }, JSON.stringify(input)?.slice(0, 80));
  });
});
