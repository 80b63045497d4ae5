import type { RouteDocument, RouteRequest } from './invite.schema.js';

/** What is kept of a decision, for whoever asks why. */
export interface Decision {
  readonly id: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly domain: string;
  readonly address: string;
  readonly bypass: boolean;
  readonly node: string | null;
  readonly call_id: string;
  readonly caller: string | null;
  readonly source_ip: string | null;
  readonly targets: RouteDocument['targets'];
}

export function decisionOf(
  { decision, address, bypass, targets }: RouteDocument,
  { node = null, call_id, from = null, source_ip = null }: RouteRequest,
  domain: string,
  at: number,
): Decision {
  return { id: decision, at, domain, address, bypass, node, call_id, caller: from, source_ip, targets };
}
