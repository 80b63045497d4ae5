import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import Fastify from 'fastify';
import pino from 'pino';
import t, { type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { answerProblems } from '../../src/plugins/problems.js';
import { answerReadiness } from '../../src/plugins/readiness.js';
import { startPostgres } from '../support/postgres.js';
import { startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { CENTER, onBothDatabases, type Service } from './call-service.js';
import { send } from './send.js';

const OPENAPI = new URL('../../src/openapi.json', import.meta.url);
const REDOCLY = new URL('../../node_modules/.bin/redocly', import.meta.url);

const answers = async (t: Test, { app, store, now }: Service) => {
  await t.test('/livez 200, /readyz 200', async (t) => {
    t.match(await send(app, 'GET /livez'), { status: 200, body: { status: 'alive' } });
    t.strictSame((await send(app, 'GET /readyz')).body, { status: 'ready', degraded: [] });
  });

  await t.test('404: what is not here, as problem+json', async (t) => {
    for (const line of [
      'GET /',
      'GET /v2/route',
      'POST /livez',
      'PATCH /v1/nodes/reg1',
      'GET /v1/register',
    ]) {
      const { status, body, headers } = await send(app, line);
      t.strictSame(
        { status, body },
        {
          status: 404,
          body: {
            type: 'about:blank',
            title: 'Not found',
            status: 404,
            code: 'not_found',
            detail: `${line} is not here`,
          },
        },
      );
      t.equal(headers['content-type'], 'application/problem+json');
    }
  });

  await t.test('400, 413, 415: what cannot be read', async (t) => {
    t.match(await send(app, 'GET /%zz'), { status: 400, body: { code: 'bad_request' } });
    for (const line of ['POST /v1/route', 'POST /v1/register', 'POST /v1/outcomes', 'PUT /v1/nodes/reg1']) {
      for (const body of ['', '{', '[1]', '"a"', '{"a":1}}', '\u0000']) {
        t.match(
          await send(app, line, body),
          { status: 400, body: { code: 'bad_request', field: '' } },
          `${line} ${body}`,
        );
      }
      t.match(await send(app, line, '<a/>', { 'content-type': 'application/xml' }), {
        status: 415,
        body: { code: 'unsupported_media_type' },
      });
      t.match(await send(app, line, `"${'a'.repeat(66_000)}"`), {
        status: 413,
        body: { code: 'body_too_large' },
      });
    }
  });

  await t.test('/openapi.json is the committed one', async (t) => {
    const { status, body } = await send(app, 'GET /openapi.json');
    t.equal(status, 200);
    t.strictSame(body, JSON.parse(await readFile(OPENAPI, 'utf8')), 'or else: npm run openapi');
  });

  await t.test('/docs needs nothing from elsewhere', async (t) => {
    const page = await send(app, 'GET /docs/');
    t.equal(page.status, 200);
    t.notMatch(page.body, /(?:src|href)="https?:/);
    t.equal((await send(app, 'GET /docs/static/swagger-ui-bundle.js')).status, 200);
  });

  await t.test('logs: no line for what goes well; a problem names the call that it belongs to', async (t) => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    const logged = await buildApp({ store, logger, clock: () => now });
    t.teardown(() => logged.close());
    const body = {
      node: 'edge1',
      aor: 'sip:nobody@cc.example.com',
      contact: '<sip:a@b>',
      call_id: 'c1@b',
      cseq: 1,
    };
    t.equal(
      (await send(logged, 'POST /v1/register', { ...body, aor: 'sip:alice@cc.example.com' })).status,
      200,
    );
    t.equal(
      (await send(logged, 'POST /v1/route', { ruri: 'sip:x@cc.example.com', call_id: 'c2@b' })).status,
      404,
    );
    t.strictSame(lines, []);
    t.equal((await send(logged, 'POST /v1/register', body)).status, 403);
    t.match(lines, [
      {
        level: 30,
        code: 'unknown_agent',
        status: 403,
        path: '/v1/register',
        call_id: 'c1@b',
        node: 'edge1',
        aor: 'sip:nobody@cc.example.com',
      },
    ]);
  });
};

onBothDatabases(t, { answers });

t.test('/readyz degraded and back: Postgres killed, Postgres frozen', async (t) => {
  const postgres = await startPostgres({ durable: true });
  t.teardown(() => postgres.stop());
  const understudy = await startUnderstudy({ databaseUrl: postgres.url });
  t.teardown(() => understudy.stop());
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${understudy.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  const put = (body: object) =>
    ask('/v1/contact-centers/cc.example.com', {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const isReady = async () => JSON.stringify((await ask('/readyz')).body).includes(`"ready"`);
  t.ok(await isReady());
  t.equal((await put(CENTER)).status, 201);

  const isDown = async (detail: RegExp) => {
    t.match(await ask('/readyz'), {
      status: 200,
      body: { status: 'degraded', degraded: [{ name: 'database', detail }] },
    });
    t.equal((await ask('/livez')).status, 200, 'alive all the same');
    t.match(await put({ ...CENTER, mode: 'b2bua' }), { status: 503, body: { code: 'store_unavailable' } });
    t.match((await ask('/v1/contact-centers/cc.example.com')).body, { mode: 'proxy' }, 'nothing has changed');
    t.equal((await ask('/v1/targets?address=sip:sales@cc.example.com')).status, 200, 'calls go on');
  };
  await postgres.kill9();
  await isDown(/./);
  await postgres.start();
  await until('the database to be found again', isReady);
  postgres.freeze();
  await isDown(/^no answer within 1000 ms/);
  postgres.thaw();
  await until('the database to be found again', isReady);
  t.match(await put({ ...CENTER, mode: 'b2bua' }), { status: 200, body: { mode: 'b2bua' } });
});

t.test('/readyz 503: names everything that is not ready', async (t) => {
  const app = Fastify();
  answerProblems(app);
  answerReadiness(app, [
    { name: 'database', essential: true, check: async () => {} },
    { name: 'directory', essential: true, check: () => Promise.reject(new Error('not read yet')) },
    { name: 'other', essential: false, check: () => Promise.reject(new Error('broken')) },
  ]);
  t.match(await send(app, 'GET /readyz'), {
    status: 503,
    body: {
      detail: 'directory: not read yet; other: broken',
      not_ready: [{ name: 'directory' }, { name: 'other' }],
    },
  });
});

t.test('the committed OpenAPI document is valid', async (t) => {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const lint = promisify(execFile)(REDOCLY.pathname, ['lint', '--extends', 'spec', OPENAPI.pathname], {
    env,
  });
  await t.resolves(lint);
});
