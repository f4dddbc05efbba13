/** The editor's side of the audit trail in a browser: the real one, over a trail that lies in memory. */
import type { AuditReport, AuditTrail } from '../../src/engine/auditApi.ts';
import { parseFromPage } from '../../src/editor/audit/auditPage.ts';
import { OpenAudit } from '../../src/editor/audit/openAudit.ts';
import { badReport, goodReport, longTrail, now, smallTrail } from './auditScenes.ts';
import { connect, newStage, sceneAsked, sendToPage, type PageStage } from './pageStage.ts';

export interface AuditStage extends PageStage {
  readonly page: OpenAudit;
  trail: AuditTrail;
  report: AuditReport;
  /** Why the trail can't be read. */
  failure: string | undefined;
  readonly bad: AuditReport;
}

const common = newStage();
const { asked } = common;
const scene = sceneAsked();

const page = new OpenAudit({ folder: 'file:///course' }, 'course', {
  api: {
    audit: async () => {
      asked.push('audit');
      if (stage.failure !== undefined) throw new Error(stage.failure);
      return stage.trail;
    },
  },
  verify: async () => {
    asked.push('verify');
    return { report: stage.report, isHubAsked: stage.isTrusted };
  },
  export: async ({ entries }) => void asked.push(`export ${entries.length}`),
  reporter: { logError: (error) => void asked.push(`logged ${String(error)}`), requireTrust: () => stage.isTrusted },
  isSeen: () => true,
  now: () => now,
  send: sendToPage,
});
const stage: AuditStage = Object.assign(common, {
  page,
  trail: scene.startsWith('long:') ? longTrail(Number(scene.slice(5))) : smallTrail,
  report: goodReport,
  failure: undefined,
  bad: badReport,
});
connect(stage, parseFromPage, (message) => page.answer(message));
