import Value from 'typebox/value';
import { RouteDocument } from '../../src/invite/invite.schema.js';
import { freePort } from '../support/free-port.js';
import { startPostgres } from '../support/postgres.js';
import { run } from '../support/process.js';
import { send } from '../support/send-http.js';
import { startUnderstudy } from '../support/understudy.js';
import { until } from '../support/until.js';
import { startStubRegistrar } from './stub-registrar.js';
import { CONTACT_CENTER, CONTACT_CENTER_PATH, firstRegisters, inviteOf } from './workload.js';

/** Everything that is measured or measured against, and how it ends. */
export async function startServers(teardown: (ending: () => unknown) => void) {
  const postgres = await startPostgres({ durable: true });
  teardown(() => postgres.stop());
  const understudy = await startUnderstudy({ databaseUrl: postgres.url });
  teardown(() => understudy.stop());
  const registrar = await startStubRegistrar();
  teardown(() => registrar.close());
  const node = { role: 'registrar', rpc_url: registrar.url };
  await send('PUT', `${understudy.url}/v1/nodes/reg1`, node);
  await send('PUT', `${understudy.url}${CONTACT_CENTER_PATH}`, CONTACT_CENTER);
  await Promise.all(
    firstRegisters().map((register) => send('POST', `${understudy.url}/v1/register`, register)),
  );
  const answer = await send('POST', `${understudy.url}/v1/route`, inviteOf(0));
  // the bare Fastify must answer with a decision, not with something that its serializer would make small
  Value.Assert(RouteDocument, JSON.parse(answer));

  const [barePort, oneCommitPort] = [await freePort(), await freePort()];
  const script = new URL('./baseline.ts', import.meta.url).pathname;
  const args = [script, postgres.url, String(barePort), answer, String(oneCommitPort)];
  const baseline = run('node', ['--import', 'tsx', ...args]);
  teardown(async () => {
    baseline.signal('SIGKILL');
    await baseline.ended;
  });
  // it listens there last
  await until('the baselines to listen', async () => {
    return baseline.hasEnded() || (await fetch(urlOf(oneCommitPort))).status > 0;
  });
  if (baseline.hasEnded()) throw new Error(`the baselines ended at start:\n${baseline.output()}`);
  return {
    postgres,
    understudy,
    baseline: { pid: baseline.pid, bare: urlOf(barePort), oneCommit: urlOf(oneCommitPort) },
    answerBytes: answer.length,
  };
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
