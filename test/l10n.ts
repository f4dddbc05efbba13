/** Writes media/l10n/bundle.l10n.json anew from the sources: `npm run l10n`. Translations lie beside it and are checked by the unit tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, sourceTexts } from './support/texts.ts';

const { texts } = sourceTexts();
mkdirSync(join(project, 'media', 'l10n'), { recursive: true });
writeFileSync(
  join(project, 'media', 'l10n', 'bundle.l10n.json'),
  `${JSON.stringify(Object.fromEntries(texts.map((text) => [text, text])), undefined, 2)}\n`,
);
process.stdout.write(`${texts.length} texts\n`);
