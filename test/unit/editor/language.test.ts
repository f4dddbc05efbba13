/** Every text that people see can be translated, and is: nothing is missing, nothing is left over. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { links, placeholders, project, pseudo, readTexts, sourceTexts, textCalls } from '../../support/texts.ts';

const english = readTexts('media/l10n/bundle.l10n.json');
const languages = readdirSync(join(project, 'media', 'l10n')).flatMap((name) => /^bundle\.l10n\.(.+)\.json$/.exec(name)?.[1] ?? []);

/** Words that are the same in both languages, or no words at all. */
const sameInGerman =
  /^(?:[^\p{L}]|\{\d\}|Snapstage|Snapshots?|Stage|Space|Hub|Master|Version|Name|Links?|Plan|Details|OK|Editor|offline|optional|in|s)*$/u;

describe('texts', () => {
  it('are plain strings where they stand in the sources, so that they can be found', () => {
    assert.deepEqual(sourceTexts().unreadable, []);
    const calls = textCalls(`l10n.t('a \\'b\\' \\u2026'); vscode.l10n.t(\n "c", d); l10n.t(e); l10n.t(\`f\`); l10n.t('g' + h)`);
    assert.deepEqual(
      calls.map(({ text }) => text),
      ["a 'b' …", 'c', undefined, undefined, undefined],
    );
  });

  it('are all in the bundle, and no others: else run `npm run l10n`', () => {
    const { texts } = sourceTexts();
    assert.ok(texts.length > 100);
    assert.deepEqual(Object.keys(english).sort(), [...texts].sort());
    for (const [key, text] of Object.entries(english)) assert.equal(text, key);
  });

  it('don’t stand in the sources as they are', () => {
    const shown =
      /\b(?:label|title|description|detail|placeHolder|placeholder|prompt|tooltip|message|name): (['"`])(?=[^'"`]*[A-Za-z]{2})[^'"`]* /;
    const calls = /\b(?:show(?:Information|Warning|Error)Message|setStatusBarMessage|MarkdownString|TreeItem)\(\s*['"`]/;
    const found = readdirSync(join(project, 'src', 'editor'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        readFileSync(join(project, 'src', 'editor', name), 'utf8')
          .split('\n')
          .filter((line) => [shown, calls].some((pattern) => pattern.test(withoutValues(line))))
          .map((line) => `${name}: ${line.trim()}`),
      );
    assert.deepEqual(found, []);
  });

  it('are translated into German', () => {
    assert.ok(languages.includes('de'));
  });

  for (const language of languages) {
    describe(`in ${language}`, () => {
      const bundle = readTexts(`media/l10n/bundle.l10n.${language}.json`);
      const manifest = readTexts(`package.nls.${language}.json`);
      const manifestEnglish = readTexts('package.nls.json');
      const pairs: readonly (readonly [string, string, string])[] = [
        ...Object.entries(bundle).map(([key, text]) => [key, key, text] as const),
        ...Object.entries(manifest).map(([key, text]) => [key, manifestEnglish[key] ?? '', text] as const),
      ];

      it('none is missing, and none is left over', () => {
        assert.deepEqual(Object.keys(bundle).sort(), Object.keys(english).sort());
        assert.deepEqual(Object.keys(manifest).sort(), Object.keys(manifestEnglish).sort());
      });

      it('each has the placeholders, links and spaces around it of the English one', () => {
        for (const [key, from, to] of pairs) {
          assert.deepEqual(placeholders(to), placeholders(from), key);
          assert.deepEqual(links(to), links(from), key);
          assert.deepEqual(outerSpace(to), outerSpace(from), key);
          assert.equal(to.includes('…'), from.includes('…'), key);
        }
      });

      it('none is English still', () => {
        const untranslated = pairs.filter(([, from, to]) => from === to && !sameInGerman.test(from)).map(([key]) => key);
        assert.deepEqual(untranslated, []);
      });

      it('each term has its one translation', () => {
        const terms = termsOf(language);
        assert.ok(terms.length >= 15);
        const wrong = terms.flatMap(({ term, translations }) =>
          pairs
            .filter(([, from, to]) => wordPattern(term).test(from) && !translations.some((word) => to.toLowerCase().includes(word)))
            .map(([key, , to]) => `${term}: ${key} → ${to}`),
        );
        assert.deepEqual(wrong, []);
      });
    });
  }

  it('in no language are marked, and keep what a program reads', () => {
    assert.equal(pseudo('Restore {0} [here](command:a.b)\n$(x) `#a.b#`'), '⟦Rëštörë {0} [hërë](command:a.b)\n$(x) `#a.b#`⟧');
  });
});

/** Without what a template puts in, and without icons. */
function withoutValues(line: string): string {
  return line.replaceAll(/\$\{[^}]*\}|\$\([\w~-]+\)/g, '');
}

function outerSpace(text: string): readonly string[] {
  return [/^\s*/.exec(text)?.[0] ?? '', /\s*$/.exec(text)?.[0] ?? ''];
}

/** The table of media/l10n/README.md: a term, and the stems of which a translation must have one. */
function termsOf(language: string): readonly { readonly term: string; readonly translations: readonly string[] }[] {
  const page = readFileSync(join(project, 'media', 'l10n', 'README.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith(`${language}:`)) ?? '';
  return [...section.matchAll(/^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$/gm)].flatMap(([, term, stems]) =>
    term === undefined || stems === undefined || /^-+$|^term$/.test(term) ? [] : [{ term, translations: stems.split(', ') }],
  );
}

/** The term as a word of its own, in the singular or plural. */
function wordPattern(term: string): RegExp {
  return new RegExp(`(?<![\\w-])${term}s?(?![\\w-])`, 'i');
}
