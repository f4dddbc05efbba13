/** The editor's side of the preview matrix in a browser: the real one, over a preview that lies in memory. */
import { SnapstageError } from '../../src/base/errors.ts';
import type { ExceptionRequest } from '../../src/engine/deliveryApi.ts';
import { OpenPreview, stateOf } from '../../src/editor/preview/openPreview.ts';
import { parseFromPage, parsePageState } from '../../src/editor/preview/previewPage.ts';
import { connect, keptByPage, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';
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

const exceptionAsked = ({ target, path, table, strategy }: ExceptionRequest): string =>
  `${target.slice(-2)}:${table === undefined ? path : `${path}:${table}`}=${strategy}`;

const page = new OpenPreview(parsePageState(keptByPage()) ?? stateOf('file:///course'), 'course', {
  api: {
    stage: async () => ({ objects: stage.scene.staged, unreadable: [] }),
    preview: async ({ to, strategy = 'overwrite', exceptions = [] }) => {
      await ask(['preview', String(to), strategy, ...exceptions.map(exceptionAsked)].join(' '));
      if (!stage.isHubThere) throw new SnapstageError('io', 'The hub can’t be reached.');
      const gone = exceptions.filter(({ path }) => !stage.scene.objects.some((one) => one.path === path));
      if (gone.length > 0) throw new SnapstageError('refused', 'It is no file on the Stage.', { reason: 'no-exception', exceptions: gone });
      return previewOf(stage.scene, strategy, exceptions);
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
    distribute: ({ to, strategy, exceptions = [] }) =>
      ask(['distribute', String(to), strategy, ...exceptions.map(exceptionAsked)].join(' ')),
  },
});
const stage: PreviewStage = Object.assign(common, { page, scene: sceneNamed(sceneAsked()), known: '', isHubThere: true });
connect(stage, parseFromPage, (message) => page.answer(message));
