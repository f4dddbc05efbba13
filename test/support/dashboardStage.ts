/** The editor's side of a dashboard in a browser: the real one, over an assignment that lies in memory. */
import type { AssignmentDetails, FeedbackInfo, HandInInfo } from '../../src/engine/assignmentApi.ts';
import { OpenDashboard } from '../../src/editor/assignments/dashboard.ts';
import { parseFromPage } from '../../src/editor/assignments/dashboardPage.ts';
import { changes, large, now, small } from './dashboardScenes.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';

export interface DashboardStage extends PageStage {
  readonly page: OpenDashboard;
  assignment: AssignmentDetails;
  /** Why nothing can be read or saved. */
  failure: string | undefined;
}

const common = newStage();
const { asked } = common;
const ask = (...what: readonly unknown[]): Promise<void> => Promise.resolve(void asked.push(what.map(String).join(' ')));
const scene = sceneAsked();

/** As the engine would tell of it then. */
function put(id: string, feedback: (before: FeedbackInfo | null) => FeedbackInfo): void {
  const one = (handIn: HandInInfo): HandInInfo => (handIn.id === id ? { ...handIn, feedback: feedback(handIn.feedback) } : handIn);
  const standings = stage.assignment.standings.map((standing) => ({ ...standing, handIns: standing.handIns.map(one) }));
  stage.assignment = { ...stage.assignment, standings };
}

const page = new OpenDashboard(
  { folder: 'file:///course', assignment: 'hw1' },
  {
    api: {
      assignment: async () => {
        await ask('assignment');
        if (stage.failure !== undefined) throw new Error(stage.failure);
        return stage.assignment;
      },
      handInChanges: async ({ handIns }) => {
        await ask('changes', handIns.length);
        return changes.filter(({ handIn }) => handIns.includes(handIn));
      },
    },
    reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
    isSeen: () => true,
    clock: { now: () => now.getTime(), after: () => ({ dispose: () => undefined }) },
    send: sendToPage,
    actions: {
      extend: (_, members) => ask('extend', members?.length ?? 'asked'),
      edit: () => ask('edit'),
      close: async (_, isClosed) => {
        await ask('close', isClosed);
        stage.assignment = { ...stage.assignment, isClosed };
      },
      collect: (_, members) => ask('collect', members?.length ?? 'all'),
      openCopy: ({ copy }) => ask('open', copy),
      compare: (_, { id }) => ask('compare', id),
      judge: ({ id }, verdict) => ask('judge', id, verdict),
      show: (_, handIns, visibility) => ask('show', handIns.map(({ id }) => id).join('+'), visibility),
      giveFeedback: async ({ id }, { grade, comment, visibility, files }) => {
        await ask('feedback', id, grade, comment, visibility, files ?? 'as before');
        if (stage.failure !== undefined) throw new Error(stage.failure);
        put(id, (before) => ({
          id: 'f',
          handIn: id,
          state: files === undefined ? (before?.state ?? null) : files.length === 0 ? null : 'feedback-f',
          isHere: true,
          made: now.toISOString(),
          grade: grade ?? null,
          comment: comment ?? '',
          visibility,
        }));
      },
      pickFiles: async () => [{ name: 'remarks.md', path: '/home/master/remarks.md' }],
      similarity: () => void ask('similarity'),
      export: () => ask('export'),
      sync: () => ask('sync'),
    },
  },
);
const stage: DashboardStage = Object.assign(common, {
  page,
  assignment: scene.startsWith('large:') ? large(Number(scene.slice(6))) : small,
  failure: undefined,
});
connect(stage, parseFromPage, (message) => page.answer(message));
