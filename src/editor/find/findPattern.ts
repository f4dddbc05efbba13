/**
 * The engine's glob for what a person types to find something. A glob (with `*`, `?` or `[`) is taken as it is; other
 * text is looked for anywhere in a name, upper or lower case, and with a `/` in it from any folder on.
 */
export function findPattern(typed: string): string {
  const text = typed
    .trim()
    .replaceAll('\\', '/')
    .replace(/^\.?\/+/, '')
    .replace(/\/+$/, '');
  if (text === '' || /[*?[]/.test(text)) return text;
  const anyCase = Array.from(text, eitherCase).join('');
  return text.includes('/') ? `**/*${anyCase}*` : `*${anyCase}*`;
}

function eitherCase(character: string): string {
  const lower = character.toLowerCase();
  const upper = character.toUpperCase();
  // What has no case, or another length in the other one, stands for itself.
  return lower === upper || lower.length !== upper.length || lower.length > 1 ? character : `[${lower}${upper}]`;
}
