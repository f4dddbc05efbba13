import { randomBytes } from 'node:crypto';
import { env, Uri, type Webview } from 'vscode';

/**
 * Fills a webview with the page `name`: its script and its style sheet in the extension's `dist/media`. Nothing else is allowed in it,
 * so no `style` attributes either.
 */
export function fillWebview(webview: Webview, extensionUri: Uri, name: string, title: string): void {
  const media = Uri.joinPath(extensionUri, 'dist', 'media');
  const nonce = randomBytes(16).toString('hex');
  const file = (suffix: string): string => webview.asWebviewUri(Uri.joinPath(media, `${name}.${suffix}`)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [media] };
  webview.html = `<!DOCTYPE html>
<html lang="${env.language}">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escapeHtml(title)}</title>
    <link rel="stylesheet" href="${file('css')}">
    <script nonce="${nonce}" type="module" src="${file('js')}"></script>
  </head>
  <body></body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
