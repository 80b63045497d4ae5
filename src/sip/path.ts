import { FieldScanner } from './field-scanner.js';
import { SipSyntaxError } from './sip-syntax-error.js';
import { printUri, uriParam } from './uri.js';

const MAX_FIELD = 2_000;
const MAX_HOPS = 5;

/** The hops of a Path (RFC 3327), first hop first, each printed as `<sip:…;lr>`. */
export function parsePath(text: string): string[] {
  if (text.length > MAX_FIELD) throw new SipSyntaxError(`the path is longer than ${MAX_FIELD} characters`);
  const scanner = new FieldScanner(text);
  const hops: string[] = [];
  do {
    if (hops.length === MAX_HOPS) throw new SipSyntaxError(`the path has more than ${MAX_HOPS} hops`);
    hops.push(parseHop(scanner));
  } while (scanner.skip(','));
  if (!scanner.atEnd()) throw new SipSyntaxError('the path holds a character that may not stand there');
  return hops;
}

function parseHop(scanner: FieldScanner): string {
  const uri = scanner.nameAddr();
  if (uri === undefined) throw new SipSyntaxError('a hop of the path is not a URI in angle brackets');
  if (uri.headers !== null) throw new SipSyntaxError('a hop of the path may not have headers');
  // A strict router would find the callee's URI rewritten (RFC 3261 §16.4); tm can't be told so per target.
  if (uriParam(uri, 'lr') === undefined)
    throw new SipSyntaxError('a hop of the path is not a loose route (lr)');
  // Parameters outside the brackets mean nothing to the proxies that get this as a Route.
  scanner.params();
  return `<${printUri(uri)}>`;
}

export function printPath(hops: readonly string[]): string {
  return hops.join(',');
}

/** The URI, without brackets, that a message which takes this printed path is sent to first. */
export function firstHop(path: string): string {
  return path.slice(1, path.indexOf('>'));
}
