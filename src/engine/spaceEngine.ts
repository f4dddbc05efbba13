import { toSnapstageError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { Work } from '../base/work.ts';
import type * as auditApi from './auditApi.ts';
import { Opener } from './opener.ts';

/** Loaded when they are first needed. */
const auditing = () => import('./auditing.ts');

/** The part of the engine that is about a Space as a whole. */
export class SpaceEngine extends Opener implements auditApi.AuditApi {
  audit(options?: CallOptions): Promise<auditApi.AuditTrail> {
    return this.open('write', options, async (open) => (await auditing()).audit(open, this.machine));
  }

  verifyAudit(request: { readonly hub?: boolean }, options?: CallOptions): Promise<auditApi.AuditReport> {
    return this.open('write', options, async (open) => (await auditing()).verifyAudit(open, this.machine, request));
  }

  exportAudit(request: { readonly to: string; readonly force?: boolean }, options?: CallOptions): Promise<auditApi.AuditExport> {
    return this.open('write', options, async (open) => (await auditing()).exportAudit(open, this.machine, request));
  }

  async verifyAuditFile({ from }: { readonly from: string }, options?: CallOptions): Promise<auditApi.AuditReport> {
    try {
      return await (await auditing()).verifyAuditFile(from, this.host.now(), new Work(options));
    } catch (error) {
      throw toSnapstageError(error);
    }
  }
}
