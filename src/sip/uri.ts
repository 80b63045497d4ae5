import { decimal, HEADER, PARAM, PASSWORD, PLAIN_USER, runEnd, USER } from './characters.js';
import { hostEnd, parseHost } from './host.js';
import { SipSyntaxError } from './sip-syntax-error.js';

/** A SIP or SIPS URI (RFC 3261 §19.1.1). Every part is kept escaped, as it stands on the wire. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user: string | null;
  readonly password: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly params: readonly UriParam[];
  /** What follows the `?`. */
  readonly headers: string | null;
}

export type UriParam = readonly [name: string, value: string | null];

export const MAX_URI = 255;

/** The port that a request for this URI goes to, when its host is an address (RFC 3261 §19.1.2). */
export function portOf(uri: SipUri): number {
  const tls = uri.scheme === 'sips' || uriParam(uri, 'transport')?.toLowerCase() === 'tls';
  return uri.port ?? (tls ? 5061 : 5060);
}

export function parseUri(text: string): SipUri {
  if (text.length > MAX_URI) throw new SipSyntaxError(`the URI is longer than ${MAX_URI} characters`);
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') throw new SipSyntaxError('the URI is not a sip or sips URI');

  let user: string | null = null;
  let password: string | null = null;
  let at = colon + 1;
  // A user may hold `;` and `?`, so the `@` is looked for first; unescaped it can't stand anywhere else.
  const userinfoEnd = text.indexOf('@', at);
  if (userinfoEnd !== -1) {
    let end = runEnd(text, at, USER);
    if (end === at) throw new SipSyntaxError('the user of the URI is empty or malformed');
    user = text.slice(at, end);
    if (text[end] === ':') {
      at = end + 1;
      end = runEnd(text, at, PASSWORD);
      password = text.slice(at, end);
    }
    if (end !== userinfoEnd) throw new SipSyntaxError('the user of the URI is malformed');
    at = end + 1;
  }

  let end = hostEnd(text, at);
  const host = parseHost(text.slice(at, end));
  let port: number | null = null;
  if (text[end] === ':') {
    at = end + 1;
    end = portEnd(text, at);
    port = parsePort(text.slice(at, end));
  }

  const params: UriParam[] = [];
  while (text[end] === ';') end = parseParam(text, end + 1, params);
  let headers: string | null = null;
  if (text[end] === '?') {
    headers = text.slice(end + 1);
    end = headersEnd(text, end + 1);
  }
  if (end !== text.length) throw new SipSyntaxError('the URI holds a character that may not stand there');
  return { scheme, user, password, host, port, params, headers };
}

function portEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ';' && text[at] !== '?') at += 1;
  return at;
}

function parsePort(text: string): number {
  const port = decimal(text, 65_535);
  if (port === null || port === 0)
    throw new SipSyntaxError('the port of the URI is not a number from 1 to 65535');
  return port;
}

function parseParam(text: string, from: number, params: UriParam[]): number {
  let end = runEnd(text, from, PARAM);
  if (end === from) throw new SipSyntaxError('a parameter of the URI has no name');
  const name = text.slice(from, end);
  let value: string | null = null;
  if (text[end] === '=') {
    const start = end + 1;
    end = runEnd(text, start, PARAM);
    if (end === start) throw new SipSyntaxError('a parameter of the URI has no value after its "="');
    value = text.slice(start, end);
  }
  if (findParam(params, name)) throw new SipSyntaxError('a parameter of the URI stands twice');
  params.push([name, value]);
  return end;
}

function headersEnd(text: string, from: number): number {
  let at = from;
  for (;;) {
    const nameEnd = runEnd(text, at, HEADER);
    if (nameEnd === at || text[nameEnd] !== '=') throw new SipSyntaxError('a header of the URI is malformed');
    at = runEnd(text, nameEnd + 1, HEADER);
    if (text[at] !== '&') return at;
    at += 1;
  }
}

/** `!` is escaped, which says the same (RFC 3261 §19.1.4): Kamailio's tm trips over it in headers that it is given. */
export function printUri(uri: SipUri): string {
  let text = `${uri.scheme}:`;
  if (uri.user !== null) text += uri.password === null ? `${uri.user}@` : `${uri.user}:${uri.password}@`;
  text += uri.host;
  if (uri.port !== null) text += `:${uri.port}`;
  for (const [name, value] of uri.params) text += value === null ? `;${name}` : `;${name}=${value}`;
  if (uri.headers !== null) text += `?${uri.headers}`;
  return text.replaceAll('!', '%21');
}

/** The parameter's value: null when it has none, undefined when the URI doesn't have the parameter. */
export function uriParam(uri: SipUri, name: string): string | null | undefined {
  return findParam(uri.params, name)?.[1];
}

function findParam(params: readonly UriParam[], name: string): UriParam | undefined {
  if (params.length === 0) return undefined;
  const wanted = name.toLowerCase();
  return params.find(([other]) => other.toLowerCase() === wanted);
}

/** The URI with this user (not escaped yet), or the URI as it is when it has one. */
export function withUser(uri: SipUri, user: string): SipUri {
  return uri.user === null ? { ...uri, user: escapeUser(user) } : uri;
}

/**
 * A user as it may stand in any URI. Comma, semicolon and question mark are escaped although a user may hold them, so
 * that nobody can pass a parameter off as part of a user where a URI stands without brackets (RFC 3261 §20.10).
 */
export function escapeUser(user: string): string {
  if (user === '') throw new SipSyntaxError('the user is empty');
  if (!user.includes('%') && runEnd(user, 0, PLAIN_USER) === user.length) return user;
  try {
    return encodeURIComponent(user).replace(/%(?:24|26|2B|2F|3D)/g, decodeURIComponent);
  } catch (error) {
    throw new SipSyntaxError('the user is not valid Unicode', { cause: error });
  }
}
