import type { ContactCenter } from '../directory/contact-center.js';
import type { Directory } from '../directory/directory.js';
import { domainIn } from '../directory/find-contact-center.js';
import { type FieldError, Problem } from '../errors.js';
import { parseAddress, printAddress } from '../sip/address.js';
import { parseUri, printUri } from '../sip/uri.js';
import type { Order } from './override-orders.js';
import type { OverrideBody } from './overrides.schema.js';

type Limit = 'skillset' | 'location' | 'caller' | 'address';

/** What each kind may be limited to … */
const MAY: Readonly<Record<OverrideBody['kind'], readonly Limit[]>> = {
  bypass: ['skillset'],
  normal: ['skillset', 'location'],
  drain: ['location'],
  drill: ['caller', 'address'],
};
/** … and one of these it must be limited to. */
const MUST: Partial<Record<OverrideBody['kind'], readonly Limit[]>> = {
  drain: ['location'],
  drill: ['caller', 'address'],
};

/** The order in the words of what is provisioned, or a Problem that names what is wrong with it. */
export function checkOverride(directory: Directory, body: OverrideBody): Order {
  const center = findCenter(directory, body.contact_center);
  const { kind, reason, by, expires_in_seconds } = body;
  const faults = checkLimits(body);
  if (faults.length > 0) throw Problem.badFields(faults);
  return {
    ...{ domain: center.domain, kind, agent: null, reason, by, expires_in_seconds },
    skillset: body.skillset === undefined ? null : knownSkillset(center, body.skillset),
    location: body.location === undefined ? null : knownLocation(center, body.location),
    caller: body.caller === undefined ? null : address('/caller', body.caller),
    address: body.address === undefined ? null : knownAddress(directory, center, body.address),
  };
}

function findCenter(directory: Directory, text: string): ContactCenter {
  const domain = domainIn('/contact_center', text);
  const center = directory.contactCenter(domain);
  if (!center) throw unknown('/contact_center', `no contact center has the domain ${domain}`);
  return center;
}

function checkLimits(body: OverrideBody): FieldError[] {
  const { kind } = body;
  const given = LIMITS.filter((limit) => body[limit] !== undefined);
  const must = MUST[kind];
  return [
    ...given
      .filter((limit) => !MAY[kind].includes(limit))
      .map((limit) => ({ field: `/${limit}`, detail: `says nothing with kind ${kind}` })),
    ...(must && !must.some((limit) => given.includes(limit))
      ? [{ field: `/${must[0]}`, detail: `is missing: ${kind} needs ${must.join(' or ')}` }]
      : []),
  ];
}

const LIMITS: readonly Limit[] = ['skillset', 'location', 'caller', 'address'];

function knownSkillset({ skillsets }: ContactCenter, name: string): string {
  if (skillsets.some((one) => one.name === name)) return name;
  throw unknown('/skillset', 'no skillset has this name');
}

function knownLocation({ locations }: ContactCenter, text: string): string {
  const uri = Problem.inField('/location', () => printUri(parseUri(text)));
  if (locations.some((one) => one.uri === uri)) return uri;
  throw unknown('/location', 'is not a location of the contact center');
}

function knownAddress(directory: Directory, center: ContactCenter, text: string): string {
  const resolved = directory.resolve(Problem.inField('/address', () => parseAddress(text)));
  if (resolved?.center.domain === center.domain) return resolved.aor;
  throw unknown('/address', 'is not an address of the contact center');
}

function address(field: string, text: string): string {
  return Problem.inField(field, () => printAddress(parseAddress(text)));
}

function unknown(field: string, detail: string): Problem {
  return Problem.badFields([{ field, detail }]);
}
