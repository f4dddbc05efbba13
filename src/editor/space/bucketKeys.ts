import { l10n, window, type SecretStorage } from 'vscode';
import type { SnapstageError } from '../../base/errors.ts';
import type { BucketKeys as EnteredKeys } from '../../engine/opener.ts';
import { displayText } from '../formats.ts';
import type { Remedy } from '../reporter.ts';

type Keys = NonNullable<Awaited<ReturnType<EnteredKeys>>>;

const PREFIX = 'snapstage.bucketKeys:';

/**
 * The keys of S3 that people entered here, in the editor's secret storage: each pair for one bucket of one server, and given to no other.
 * The command line does not see them.
 */
export class BucketKeys {
  readonly #secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(secrets: Pick<SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#secrets = secrets;
  }

  /** Those for a bucket, by its address. */
  async of(bucket: string): Promise<Keys | undefined> {
    return parseKeys(await this.#secrets.get(PREFIX + bucket));
  }

  /** To enter keys, where none are there or a server refuses those that are. */
  remedyFor({ details: { keysFor: bucket } }: SnapstageError): Remedy | undefined {
    if (typeof bucket !== 'string') return undefined;
    return { title: l10n.t('Enter Keys…'), run: () => this.enter(bucket) };
  }

  async enter(bucket: string): Promise<void> {
    const title = l10n.t('Keys for {0}', displayText(bucket));
    const kept = (await this.of(bucket)) !== undefined;
    const id = await window.showInputBox({
      title,
      prompt: kept
        ? l10n.t('The access key, as whoever runs the storage gave it to you. Empty: the keys that were entered here are forgotten.')
        : l10n.t('The access key, as whoever runs the storage gave it to you.'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' && !kept ? l10n.t('Something has to be entered.') : undefined),
    });
    if (id === undefined) return;
    if (id.trim() === '') return this.#forget(bucket);
    const secret = await window.showInputBox({
      title,
      prompt: l10n.t('The secret key that belongs to it. Both are kept in the secret storage of this editor, and sent to no other server.'),
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? l10n.t('Something has to be entered.') : undefined),
    });
    if (secret === undefined) return;
    await this.#secrets.store(PREFIX + bucket, JSON.stringify({ id: id.trim(), secret: secret.trim() } satisfies Keys));
    void window.showInformationMessage(l10n.t('The keys for {0} are kept. Try again now.', displayText(bucket)));
  }

  async #forget(bucket: string): Promise<void> {
    await this.#secrets.delete(PREFIX + bucket);
    void window.showInformationMessage(l10n.t('The keys for {0} are forgotten.', displayText(bucket)));
  }
}

/** Nothing for what another version kept otherwise. */
function parseKeys(kept: string | undefined): Keys | undefined {
  if (kept === undefined) return undefined;
  try {
    const { id, secret } = JSON.parse(kept) as Record<string, unknown>;
    return typeof id === 'string' && typeof secret === 'string' ? { id, secret } : undefined;
  } catch {
    return undefined;
  }
}
