/**
 * An invite as one text to copy: `snapstage1_` and, in base64url, the invite's secret (32 bytes), the space's id (16 bytes), the place of the
 * hub (UTF-8), and a checksum (4 bytes of SHA-256 over all of it before). Whoever has it can read what it opens.
 */
import { hash } from 'node:crypto';
import { SnapstageError } from '../../base/errors.ts';
import { parseHubPlace, type HubPlace, type HubPlaceOptions } from '../hub/hubPlace.ts';

export interface Invite {
  /** 32 bytes, of which the invite's keys come (`keyPairsOf`). */
  readonly secret: Buffer;
  /** 32 hex digits. */
  readonly space: string;
  readonly hub: HubPlace;
}

const PREFIX = 'snapstage1_';
const SECRET_BYTES = 32;
const SPACE_BYTES = 16;
const CHECK_BYTES = 4;
const PLACE_AT = SECRET_BYTES + SPACE_BYTES;
/** Characters of a code: no place of a hub needs more. */
const LIMIT = 24_000;

/** The code of an invite; `hub` as it names the place on other machines. @throws SnapstageError `usage` when `parseHubPlace` would not take it. */
export function inviteCode(secret: Uint8Array, space: string, hub: string): string {
  const id = Buffer.from(space, 'hex');
  if (secret.length !== SECRET_BYTES || id.length !== SPACE_BYTES)
    throw new SnapstageError('damaged', 'An invite needs a secret and a Space.');
  parseHubPlace(hub, { shares: true });
  const bytes = Buffer.concat([secret, id, Buffer.from(hub)]);
  return PREFIX + Buffer.concat([bytes, checkOf(bytes)]).toString('base64url');
}

/** The extension that takes links, and the path of those that hold an invite. */
const LINK = /^[a-z][a-z0-9-]*:\/\/snapstage\.snapstage\/join\?code=(?<code>[\w-]+)$/;

/** A link that opens the editor and hands it the code. `scheme` is that of the editor (`vscode.env.uriScheme`). */
export function inviteLink(code: string, scheme = 'vscode'): string {
  return `${scheme}://snapstage.snapstage/join?code=${code}`;
}

/**
 * The invite of a code or a link, with spaces and ends of lines that mail programs put in. It comes from strangers: `parseHubPlace`
 * says which places are taken.
 * @throws SnapstageError `usage` when it is not whole and unchanged, or names no place of a known kind; `newer-format`; `refused` as there.
 */
export function parseInvite(text: string, options: HubPlaceOptions = {}): Invite {
  if (text.length > LIMIT) throw noInvite('it is too long');
  const typed = text.replaceAll(/\s/g, '');
  const code = LINK.exec(typed)?.groups?.['code'] ?? typed;
  if (!code.startsWith(PREFIX)) {
    if (!/^snapstage[0-9]+_/.test(code)) throw noInvite(`it does not start with “${PREFIX}”`);
    throw new SnapstageError('newer-format', 'This invite was made by a newer Snapstage; update this one to use it.');
  }
  const encoded = code.slice(PREFIX.length);
  const bytes = Buffer.from(encoded, 'base64url');
  const content = bytes.subarray(0, -CHECK_BYTES);
  const isWhole = bytes.toString('base64url') === encoded && bytes.length > PLACE_AT + CHECK_BYTES;
  if (!isWhole || !checkOf(content).equals(bytes.subarray(-CHECK_BYTES)))
    throw noInvite('a part of it is missing or changed; copy it again');
  return {
    secret: Buffer.from(content.subarray(0, SECRET_BYTES)),
    space: content.toString('hex', SECRET_BYTES, PLACE_AT),
    hub: parseHubPlace(placeOf(content.subarray(PLACE_AT)), options),
  };
}

function placeOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw noInvite('the place of its hub is no text', error);
  }
}

function checkOf(bytes: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(PREFIX), bytes]), 'buffer').subarray(0, CHECK_BYTES);
}

function noInvite(why: string, cause?: unknown): SnapstageError {
  return new SnapstageError('usage', `This is not an invite: ${why}.`, {}, cause);
}
