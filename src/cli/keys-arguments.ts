import { parseArgs } from 'node:util';
import { SCOPES, type Scope } from '../access/api-key.js';
import type { NewKey } from '../access/key-orders.js';
import { parseHost } from '../sip/host.js';
import { SipSyntaxError } from '../sip/sip-syntax-error.js';

export type KeysCommand =
  | { readonly verb: 'create'; readonly key: NewKey }
  | { readonly verb: 'list' }
  | { readonly verb: 'rotate'; readonly id: string; readonly overlapSeconds: number }
  | { readonly verb: 'revoke'; readonly id: string };

/** What is wrong with the arguments, in one line. */
export class UsageError extends Error {}

export const USAGE = `npm run keys -- create --name NAME --scope ${SCOPES.join('|')} [--scope …]
                        [--contact-center DOMAIN …] [--expires-in 90d]
npm run keys -- list
npm run keys -- rotate ID [--overlap 1h]
npm run keys -- revoke ID`;

const HOUR_S = 3_600;
const LONGEST_NAME = 100;
const OPTIONS = {
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  'contact-center': { type: 'string', multiple: true },
  'expires-in': { type: 'string' },
  overlap: { type: 'string' },
} as const;
const TAKES: Readonly<Record<string, readonly string[]>> = {
  create: ['name', 'scope', 'contact-center', 'expires-in'],
  list: [],
  rotate: ['overlap'],
  revoke: [],
};

export function parseKeysArguments(args: readonly string[]): KeysCommand {
  const { values, positionals } = read(args);
  const [verb = '', id, ...rest] = positionals;
  const takes = TAKES[verb];
  if (!takes) throw new UsageError(verb === '' ? 'a command is missing' : `there is no command ${verb}`);
  for (const option of Object.keys(values)) {
    if (!takes.includes(option)) throw new UsageError(`${verb} takes no --${option}`);
  }
  const needsId = verb === 'rotate' || verb === 'revoke';
  if (rest.length > 0 || (id !== undefined && !needsId)) throw new UsageError('there are arguments too many');
  if (verb === 'list') return { verb };
  if (verb === 'create') return { verb, key: newKey(values) };
  if (!id || !/^[0-9a-f-]{36}$/i.test(id))
    throw new UsageError(`${verb} needs the id of a key, as list shows it`);
  if (verb === 'revoke') return { verb, id: id.toLowerCase() };
  const overlapSeconds = values.overlap === undefined ? HOUR_S : seconds('overlap', values.overlap);
  return { verb: 'rotate', id: id.toLowerCase(), overlapSeconds };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

function newKey(values: ReturnType<typeof read>['values']): NewKey {
  const { name = '', scope: scopes = [], 'contact-center': domains, 'expires-in': expires } = values;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name === '' || name.length > LONGEST_NAME || /[\u0000-\u001f\u007f]/.test(name)) {
    throw new UsageError(`--name must have 1 to ${LONGEST_NAME} characters`);
  }
  if (scopes.length === 0) throw new UsageError('--scope is missing');
  return {
    name,
    scopes: scopes.map(asScope),
    contact_centers: domains?.map(asDomain) ?? null,
    expires_in_seconds: expires === undefined ? null : seconds('expires-in', expires),
  };
}

function asScope(text: string): Scope {
  const scope = SCOPES.find((one) => one === text);
  if (!scope) throw new UsageError(`--scope must be one of ${SCOPES.join(', ')}, not ${text}`);
  return scope;
}

function asDomain(text: string): string {
  try {
    return parseHost(text);
  } catch (error) {
    if (!(error instanceof SipSyntaxError)) throw error;
    throw new UsageError(`--contact-center ${text}: ${error.message}`);
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: HOUR_S, d: 24 * HOUR_S };

function seconds(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const each = UNITS[unit];
  if (count === undefined || each === undefined) {
    throw new UsageError(`--${option} must be a number with s, m, h or d, such as 90d, not ${text}`);
  }
  return Number(count) * each;
}
