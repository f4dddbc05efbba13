/** What VS Code, or an extension that comes with it, shows though it is not text. */
const previewed = new Set(
  'png jpg jpeg jpe gif webp bmp ico avif svg mp3 wav ogg oga mp4 webm ipynb'.split(' ').map((extension) => `.${extension}`),
);

export function isPreviewable(path: string): boolean {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') && previewed.has(path.slice(dot).toLowerCase());
}
