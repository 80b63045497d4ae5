import { contactFault } from '../directory/contact-fault.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri, type SipUri } from '../sip/uri.js';

/** Takes what is wrong with a document: a JSON pointer into it, and what is wrong there. */
export type Fault = (field: string, detail: string) => void;

/** The URI, unless it is none that can be called; with `networks`, only within them. */
export function checkUri(
  text: string,
  field: string,
  fault: Fault,
  networks: readonly string[] | null = null,
): SipUri | undefined {
  try {
    const uri = parseUri(text);
    const found = uri.headers === null ? contactFault(text, networks) : 'may not have headers';
    if (found === null) return uri;
    fault(field, found);
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    fault(field, error.message);
  }
  return undefined;
}
