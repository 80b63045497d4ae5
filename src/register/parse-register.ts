import { type FieldError, Problem } from '../errors.js';
import { type Address, parseAddress } from '../sip/address.js';
import { type ContactHeader, type ContactValue, parseContactHeader } from '../sip/contact.js';
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
  readonly source_ip: string | null;
  /** Whether the script has seen proof that the phone has the agent's password. */
  readonly authenticated: boolean;
  /** What the contact center has answered, when it was asked first. */
  readonly contact_center: ContactCenterAnswer | null;
}

export interface ContactCenterAnswer {
  /** Its 2xx, or the failure of its last location. */
  readonly status: number;
  readonly contacts: readonly ContactValue[];
  /** Of the Expires header. */
  readonly expires: number | null;
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
  const { aor, path = null, received = null, expires = null } = body;
  const { user_agent = null, node = null, source_ip = null } = body;
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
      source_ip,
      authenticated: body.authenticated === true,
      contact_center: answerOf(body),
    };
  }
  throw Problem.badFields(errors);
}

function parseSource(text: string): string {
  const uri = parseUri(text);
  if (uri.headers !== null) throw new SipSyntaxError('a source may not have headers');
  return printUri(uri);
}

/** The phone has its 2xx already: what we can't read of it says nothing, and must not be why the phone isn't registered. */
function answerOf(body: RegisterRequest): ContactCenterAnswer | null {
  const { contact_center_status, contact_center_contact, contact_center_expires = null } = body;
  if (typeof contact_center_status !== 'number') return null;
  const contacts = contactsOf(contact_center_contact ?? null);
  return { status: contact_center_status, contacts, expires: contact_center_expires };
}

function contactsOf(field: string | null): readonly ContactValue[] {
  if (field === null) return [];
  try {
    const header = parseContactHeader(field);
    return header.star ? [] : header.contacts;
  } catch (error) {
    if (error instanceof SipSyntaxError) return [];
    throw error;
  }
}
