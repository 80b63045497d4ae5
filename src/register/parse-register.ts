import { type FieldError, Problem } from '../errors.js';
import { type Address, parseAddress } from '../sip/address.js';
import { type ContactHeader, parseContactHeader } from '../sip/contact.js';
import { parsePath, printPath } from '../sip/path.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';
import { parseUri, printUri } from '../sip/uri.js';
import type { RegisterRequest } from './register.schema.js';

/** A REGISTER of which every part was parsed and, where it goes on, printed by our own SIP vocabulary. */
export interface ParsedRegister {
  readonly address: Address;
  readonly contact: ContactHeader;
  readonly expires: number | null;
  readonly call_id: string;
  readonly cseq: number;
  readonly path: string | null;
  readonly received: string | null;
  readonly user_agent: string | null;
  readonly node: string | null;
}

/** Throws a `bad_request` that names every malformed field. */
export function parseRegister(body: RegisterRequest): ParsedRegister {
  const errors: FieldError[] = [];
  const field = <T>(name: string, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SipSyntaxError)) throw error;
      errors.push({ field: `/${name}`, detail: error.message });
      return undefined;
    }
  };
  const { aor, path = null, received = null, expires = null, user_agent = null, node = null } = body;
  const address = field('aor', () => parseAddress(aor));
  const contact = field('contact', () => parseContactHeader(body.contact));
  const printedPath = field('path', () => (path === null ? null : printPath(parsePath(path))));
  const printedReceived = field('received', () => (received === null ? null : parseSource(received)));
  if (address && contact && printedPath !== undefined && printedReceived !== undefined) {
    const { call_id, cseq } = body;
    return {
      address,
      contact,
      expires,
      call_id,
      cseq,
      path: printedPath,
      received: printedReceived,
      user_agent,
      node,
    };
  }
  throw Problem.badFields(errors);
}

function parseSource(text: string): string {
  const uri = parseUri(text);
  if (uri.headers !== null) throw new SipSyntaxError('a source may not have headers');
  return printUri(uri);
}
