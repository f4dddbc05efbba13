/** The editor's side of an assignment's page in a browser: the real one, over an assignment that lies in memory. */
import type { AssignmentDetails } from '../../src/engine/assignmentApi.ts';
import type { EntryInfo } from '../../src/engine/api.ts';
import { parseFromPage } from '../../src/editor/assignments/assignmentPage.ts';
import { OpenAssignment } from '../../src/editor/assignments/openAssignment.ts';
import { now, scenes } from './assignmentScenes.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';

export interface AssignmentStage extends PageStage {
  readonly page: OpenAssignment;
  details: AssignmentDetails;
  /** Why it can't be read. */
  failure: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
  /** What the clock was last asked for. */
  tick: (() => void) | undefined;
}

const common = newStage();
const { asked } = common;
const remarks: EntryInfo = { path: 'remarks.md', kind: 'file', size: 1200, mode: 0o644, modified: new Date(now).toISOString(), id: '' };

const page = new OpenAssignment({ folder: 'file:///course', assignment: 'e'.repeat(64) }, 'course', {
  api: {
    assignment: async () => {
      if (stage.failure !== undefined) throw new Error(stage.failure);
      return stage.details;
    },
    fetchFeedback: async () => {
      asked.push('fetch');
      const { mine } = stage.details;
      const handIns = mine!.handIns.map((one) => ({ ...one, feedback: one.feedback && { ...one.feedback, isHere: true } }));
      stage.details = { ...stage.details, mine: { ...mine!, handIns } };
      return { state: null, files: 1, renamed: [], leftOut: [] };
    },
    ls: async () => [remarks],
  },
  handIn: async ({ title }) => void asked.push(`hand in ${title}`),
  compare: async (_, { number }) => void asked.push(`compare ${number}`),
  restore: async (_, { number }) => void asked.push(`restore ${number}`),
  saveReceipt: async (_, { number }) => void asked.push(`save receipt ${number}`),
  openFile: async (_, path) => void asked.push(`open ${path}`),
  reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
  isSeen: () => true,
  clock: {
    now: () => stage.now,
    after: (_, call) => {
      stage.tick = call;
      return { dispose: () => undefined };
    },
  },
  send: sendToPage,
});
const stage: AssignmentStage = Object.assign(common, {
  page,
  details: scenes[sceneAsked()] ?? scenes['new']!,
  failure: undefined,
  now,
  tick: undefined,
});
connect(stage, parseFromPage, (message) => page.answer(message));
