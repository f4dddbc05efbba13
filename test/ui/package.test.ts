/** The package as users install it: what is in it, and that it works without the sources. Says how large it is and how long it takes to start. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, sep } from 'node:path';
import { formatSize } from '../../src/base/format.ts';
import { packExtension } from '../rig/package.ts';
import { openEditor, pictureOfFailure, type Workbench } from '../rig/workbench.ts';
import { project } from '../support/texts.ts';
import { Course } from './course.ts';
import { pressIcon, row } from './steps.ts';

/** What may be in a package, beside what VS Code's installation adds. */
const allowed =
  /^(package\.json|package\.nls(\.\w+)?\.json|readme\.md|changelog\.md|LICENSE\.txt|dist\/[\w/-]+\.(c?js|wasm|css)|media\/.+\.(svg|png|json))$/;
const added = /^(\.vsixmanifest|\[Content_Types\]\.xml|extension\.vsixmanifest)$/;

/** Every file that package.json names, and the texts and workers that the code looks for. */
function namedFiles(): string[] {
  const manifest = readFileSync(join(project, 'package.json'), 'utf8');
  const named = [...manifest.matchAll(/"(?:\.\/)?((?:media|dist)\/[\w/-]+\.\w+)"/g)].map(([, path]) => path ?? '');
  const { l10n } = JSON.parse(manifest) as { l10n: string };
  const texts = ['package.nls.json', 'package.nls.de.json', posix.join(l10n, 'bundle.l10n.de.json')];
  return [...named, ...texts, 'dist/engineWorker.js', 'dist/poolWorker.js', 'dist/media/storage.js', 'dist/media/storage.css'];
}

describe('the package', () => {
  const place = mkdtempSync(join(tmpdir(), 'snapstage-package-'));
  const course = new Course();
  let editor: Workbench;
  let vsix: string;

  before(async () => {
    vsix = packExtension(place);
    editor = await openEditor({ folder: course.folder, vsix });
  });

  afterEach(async function () {
    await pictureOfFailure(this, editor);
  });

  after(async () => {
    await editor?.close();
    course.remove();
    rmSync(place, { recursive: true });
  });

  it('holds all that package.json names, and nothing of how it is made', () => {
    const [folder = ''] = readdirSync(editor.server.extensionsDir).filter((name) => name.startsWith('snapstage.'));
    const root = join(editor.server.extensionsDir, folder);
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(root.length + 1)
          .replaceAll(sep, '/'),
      );
    assert.deepEqual(
      files.filter((file) => !allowed.test(file) && !added.test(file)),
      [],
    );
    assert.deepEqual(
      namedFiles().filter((file) => !files.includes(file)),
      [],
    );
    process.stdout.write(`    the package: ${formatSize(statSync(vsix).size, 'en')}, ${files.length} files\n`);
  });

  it('takes, compares and restores', async () => {
    await pressIcon(editor);
    await editor.page.locator('.monaco-button', { hasText: 'Take First Snapshot' }).click();
    await row(editor, /^Current state.*no changes since/).waitFor();
    const before = course.read('syllabus.md');
    course.write('syllabus.md', 'changed\n');
    await row(editor, 'syllabus.md').click();
    await editor.tab('↔ Current State)').waitFor();
    await editor.pickFromMenu(row(editor, /quick · /), 'Restore…');
    await editor.answerDialog('Restore');
    await editor.waitForToast(/Restored from .*1 file replaced/);
    assert.equal(course.read('syllabus.md'), before);
  });

  it('starts in the time that VS Code tells', async () => {
    await editor.runCommand('Developer: Show Running Extensions');
    const own = editor.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Snapstage' });
    const time = own.locator('.activation-time', { hasText: /\d+ms/ });
    await time.waitFor();
    process.stdout.write(`    ${await time.innerText()}\n`);
    assert.equal(
      await own
        .locator('.runtime-status')
        .getByText(/uncaught/)
        .count(),
      0,
    );
  });
});
