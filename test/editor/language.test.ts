/** What the engine says, in the editor's words. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { SnapstageError } from '../../src/base/errors.ts';
import { engineWords } from '../../src/editor/engineWords.ts';
import { errorSentence } from '../../src/editor/messages.ts';
import { pseudo } from '../support/texts.ts';
import { forgetSnapshots, theInstance } from './extension.ts';

type Translate = typeof vscode.l10n.t;

/** Runs in a language that is none, for what is said while it runs. */
async function inNoLanguage<T>(run: () => Promise<T>): Promise<T> {
  const l10n = vscode.l10n as { t: Translate };
  const { t } = l10n;
  l10n.t = ((text: string, ...values: (string | number | boolean)[]) =>
    pseudo(text).replaceAll(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]))) as Translate;
  try {
    return await run();
  } finally {
    l10n.t = t;
  }
}

/** In no language an untranslated sentence stays as it is. */
function knows(message: string): boolean {
  const l10n = vscode.l10n as { t: Translate };
  const { t } = l10n;
  l10n.t = () => 'known';
  try {
    return engineWords(message) === 'known';
  } finally {
    l10n.t = t;
  }
}

describe('what the engine says', () => {
  afterEach(() => forgetSnapshots());

  it('is the same in English', () => {
    for (const sentence of [
      'There is no “a” in current.',
      'There is no snapshot “x”.',
      '“x” fits 2 snapshots.',
      'Another process is working on this store.',
      '/tmp/x is not empty.',
    ])
      assert.equal(engineWords(sentence), sentence);
  });

  it('is a sentence where the system refuses something', () => {
    const said = engineWords("EACCES: permission denied, open '/my files/x'");
    assert.equal(said, '/my files/x can’t be used (EACCES: permission denied).');
    assert.equal(engineWords('EIO: i/o error, read'), 'Reading or writing failed (EIO: i/o error).');
  });

  it('is translated where people see it', async () => {
    const { engine } = await theInstance();
    await vscode.commands.executeCommand('snapstage.take');
    const failing: readonly (() => Promise<unknown>)[] = [
      () => engine.show('nowhere'),
      () => engine.show('latest~7'),
      () => engine.ls({ state: 'latest', path: 'nowhere' }),
      () => engine.ls({ state: 'latest', path: '../outside' }),
      () => engine.history('nowhere'),
      () => engine.planRestore({ state: 'latest', paths: ['nowhere'] }),
      () => engine.init(),
      () => engine.planUndo(),
      () => engine.recover('finish'),
      () => engine.edit({ state: 'latest', name: 'latest' }),
    ];
    for (const fail of failing) {
      const error = await fail().then(
        () => assert.fail('it did not fail'),
        (reason: Error) => reason,
      );
      const said = await inNoLanguage(async () => engineWords(error.message));
      assert.match(said, /^⟦.*⟧$/s, error.message);
    }
  });

  it('is known here, but for damage and faults, which the log tells of', () => {
    const root = join(import.meta.dirname, '../../../src');
    const sourcesIn = (...folders: string[]): string[] =>
      folders.flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
          name.endsWith('.ts') ? [readFileSync(join(root, folder, name), 'utf8')] : [],
        ),
      );
    const sources = sourcesIn('store', 'instance', 'engine');
    const messages = sources.flatMap((source) =>
      [...source.matchAll(/new SnapstageError\(\s*'([\w-]+)',\s*('[^'\n]*'|`[^`\n]*`)/g)]
        .filter(([, code]) => !['damaged', 'bug', 'io'].includes(code ?? ''))
        .map(([, , literal = '']) => literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '1')),
    );
    assert.ok(messages.length > 15);
    const reasons = sourcesIn('instance').flatMap((source) =>
      [...source.matchAll(/(?:reason(?::| =)|return|(?:VANISHED|IGNORED|ESCAPED|SIDECAR) =) ('[^'\n]* [^'\n]*'|`[^`\n]* [^`\n]*`)/g)].map(
        ([, literal = '']) => literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, '1'),
      ),
    );
    assert.ok(reasons.length > 15);
    const next = sourcesIn('instance', 'engine').flatMap((source) =>
      [...source.matchAll(/\bnext: ('[^'\n]*'|`[^\n]*`)/g)].map(([, literal = '']) =>
        literal
          .slice(1, -1)
          .replaceAll(/\$\{[^}]*\}/g, '1')
          .replaceAll('\\`', '`'),
      ),
    );
    assert.ok(next.length > 5);
    // What is returned may be SQL, or put together of what is given.
    const unknown = [...messages, ...reasons, ...next].filter((message) => /[a-z’]{2,} [a-z]/.test(message) && !knows(message));
    assert.deepEqual(unknown, []);
  });

  it('is followed by what to do next', async () => {
    const error = new SnapstageError('busy', 'Another process is working on this store.');
    assert.equal(
      await inNoLanguage(async () => errorSentence(error)),
      `${pseudo('Another process is working on this store.')} ${pseudo('Another window or program is at work on these snapshots: try again when it is done.')}`,
    );
  });
});
