import { type Answered, request } from './beside-calls.js';
import { LARGE_AGENT, LARGE_DOMAIN, LARGE_PATH, LARGE_SKILLSET, largeDocument } from './large-documents.js';

/** What people and programs ask of a contact center of 10,000 agents; each can be asked over and over. */
export function adminWork(url: string): ReadonlyMap<string, () => Promise<Answered>> {
  const versions = [largeDocument(1), largeDocument(0)];
  let times = 0;
  const next = () => {
    times += 1;
    return times;
  };
  const get = (path: string) => () => request('GET', `${url}${path}`);
  const put = (path: string, body: Buffer) => request('PUT', `${url}${path}`, { body });
  const address = `address=sip:${LARGE_SKILLSET}@${LARGE_DOMAIN}`;
  const level = () => Buffer.from(JSON.stringify({ skills: { [LARGE_SKILLSET]: 1 + (next() % 9) } }));
  return new Map([
    ['PUT the document, all agents changed', () => put(LARGE_PATH, versions[next() % 2] as Buffer)],
    ['PUT the document as it is', () => put(LARGE_PATH, versions[times % 2] as Buffer)],
    ['GET the document', get(LARGE_PATH)],
    ['PUT one agent', () => put(LARGE_AGENT, level())],
    ['GET /v1/agents', get(`/v1/agents?contact_center=${LARGE_DOMAIN}`)],
    ['GET /v1/bindings', get(`/v1/bindings?${address}`)],
    ['GET /v1/explain', get(`/v1/explain?${address}`)],
    ['GET /v1/changes', get('/v1/changes?limit=1000')],
    ['GET /v1/decisions', get('/v1/decisions?limit=1000')],
    ['GET /metrics', get('/metrics')],
  ]);
}
