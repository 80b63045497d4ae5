import { printAddress } from '../sip/address.js';
import type { DecisionRow } from './save-decisions.sql.js';

/**
 * The decision without what tells who called from where, and on which phones agents are: their own addresses stand for those.
 * What it depended on holds both, so it can't be made again.
 */
export function withoutPersonalData(row: DecisionRow): DecisionRow {
  const { domain, targets, out } = row;
  const uriOf = (uri: string, agent: string | null | undefined) =>
    agent ? printAddress({ user: agent, domain }) : uri;
  return {
    ...row,
    ...{ call_id: '', caller: null, source_ip: null, situation: null },
    targets: targets.map((target) => ({ ...target, uri: uriOf(target.uri, target.agent) })),
    out: out.map((one) => ({ ...one, uri: one.uri && uriOf(one.uri, one.agent) })),
  };
}
