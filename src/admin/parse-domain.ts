import { Problem } from '../errors.js';
import { parseHost } from '../sip/host.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';

/** A contact center's domain in its one spelling: lower case, without a dot at the end. */
export function parseDomain(text: string): string {
  try {
    const host = parseHost(text);
    if (host.startsWith('[')) throw new SipSyntaxError('the host is not a name');
    return host;
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    throw Problem.badFields([{ field: '/domain', detail: error.message }]);
  }
}

/** The path says which document it is; a body may repeat it, but not say otherwise. */
export function checkSame(field: string, inPath: string, inBody: string | undefined): void {
  if (inBody !== undefined && inBody !== inPath) {
    throw Problem.badFields([{ field, detail: `is not the one in the path, ${inPath}` }]);
  }
}
