import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri, type SipUri } from '../sip/uri.js';

/** Takes what is wrong with a document: a JSON pointer into it, and what is wrong there. */
export type Fault = (field: string, detail: string) => void;

/** The URI, unless it is none that can be called. */
export function checkUri(text: string, field: string, fault: Fault): SipUri | undefined {
  try {
    const uri = parseUri(text);
    if (uri.headers === null) return uri;
    fault(field, 'may not have headers');
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    fault(field, error.message);
  }
  return undefined;
}
