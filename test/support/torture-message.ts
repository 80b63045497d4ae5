/**
 * A strict look at a SIP message as it left Kamailio. It knows RFC 3261 §7 and §25.1 by itself and shares no code with
 * src/sip, so that one mistake can't be on both sides.
 */

const TOKEN = /^[\w\-.!%*+`'~]+$/;
/** A Request-URI has no headers, which would stand behind a question mark (RFC 3261 §19.1.1, table 1). */
const RURI = /[a-zA-Z][\w+.-]*:(?:[^\s<>"@]*@)?[^\s<>"@?]+/;
const START = new RegExp(
  String.raw`^(?:[\w\-.!%*+\x60'~]+ ${RURI.source} SIP/2\.0|SIP/2\.0 [1-6]\d\d [^\r\n]*)$`,
);
/** Anything but a tab below the blank, and DEL (RFC 3261 §25.1: TEXT-UTF8char, LWS). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that they don't leave is what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const ONCE = ['from', 'to', 'call-id', 'cseq', 'content-length', 'max-forwards'];
/** Fields of addresses; RFC 3261 §20.10: a URI with a comma, semicolon or question mark has brackets. */
const ADDRESSES = ['from', 'to', 'contact', 'route', 'record-route', 'path', 'service-route'];
const COMPACT: Readonly<Record<string, string>> = {
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  v: 'via',
  l: 'content-length',
  k: 'supported',
  c: 'content-type',
  s: 'subject',
};

export interface Field {
  /** Lower case, long form. */
  readonly name: string;
  /** Unfolded. */
  readonly value: string;
}

export interface ReadMessage {
  readonly start: string;
  readonly fields: readonly Field[];
  /** What is wrong with it; empty: well-formed. */
  readonly faults: readonly string[];
}

/** Reads one datagram. */
export function readMessage(datagram: Buffer): ReadMessage {
  const faults: string[] = [];
  const text = datagram.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) faults.push('no empty line ends the header');
  const [start = '', ...lines] = (end === -1 ? text : text.slice(0, end)).split('\r\n');
  if (!START.test(start) || CONTROL.test(start)) faults.push(`start line: ${JSON.stringify(start)}`);
  const fields = readFields(lines, faults);
  checkFields(start, fields, faults);
  const length = fields.find(({ name }) => name === 'content-length')?.value;
  const body = datagram.length - end - 4;
  if (end !== -1 && length !== undefined && Number(length) !== body) {
    faults.push(`Content-Length ${length} of ${body} bytes`);
  }
  return { start, fields, faults };
}

/** The values of one field name, by its long form in lower case. */
export function values(message: Pick<ReadMessage, 'fields'>, name: string): string[] {
  return message.fields.filter((field) => field.name === name).map(({ value }) => value);
}

function readFields(lines: readonly string[], faults: string[]): Field[] {
  const unfolded: string[] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line) && unfolded.length > 0) unfolded.push(`${unfolded.pop()} ${line.trimStart()}`);
    else unfolded.push(line);
  }
  return unfolded.flatMap((line) => {
    const colon = line.indexOf(':');
    const written = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    if (!TOKEN.test(written) || CONTROL.test(line)) {
      faults.push(`header line: ${JSON.stringify(line)}`);
      return [];
    }
    return [{ name: COMPACT[written] ?? written, value: line.slice(colon + 1).trim() }];
  });
}

function checkFields(start: string, fields: readonly Field[], faults: string[]) {
  for (const name of ['via', ...ONCE.slice(0, 4)]) {
    if (values({ fields }, name).length === 0) faults.push(`no ${name}`);
  }
  for (const name of ONCE) if (values({ fields }, name).length > 1) faults.push(`${name} twice`);
  const [method = ''] = start.split(' ');
  for (const cseq of values({ fields }, 'cseq')) {
    const [, number, of] = /^(\d{1,10})\s+(\S+)$/.exec(cseq) ?? [];
    if (number === undefined || Number(number) >= 2 ** 31) faults.push(`CSeq: ${cseq}`);
    else if (!start.startsWith('SIP/') && of !== method) faults.push(`CSeq: ${cseq} of a ${method}`);
  }
  for (const name of ['from', 'to']) {
    for (const value of values({ fields }, name))
      if (tags(value) > 1) faults.push(`tags of ${name}: ${value}`);
  }
  for (const id of values({ fields }, 'call-id')) if (!/^[!-~]+$/.test(id)) faults.push(`Call-ID: ${id}`);
  for (const { name, value } of fields) {
    if (!ADDRESSES.includes(name) || isAddressList(value)) continue;
    if (name !== 'contact' || value !== '*') faults.push(`${name}: ${value}`);
  }
}

const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const PARAM = String.raw`\s*;\s*[\w\-.!%*+'~]+(?:\s*=\s*(?:${QUOTED}|[^\s"<>;,]+))?`;
/** A display name without quotes may hold more than tokens: phones write such things, and nobody can misread them. */
const BRACKETED = String.raw`(?:${QUOTED}\s*|[^"<>,;]*)<[a-zA-Z][\w+.\-]*:[!#-;=?-~]+>`;
const BARE = String.raw`[a-zA-Z][\w+.\-]*:[!#-+.-:=@-~-]+`;
const ADDRESS = new RegExp(String.raw`^\s*(?:${BRACKETED}|${BARE})(?:${PARAM})*\s*(?:,|$)`);

/** How many tags an address has behind its URI. */
function tags(value: string): number {
  return value.replace(/"(?:[^"\\]|\\.)*"|<[^>]*>/g, '').match(/;\s*tag\s*=/gi)?.length ?? 0;
}

function isAddressList(value: string): boolean {
  let rest = value;
  do {
    const [one] = ADDRESS.exec(rest) ?? [];
    if (one === undefined) return false;
    rest = rest.slice(one.length);
    if (rest === '' && one.endsWith(',')) return false;
  } while (rest !== '');
  return true;
}
