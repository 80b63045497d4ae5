/** The digest algorithms that Kamailio knows (RFC 8760), by the names that they have on the wire. */
export const ALGORITHMS = ['MD5', 'SHA-256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** What an agent's phones prove to have. Whoever knows an HA1 can register as the agent: it goes to nodes and nowhere else. */
export interface Credentials {
  readonly domain: string;
  readonly agent: string;
  readonly realm: string;
  readonly username: string;
  /** H(username:realm:password) in hexadecimal, lower case. */
  readonly ha1: Readonly<Partial<Record<Algorithm, string>>>;
}

/** What may be said of them to everybody who may read. */
export function describeCredentials({ realm, username, ha1 }: Credentials) {
  return { realm, username, algorithms: ALGORITHMS.filter((algorithm) => ha1[algorithm] !== undefined) };
}
