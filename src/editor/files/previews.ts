/** What VS Code, or an extension that comes with it, shows though it is not text. */
const previewed = new Set(
  'png jpg jpeg jpe gif webp bmp ico avif svg mp3 wav ogg oga mp4 webm ipynb'.split(' ').map((extension) => `.${extension}`),
);

export function isPreviewable(path: string): boolean {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') && previewed.has(path.slice(dot).toLowerCase());
}

/** Larger files are told about, not shown: the editor would have to hold them whole, twice in a diff. */
export const mostShownBytes = 20_000_000;

/** So much of a file tells text from what is not. */
export const sniffedBytes = 4000;

/** True for what the editor shows as text, by its first bytes. */
export function looksLikeText(start: Uint8Array): boolean {
  return !start.subarray(0, sniffedBytes).includes(0);
}
