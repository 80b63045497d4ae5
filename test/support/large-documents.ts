/** A contact center of 10,000 agents with ten skills each, and what somebody hostile sends in its place. */
export const LARGE_DOMAIN = 'large.example.com';
const AGENTS = 10_000;
const SKILLS = 10;
/** So that a skillset has a hundred agents. */
const SKILLSETS = 1_000;

export const LARGE_PATH = `/v1/contact-centers/${LARGE_DOMAIN}`;
export const LARGE_SKILLSET = skillset(1);
export const LARGE_AGENT = `${LARGE_PATH}/agents/agent-00007`;

/** Each version differs from the others in every agent. */
export function largeDocument(version = 0): Buffer {
  const agents = Array.from({ length: AGENTS }, (_, i) => ({
    name: `agent-${String(i).padStart(5, '0')}`,
    skills: Object.fromEntries(
      Array.from({ length: SKILLS }, (_, k) => [skillset(i * SKILLS + k), 1 + ((i + k + version) % 100)]),
    ),
    weight: 1 + (version % 100),
    contacts: [{ uri: `sip:+1415${String(5_550_000 + i)}@192.0.2.40` }],
  }));
  const skillsets = Array.from({ length: SKILLSETS }, (_, i) => ({ name: skillset(i) }));
  return asBody({ locations: [{ uri: 'sip:192.0.2.10:5060' }], skillsets, agents });
}

export function callToLarge(i: number): object {
  return {
    node: 'reg1',
    ruri: `sip:${skillset(i)}@${LARGE_DOMAIN}`,
    from: 'sip:+14155550100@carrier.example.net',
    call_id: `large-${i}@198.51.100.4`,
    source_ip: '198.51.100.4',
    source_port: 5060,
  };
}

function skillset(i: number): string {
  return `skillset-${i % SKILLSETS}`;
}

function asBody(document: object): Buffer {
  return Buffer.from(JSON.stringify(document));
}

/** As much as a body may ever have had. */
const BYTES = 32 * 1024 * 1024;

/** Each of so many bytes, by what it is made of. */
export function hostileBodies(bytes = BYTES): ReadonlyMap<string, Buffer> {
  const repeated = (text: string, from = '', to = '') =>
    Buffer.from(from + text.repeat(Math.floor((bytes - from.length - to.length) / text.length)) + to);
  const numbered = (text: (i: number) => string, from: string, to: string) => {
    const parts: string[] = [];
    for (let i = 0, length = from.length + to.length; ; i++) {
      const part = text(i);
      length += part.length + 1;
      if (length > bytes) break;
      parts.push(part);
    }
    return Buffer.from(from + parts.join(',') + to);
  };
  return new Map([
    ['nested arrays', repeated('[')],
    ['nested objects', repeated('{"a":')],
    ['one long string', repeated('a', '{"mode":"', '"}')],
    ['one long name', repeated('a', '{"', '":1}')],
    ['escapes', repeated('\\u0061', '{"mode":"', '"}')],
    ['many keys', numbered((i) => `"k${i}":0`, '{', '}')],
    ['one key, over and over', repeated('"mode":0,', '{', '"mode":0}')],
    ['many agents, each wrong', repeated('{},', '{"agents":[', '{}]}')],
    ['many numbers for agents', repeated('0,', '{"agents":[', '0]}')],
    ['an agent of many skills', numbered((i) => `"k${i}":0`, '{"agents":[{"name":"a","skills":{', '}}]}')],
    ['white space', repeated(' ', '{', '}')],
  ]);
}
