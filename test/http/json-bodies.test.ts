import t, { type Test } from 'tap';
import { onBothDatabases, type Service } from './call-service.js';
import { send } from './send.js';

const HALVES = ['\\ud800', '\\uDFFF', 'a\\uD83Db', '\\ude00\\ud83d', '\\\\\\ud800'];
const WHOLE = ['\\ud83d\\ude00', '\\uD83D\\uDE00', '\\\\ud800', '😀', '\\u0041'];

/** Postgres's jsonb refuses it, also long after the answer, when history is written. */
const halves = async (t: Test, service: Service) => {
  const { app } = service;
  const body = (reason: string) =>
    `{"contact_center":"cc.example.com","kind":"bypass","by":"ops","expires_in_seconds":60,"reason":"${reason}"}`;
  for (const half of HALVES) {
    t.match(await send(app, 'POST /v1/overrides', body(half)), {
      status: 400,
      body: { code: 'bad_request', field: '' },
    });
  }
  for (const whole of WHOLE) {
    const { status, body: made } = await send(app, 'POST /v1/overrides', body(whole));
    t.equal(status, 201, whole);
    t.equal(made.reason, JSON.parse(`"${whole}"`));
  }
  const { body: found } = await send(app, 'GET /v1/changes?kind=override');
  t.equal(found.changes.length, WHOLE.length, 'each is written down');
};

onBothDatabases(t, { 'half of a surrogate pair': halves });
