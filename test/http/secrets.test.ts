import t from 'tap';
import { startPostgres } from '../support/postgres.js';
import { startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

const DATABASE_PASSWORD = 'database-password-1a2b';
const AGENT_PASSWORD = 'agent-password-3c4d';
const CALLER = '14155550100';

t.test(
  'no secret in what is logged or answered, at the most talkative level, whatever goes wrong',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const databaseUrl = postgres.url.replace('postgres@', `postgres:${DATABASE_PASSWORD}@`);
    const understudy = await startUnderstudy({ databaseUrl, env: { LOG_LEVEL: 'trace' } });
    t.teardown(() => understudy.stop());
    const answers: string[] = [];
    let key = '';
    const ask = async (line: string, body?: object | string, as = key) => {
      const [method = '', path] = line.split(' ');
      const response = await fetch(`${understudy.url}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(as && { authorization: `Bearer ${as}` }),
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, text };
    };
    const heard = async (...args: Parameters<typeof ask>) => {
      const { status, text } = await ask(...args);
      answers.push(text);
      return status;
    };
    const issue = async (name: string, scopes: string[]) =>
      JSON.parse((await ask('POST /v1/keys', { name, scopes })).text);
    key = (await issue('ops', ['admin', 'signalling'])).key;
    const other = await issue('other', ['read']);
    const rotated = JSON.parse((await ask(`POST /v1/keys/${other.id}/rotate`, {})).text).key;

    await heard('PUT /v1/contact-centers/cc.example.com', CENTER);
    await heard('PUT /v1/contact-centers/cc.example.com/agents/alice/credentials', {
      password: AGENT_PASSWORD,
    });
    const call = { ruri: 'sip:sales@cc.example.com', call_id: 'c1', from: `sip:+${CALLER}@carrier.example` };
    t.equal(await heard('POST /v1/route', call), 200);
    // Credentials in a URL could be read back by everybody who may read nodes; so there are none.
    const url = 'http://user:rpc-password-5e6f@127.0.0.1:5080/RPC';
    const refused = await ask('PUT /v1/nodes/reg1', { role: 'registrar', rpc_url: url });
    t.match(refused, { status: 400, text: /may not hold a user or password/ });
    answers.push(refused.text);
    await heard('PUT /v1/nodes/reg1', { role: 'registrar', rpc_url: 'http://127.0.0.1:9/RPC' });

    // Everything that goes wrong, with secrets in it.
    for (const as of ['', `${key}x`, key.slice(0, -1), other.key.replace(/.$/, '!')])
      await heard('GET /v1/nodes', undefined, as);
    await heard('PUT /v1/nodes/reg2', `{"rpc_url": "${url}"`);
    await heard('PUT /v1/contact-centers/cc.example.com/agents/nobody/credentials', {
      password: AGENT_PASSWORD,
    });
    await heard('PUT /v1/contact-centers/cc.example.com/agents/alice/credentials', {
      password: AGENT_PASSWORD,
      ha1: {},
    });
    await heard('POST /v1/keys', { name: 1, scopes: [key] });
    await heard('POST /v1/route', { ...call, source_ip: 'nowhere' });
    await heard('POST /v1/route', { ...call, ruri: `sip:+${CALLER}@elsewhere.example` });
    postgres.freeze();
    t.equal(await heard('PUT /v1/nodes/reg3', { role: 'edge' }), 503);
    await heard('POST /v1/keys', { name: 'late', scopes: ['read'] });
    await heard('GET /readyz');
    postgres.thaw();
    await until('Postgres to be back', async () => (await ask('GET /readyz')).status === 200);

    const document = JSON.parse((await ask('GET /openapi.json')).text) as { paths: Record<string, object> };
    const ids: Record<string, string> = {
      domain: 'cc.example.com',
      node: 'reg1',
      name: 'alice',
      skillset: 'sales',
      id: other.id,
    };
    for (const [path, methods] of Object.entries(document.paths)) {
      if (!('get' in methods)) continue;
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] as string);
      await heard(`GET ${filled}?address=sip:sales@cc.example.com`);
    }
    t.ok(
      answers.some((one) => one.includes('"scopes"')),
      'the keys are among what was read',
    );
    const logs = understudy.logs();
    const secretOf = (text: string) => text.split('_').slice(2).join('_');
    for (const secret of [key, other.key, rotated]
      .map(secretOf)
      .concat(AGENT_PASSWORD, DATABASE_PASSWORD, 'rpc-password-5e6f')) {
      t.notOk(logs.includes(secret), `${secret.slice(0, 5)}… is not in the log`);
      t.notOk(answers.join('\n').includes(secret), `${secret.slice(0, 5)}… is in no answer`);
    }
    const atInfo = logs.split('\n').filter((line) => /"level":[3-6]0/.test(line));
    t.ok(atInfo.length > 5);
    t.notMatch(atInfo.join('\n'), CALLER, 'nor callers at level info');
  },
);
