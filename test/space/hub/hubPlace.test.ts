import assert from 'node:assert/strict';
import { parseHubPlace, type HubPlace } from '../../../src/space/hub/hubPlace.ts';

const linux = { platform: 'linux' } as const;
const windows = { platform: 'win32' } as const;

const isRefused = (text: string, code = 'usage', options = {}): void =>
  assert.throws(() => parseHubPlace(text, options), { code }, JSON.stringify(text));

describe('the place of a hub', () => {
  it('is a folder by its whole path, or by its file address', () => {
    const folder = (path: string): HubPlace => ({ kind: 'folder', path });
    for (const path of ['/srv/course', '/srv/Kurs für alle/', '/a\\b', '/برنامه‌ها/نیم', '/c:/x', '/-rf', '/a:b']) {
      assert.deepEqual(parseHubPlace(path, linux), folder(path));
    }
    for (const path of ['C:\\Kurse\\eins', 'z:/hub', 'C:\\', 'C:\\a..b\\.hub'])
      assert.deepEqual(parseHubPlace(path, windows), folder(path));
    assert.deepEqual(parseHubPlace('file:///srv/a%20course', linux), folder('/srv/a course'));
    assert.deepEqual(parseHubPlace('FILE://localhost/srv/hub', linux), folder('/srv/hub'));
    assert.deepEqual(parseHubPlace('file:///C:/Kurse/eins', windows), folder('C:\\Kurse\\eins'));
    assert.equal(parseHubPlace(process.platform === 'win32' ? 'C:\\hub' : '/hub').kind, 'folder');
  });

  it('of another kind of system is known as such, and never looked for here', () => {
    for (const path of ['C:\\Kurse', 'file:///C:/Kurse']) assert.equal(parseHubPlace(path, linux).kind, 'elsewhere');
    for (const path of ['/srv/course', 'file:///srv/course']) assert.equal(parseHubPlace(path, windows).kind, 'elsewhere');
    assert.equal(parseHubPlace('\\\\server\\share', { ...linux, shares: true }).kind, 'elsewhere');
  });

  it('on another machine is taken only when that was asked for', () => {
    for (const path of ['\\\\server\\share', '//server/share/hub', '\\/server/share', 'file://server/share/hub', '//server/x']) {
      for (const options of [linux, windows]) isRefused(path, 'refused', options);
      assert.equal(parseHubPlace(path, { ...windows, shares: true }).kind, 'share', path);
    }
    assert.deepEqual(parseHubPlace('file://server/share/hub', { ...windows, shares: true }), {
      kind: 'share',
      path: '\\\\server\\share\\hub',
    });
  });

  it('is of a known kind', () => {
    const others = [
      'https://hub.example/',
      'git://host/x',
      'git+ext://sh/x',
      'ext::sh -c x',
      'javascript:alert(1)',
      's3://b/p',
      'vscode://x/y',
      'smb://server/x',
      'fd::17',
    ];
    for (const text of others) isRefused(text);
  });

  it('is not relative, and leads nowhere else', () => {
    for (const text of [
      'hub',
      './hub',
      '../hub',
      '~/hub',
      '',
      ' /srv',
      '/srv/../etc',
      '/srv/.',
      'file:hub',
      'file:/hub',
      'file:///srv/..%2fetc',
      'C:hub',
      'C:',
    ]) {
      isRefused(text);
    }
    for (const text of ['C:\\a\\..\\b', 'C:/a/./b', '\\hub', 'C:hub']) isRefused(text, 'usage', windows);
    assert.deepEqual(parseHubPlace('file:///srv/%2e%2e/etc', linux), { kind: 'folder', path: '/etc' }); // shown as it will be opened
  });

  it('is no option of a program', () => {
    for (const text of ['-oProxyCommand=x', '--upload-pack=x', '-']) isRefused(text);
  });

  it('has nothing in it that can’t be seen', () => {
    for (const hidden of ['\0', '\n', '\r', '\t', '\u001b[2J', '\u007f', '\u009b', '\u202e', '\u2066', '\u2028', '\u200f', '\ud800']) {
      for (const text of [`/srv/${hidden}x`, `${hidden}/srv`, `/srv${hidden}`]) isRefused(text, 'usage', linux);
    }
    assert.throws(
      () => parseHubPlace('/srv/\u009b1mx', linux),
      (error: Error) => error.message.includes('/srv/\ufffd1mx'),
    );
    for (const encoded of ['%00', '%0a', '%1b', '%e2%80%ae', '%ff']) isRefused(`file:///srv/${encoded}x`, 'usage', linux);
  });

  it('is no device, stream or other trap of Windows', () => {
    const traps = [
      '\\\\.\\PhysicalDrive0',
      '\\\\?\\C:\\hub',
      '//./pipe/x',
      'C:\\hub\\nul',
      'C:\\CON.txt\\x',
      'C:\\hub:stream',
      'C:\\a<b',
      'C:\\hub.',
      'C:\\hub ',
      '\\\\server',
      '\\\\',
    ];
    for (const text of traps) isRefused(text, 'usage', { ...windows, shares: true });
  });

  it('has a length that can be opened', () => {
    assert.equal(parseHubPlace(`/${'x'.repeat(4095)}`, linux).kind, 'folder');
    isRefused(`/${'x'.repeat(4096)}`, 'usage', linux);
  });
});
