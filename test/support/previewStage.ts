/** The editor's side of the preview matrix in a browser: the real one, over a preview that lies in memory. */
import { SnapstageError } from '../../src/base/errors.ts';
import { OpenPreview } from '../../src/editor/preview/openPreview.ts';
import { parseFromPage } from '../../src/editor/preview/previewPage.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';
import { now, previewOf, sceneNamed, type Scene } from './previewScenes.ts';

export interface PreviewStage extends PageStage {
  readonly page: OpenPreview;
  scene: Scene;
  /** What is known of the members. */
  known: string;
  isHubThere: boolean;
}

const common = newStage();
const { asked } = common;
const ask = (what: string): Promise<void> => Promise.resolve(void asked.push(what));

const page = new OpenPreview({ folder: 'file:///course', to: 'all', strategy: 'overwrite', message: null }, 'course', {
  api: {
    stage: async () => ({ objects: stage.scene.staged, unreadable: [] }),
    preview: async ({ to, strategy = 'overwrite' }) => {
      await ask(`preview ${String(to)} ${strategy}`);
      if (!stage.isHubThere) throw new SnapstageError('io', 'The hub can’t be reached.');
      return previewOf(stage.scene, strategy);
    },
    received: async ({ target, path }) => {
      const member = previewOf(stage.scene, 'overwrite').targets.find(({ id }) => id === target);
      return stage.scene.received[`${member?.name} ${path}`] ?? null;
    },
  },
  reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
  isTrusted: () => stage.isTrusted,
  isSeen: () => true,
  known: () => stage.known,
  now: () => now,
  send: sendToPage,
  actions: {
    compare: ({ name }, { path }, { size }) => ask(`compare ${name} ${path} ${size}`),
    open: ({ path }, { type }) => ask(`open ${path} of ${type}`),
    setStrategy: async ({ path }, strategy) => {
      await ask(`strategy ${path} ${strategy}`);
      stage.scene = { ...stage.scene, staged: stage.scene.staged.map((one) => (one.path === path ? { ...one, strategy } : one)) };
    },
    pickTargets: async () => {
      await ask('pick');
      return ['group:tutors'];
    },
    distribute: ({ to, strategy }) => ask(`distribute ${String(to)} ${strategy}`),
  },
});
const stage: PreviewStage = Object.assign(common, { page, scene: sceneNamed(sceneAsked()), known: '', isHubThere: true });
connect(stage, parseFromPage, (message) => page.answer(message));
