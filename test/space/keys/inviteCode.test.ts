import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { inviteCode, inviteLink, parseInvite } from '../../../src/space/keys/inviteCode.ts';
import { keyPairsOf } from '../../../src/space/keys/keyPairs.ts';

const linux = { platform: 'linux' } as const;
const secret = Buffer.alloc(32, 0x5a);
const space = '0123456789abcdef'.repeat(2);
const code = inviteCode(secret, space, '/srv/course');

const isRefused = (text: string, what = text, kind = 'usage'): void => assert.throws(() => parseInvite(text, linux), { code: kind }, what);

/** A code with a checksum that fits, whatever it holds. */
function made(content: Uint8Array): string {
  const check = hash('sha256', Buffer.concat([Buffer.from('snapstage1_'), content]), 'buffer').subarray(0, 4);
  return `snapstage1_${Buffer.concat([content, check]).toString('base64url')}`;
}

describe('an invite', () => {
  it('comes back from its code and from its link', () => {
    const invite = { secret, space, hub: { kind: 'folder', path: '/srv/course' } };
    assert.deepEqual(parseInvite(code, linux), invite);
    assert.deepEqual(parseInvite(inviteLink(code), linux), invite);
    assert.deepEqual(parseInvite(inviteLink(code, 'vscode-insiders'), linux), invite);
    const texts = fc.string({ unit: fc.constantFrom('a', 'ü', '/', ' ', '日', '💥'), maxLength: 60 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        texts,
        (own, id, place) => {
          const hex = Buffer.from(id).toString('hex');
          const back = parseInvite(inviteCode(own, hex, `/${place.replaceAll(/^\/+/g, '')}`), linux);
          assert.deepEqual([back.secret, back.space, back.hub.path], [Buffer.from(own), hex, `/${place.replaceAll(/^\/+/g, '')}`]);
        },
      ),
    );
  });

  it('looks the same for ever', () => {
    assert.equal(code, 'snapstage1_WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWloBI0VniavN7wEjRWeJq83vL3Nydi9jb3Vyc2VLALlk');
  });

  it('is for the extension of this package', () => {
    const { publisher, name } = JSON.parse(fs.readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8')) as {
      publisher: string;
      name: string;
    };
    assert.ok(inviteLink(code).startsWith(`vscode://${publisher}.${name}/`));
  });

  it('may come with the spaces and line ends of a mail', () => {
    assert.deepEqual(parseInvite(`  ${code.slice(0, 30)}\r\n${code.slice(30)}\n`, linux), parseInvite(code, linux));
  });

  it('with one character changed, missing or doubled is refused', () => {
    for (let at = 0; at < code.length; at++) {
      const other = code[at] === 'A' ? 'B' : 'A';
      assert.throws(() => parseInvite(code.slice(0, at) + other + code.slice(at + 1), linux), `character ${at}`);
      assert.throws(() => parseInvite(code.slice(0, at) + code.slice(at + 1), linux), `without ${at}`);
      assert.throws(() => parseInvite(code.slice(0, at) + code[at]! + code.slice(at), linux), `${at} twice`);
    }
    for (let length = 0; length < code.length; length++) isRefused(code.slice(0, length), `${length} characters`);
  });

  it('that is something else is refused, and it is said what to do', () => {
    for (const text of [
      '',
      'snapstage',
      'hello',
      '/srv/course',
      '--help',
      `-${code}`,
      `https://snapstage.snapstage/join?c=${code}`,
      `${code}&x=1`,
      `${code}=`,
    ]) {
      isRefused(text);
    }
    isRefused(`snapstage2_${code.slice(11)}`, 'newer', 'newer-format');
    assert.throws(() => parseInvite(`${code}${' '.repeat(24_000)}`, linux), { code: 'usage', message: /too long/ });
    isRefused(`vscode://other.extension/join?code=${code}`);
    isRefused(`vscode://snapstage.snapstage/join?code=${code}&hub=/etc`);
  });

  it('whose maker cheats is refused: a short one, a place that is no text or a trap', () => {
    const head = Buffer.concat([secret, Buffer.from(space, 'hex')]);
    for (let length = 0; length <= head.length; length++)
      assert.throws(() => parseInvite(made(head.subarray(0, length)), linux), { code: 'usage', message: /missing/ });
    isRefused(made(Buffer.concat([head, Buffer.from([0x2f, 0xff, 0xfe])])), 'no UTF-8');
    for (const place of ['', '../x', '-oProxyCommand=x', 'ext::sh -c x', '/srv\n/x', 'https://x', `/${'x'.repeat(5000)}`, '\u202e/srv']) {
      isRefused(made(Buffer.concat([head, Buffer.from(place)])), place);
    }
    isRefused(made(Buffer.concat([head, Buffer.from('\\\\server\\share')])), 'a share', 'refused');
    assert.equal(parseInvite(made(Buffer.concat([head, Buffer.from('/srv')])), linux).hub.path, '/srv');
  });

  it('is made only of what can be read again, and has keys of its own', () => {
    const { secret: own } = parseInvite(code, linux);
    assert.deepEqual(keyPairsOf('invite', own).signing.publicKey, keyPairsOf('invite', secret).signing.publicKey);
    assert.throws(() => inviteCode(secret.subarray(1), space, '/srv'), { code: 'damaged' });
    assert.throws(() => inviteCode(secret, space.slice(2), '/srv'), { code: 'damaged' });
    for (const place of ['hub', '', '/srv/..', '-x']) assert.throws(() => inviteCode(secret, space, place), { code: 'usage' });
    assert.ok(inviteCode(secret, space, '\\\\server\\share'));
  });
});
