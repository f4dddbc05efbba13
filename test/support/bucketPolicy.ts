/** The policy that `media/hubs/bucketPolicy.json` proposes, filled in for members of a hub. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BucketPlace } from '../../src/space/hub/s3/bucketPlace.ts';

const TEMPLATE = join(import.meta.dirname, '..', '..', 'media', 'hubs', 'bucketPolicy.json');

export interface PolicyMember {
  /** As the server names them. */
  readonly principal: string;
  readonly log: string;
  readonly vault: string;
}

interface Statement {
  readonly Sid: string;
  readonly Principal: { readonly AWS: readonly string[] };
}

/** Who has which rights, as the server names them. */
export interface PolicyPeople {
  readonly master: string;
  readonly members: readonly PolicyMember[];
  /** Who has an invite and no log yet. */
  readonly joining?: readonly string[];
  /** Of the areas that all members read. */
  readonly distributed: string;
}

/** The policy as text: what is each member's own is said once for each of them, and nothing of those who are not there. */
export function bucketPolicy({ bucket, prefix }: BucketPlace, { master, members, joining = [], distributed }: PolicyPeople): string {
  const { Version, Statement: statements } = JSON.parse(readFileSync(TEMPLATE, 'utf8')) as {
    Version: string;
    Statement: readonly Statement[];
  };
  const all = [...members.map(({ principal }) => principal), ...joining];
  const said = (statement: Statement, people: readonly string[], { log, vault }: Partial<PolicyMember> = {}): Statement[] => {
    const text = JSON.stringify(statement).replaceAll('BUCKET', bucket).replaceAll('PREFIX', prefix).replaceAll('DISTRIBUTED', distributed);
    const own = JSON.parse(text.replaceAll('LOG', log ?? '').replaceAll('VAULT', vault ?? '')) as Statement;
    return people.length === 0 ? [] : [{ ...own, Sid: `${statement.Sid}${log?.slice(0, 8) ?? ''}`, Principal: { AWS: people } }];
  };
  const filled = statements.flatMap((statement) => {
    if (statement.Sid === 'Master') return said(statement, [master]);
    if (statement.Sid === 'Joining') return said(statement, joining);
    if (!statement.Sid.startsWith('Own')) return said(statement, all);
    return members.flatMap((member) => said(statement, [member.principal], member));
  });
  return JSON.stringify({ Version, Statement: filled });
}
