import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { freePort } from '../support/free-port.js';
import { run } from '../support/process.js';
import { until } from '../support/until.js';
import { CENTER } from './call-service.js';

const ROOT = join(import.meta.dirname, '../..');
const CONTAINED = join(ROOT, 'test/support/read-only-root.sh');
const skip = process.getuid?.() === 0 ? false : 'only root makes a mount namespace';

/** The user, the capabilities and the privileges that a process has, as the kernel says. */
function rightsOf(pid: number): string[] {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return ['Uid', 'Groups', 'CapEff', 'CapBnd', 'NoNewPrivs'].map(
    (name) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)?.[1] ?? '',
  );
}

const NO_RIGHTS = ['65534\t65534\t65534\t65534', '', '0000000000000000', '0000000000000000', '1'];

t.test('the service runs as nobody, and writes only to DATA_DIR', { skip }, async (t) => {
  const dataDir = t.testdir();
  const child = run(CONTAINED, [ROOT, dataDir, process.execPath, 'dist/program/main.js'], {
    PATH: process.env.PATH,
    PORT: '0',
    DATA_DIR: dataDir,
  });
  t.teardown(async () => {
    child.signal('SIGKILL');
    await child.ended;
  });
  const url = await until(
    'the service to listen',
    () => child.hasEnded() || /Server listening at (http:[^"]*)"/.exec(child.output())?.[1],
    60_000,
  );
  if (typeof url !== 'string') throw new Error(child.output());
  t.same(rightsOf(child.pid), NO_RIGHTS);
  const put = await fetch(`${url}/v1/contact-centers/cc.example.com`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(CENTER),
  });
  t.equal(put.status, 201);
  child.signal('SIGTERM');
  t.equal(await child.ended, 0, child.output());
});

t.test('Kamailio runs as nobody, and writes only to its run directory', { skip }, async (t) => {
  const runDir = t.testdir();
  const [sip, rpc] = [await freePort(), await freePort()];
  const command = [
    'kamailio',
    '-DD',
    '-E',
    '-f',
    'kamailio/registrar.cfg',
    '-Y',
    runDir,
    '-m',
    '64',
    '-M',
    '16',
  ];
  const child = run(CONTAINED, [ROOT, runDir, ...command], {
    PATH: process.env.PATH,
    SIP_LISTEN: `udp:127.0.0.1:${sip}`,
    RPC_LISTEN: `tcp:127.0.0.1:${rpc}`,
    UNDERSTUDY_ADDRESSES: '/mnt/kamailio/understudy-addresses.list',
    UNDERSTUDY_NODE: 'reg1',
    UNDERSTUDY_URL: 'http://127.0.0.1:9',
    UNDERSTUDY_REGISTRAR: `sip:127.0.0.1:${sip}`,
  });
  t.teardown(async () => {
    child.signal('SIGTERM');
    await child.ended;
  });
  const uptime = async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'core.uptime' });
    const answer = await fetch(`http://127.0.0.1:${rpc}/RPC`, { method: 'POST', body }).catch(() => null);
    return child.hasEnded() || answer?.ok;
  };
  await until('Kamailio to answer', uptime);
  t.notOk(child.hasEnded(), child.output());
  t.same(rightsOf(child.pid), NO_RIGHTS);
});
