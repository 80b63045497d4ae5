import type { Endpoint } from '../directory/endpoint.js';

/** What is to be written of one endpoint; the last word counts. */
export type EndpointChange =
  | { readonly kind: 'put'; readonly endpoint: Endpoint }
  | { readonly kind: 'remove'; readonly endpoint: Pick<Endpoint, 'domain' | 'agent' | 'key'> };

/** Takes changes, and says whether they are in Postgres: a GroupCommit. */
export interface EndpointChanges {
  put(row: string, change: EndpointChange): void;
  hasRoomFor(rows: readonly string[]): boolean;
  stored(limitMs: number): Promise<boolean>;
}

/** A line break occurs in none of the three. */
export function rowOf({ domain, agent, key }: Pick<Endpoint, 'domain' | 'agent' | 'key'>): string {
  return `${domain}\n${agent}\n${key}`;
}
