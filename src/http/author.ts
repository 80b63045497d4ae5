import type { IncomingHttpHeaders } from 'node:http';

/** Longer is no address of anybody. */
const LONGEST = 254;

/** Who asks for a change: as the From header says (RFC 9110 §10.1.2), else where the request comes from. */
export function authorOf({ headers, ip }: { headers: IncomingHttpHeaders; ip: string }): string {
  const from = headers.from?.trim().slice(0, LONGEST);
  return from ? from : `from ${ip}`;
}
