/** A person whose hub is in a bucket, and who has no keys for it but those that the editor asks for. */
import { skip } from '../rig/skip.ts';
import { Ceph } from '../support/s3Servers.ts';
import { openSpace, space, spoken, viewport } from './spaceSteps.ts';
import { courseInEditor, pressIcon, pressTitleButton } from './steps.ts';

describe('a hub in a bucket', () => {
  const server = new Ceph(64 << 20);
  let hub: string;

  before(async function () {
    if (Ceph.lacks !== undefined) skip(this, Ceph.lacks);
    await server.start();
    hub = (await server.place()).path;
  });

  after(() => server.stop());

  // The keys that this machine has are none of the test's.
  const nobodys = { AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AWS_CONFIG_FILE: '/nonexistent', AWS_ACCESS_KEY_ID: '' };
  const opened = courseInEditor({ viewport, env: nobodys });

  /** Answers all that is asked for a Space there. */
  async function create(): Promise<void> {
    const { editor } = opened;
    await editor.runCommand('Snapstage: Create Space…');
    await editor.answer('Econometrics');
    await editor.choice('A Bucket…').click();
    await editor.answer(hub);
  }

  async function enterKeys(error: string, id: string, secret: string): Promise<void> {
    const { editor } = opened;
    await editor.pickInToast(error, 'Enter Keys…');
    await editor.page.locator('.quick-input-title', { hasText: `Keys for ${server.endpoint}/` }).waitFor();
    await editor.screenshot('bucket-keys');
    await editor.answer(id);
    await editor.page.locator('.quick-input-widget input[type="password"]').waitFor();
    await editor.answer(secret);
    await editor.waitForToast('are kept. Try again now.');
    await editor.clearToasts();
  }

  it('asks for its keys, and again where they are wrong', async () => {
    const { editor } = opened;
    await pressIcon(editor);
    await create();
    await editor.waitForToast('no keys are meant for');
    await editor.screenshot('bucket-no-keys');
    await enterKeys('no keys are meant for', server.owner.id, 'another secret');
    await create();
    await enterKeys('the secret of the access key is another one', server.owner.id, server.owner.secret);
    await create();
    await editor.answerDialog('I Have Written It Down');
    await openSpace(editor);
    await spoken(editor, 'Master, this instance').waitFor();
  });

  it('has them after the window was opened again', async () => {
    const { editor } = opened;
    await editor.page.reload();
    await spoken(editor, 'Master, this instance').waitFor();
    await pressTitleButton(editor, 'Sync Space', space);
    await editor.statusItem('is up to date').waitFor();
    await editor
      .row(/Hub.*reached/, space)
      .first()
      .waitFor();
    await editor.screenshot('bucket-hub');
  });
});
