/** In place of VS Code where only words are asked of it: its English, with what is put in. */
export const env = { language: 'en' };

export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string => text.replaceAll(/\{(\d+)\}/g, (_, at: string) => String(values[Number(at)])),
};
