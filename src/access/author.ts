import type { IncomingHttpHeaders } from 'node:http';
import type { Access } from './access.js';

/** Longer is no address of anybody. */
const LONGEST = 254;

/** Whose key a request has; without keys, where it comes from: what nobody can say of himself. */
export function askerOf({ ip, access: { who } }: { ip: string; access: Access }): string {
  return who ?? `from ${ip}`;
}

/** Who asks for a change: as the From header says (RFC 9110 §10.1.2), and whose key it was; else where it comes from. */
export function authorOf({
  headers,
  ip,
  access: { who },
}: {
  headers: IncomingHttpHeaders;
  ip: string;
  access: Access;
}): string {
  const from = headers.from?.trim().slice(0, LONGEST);
  if (who !== null) return from ? `${from} (${who})` : who;
  return from ? from : `from ${ip}`;
}
