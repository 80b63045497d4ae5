import { decimal, runEnd, URN } from './characters.js';
import { FieldScanner } from './field-scanner.js';
import { parseQ } from './q-value.js';
import { SipSyntaxError } from './sip-syntax-error.js';
import { printUri } from './uri.js';

/** A Contact field of a REGISTER (RFC 3261 §20.10): the contacts, or `*` for all of them. */
export type ContactHeader =
  | { readonly star: true }
  | { readonly star: false; readonly contacts: readonly ContactValue[] };

export interface ContactValue {
  /** As `printUri` prints it. */
  readonly uri: string;
  /** In thousandths, 0 to 1000. */
  readonly q: number | null;
  /** In seconds. */
  readonly expires: number | null;
  /** The device (RFC 5626 §4.1), with its angle brackets and without quotes: `<urn:uuid:…>`. */
  readonly instance: string | null;
  /** Which of the device's flows, from 1 (RFC 5626 §4.2); null without an instance. */
  readonly reg_id: number | null;
}

const MAX_FIELD = 2_000;
const MAX_CONTACTS = 10;
const MAX_EXPIRES = 2 ** 32 - 1;
const MAX_REG_ID = 2 ** 31 - 1;
const MAX_INSTANCE = 255;

export function parseContactHeader(text: string): ContactHeader {
  if (text.length > MAX_FIELD) throw new SipSyntaxError(`the contact is longer than ${MAX_FIELD} characters`);
  // A display name may start with `*` too, so only a field of nothing else is the star.
  const star = new FieldScanner(text);
  if (star.skip('*') && star.atEnd()) return { star: true };
  const scanner = new FieldScanner(text);
  const contacts: ContactValue[] = [];
  do {
    if (contacts.length === MAX_CONTACTS) {
      throw new SipSyntaxError(`there are more than ${MAX_CONTACTS} contacts`);
    }
    contacts.push(parseContactValue(scanner));
  } while (scanner.skip(','));
  if (!scanner.atEnd()) throw new SipSyntaxError('the contact holds a character that may not stand there');
  return { star: false, contacts };
}

function parseContactValue(scanner: FieldScanner): ContactValue {
  const uri = scanner.nameAddr() ?? scanner.addrSpec();
  // They would become headers of the requests that are sent to the contact (RFC 3261 §19.1.5).
  if (uri.headers !== null) throw new SipSyntaxError('the URI of a contact may not have headers');
  const params = scanner.params();
  const instance = parseInstance(params.get('+sip.instance'));
  const regId = parseRegId(params.get('reg-id'));
  return {
    uri: printUri(uri),
    q: parseContactQ(params.get('q')),
    expires: parseExpires(params.get('expires')),
    instance,
    // RFC 5626 §6: a reg-id without an instance is ignored.
    reg_id: instance === null ? null : regId,
  };
}

function parseContactQ(text: string | null | undefined): number | null {
  return text === undefined ? null : parseQ(text ?? '');
}

function parseExpires(text: string | null | undefined): number | null {
  if (text === undefined) return null;
  const expires = decimal(text ?? '', MAX_EXPIRES);
  if (expires === null) throw new SipSyntaxError(`expires is not a whole number from 0 to ${MAX_EXPIRES}`);
  return expires;
}

function parseRegId(text: string | null | undefined): number | null {
  if (text === undefined) return null;
  const regId = decimal(text ?? '', MAX_REG_ID);
  if (regId === null || regId === 0) {
    throw new SipSyntaxError(`reg-id is not a whole number from 1 to ${MAX_REG_ID}`);
  }
  return regId;
}

/** `"<urn:NID:NSS>"` (RFC 5626 §4.1, RFC 8141 §2); what isn't one couldn't be printed back safely. `!` is escaped as in URIs. */
function parseInstance(text: string | null | undefined): string | null {
  if (text === undefined) return null;
  if (text === null || !isInstance(text)) {
    throw new SipSyntaxError('+sip.instance is not a URN in angle brackets and quotes');
  }
  return text.slice(1, -1).replaceAll('!', '%21');
}

function isInstance(text: string): boolean {
  if (!text.startsWith('"<') || !text.endsWith('>"') || text.length > MAX_INSTANCE) return false;
  const urn = text.slice(2, -2);
  return /^urn:[a-z0-9-]{2,32}:./i.test(urn) && runEnd(urn, 0, URN) === urn.length;
}
