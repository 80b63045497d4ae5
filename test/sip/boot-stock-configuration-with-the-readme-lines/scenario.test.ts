import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { freePort } from '../../support/free-port.js';
import { healthWhen, probed } from '../../support/health.js';
import { Kamailio } from '../../support/kamailio.js';
import { Scene } from '../../support/scene.js';
import { call, register } from '../../support/sipp.js';
import { until } from '../../support/until.js';

const STOCK = '/etc/kamailio/kamailio.cfg';
const ROOT = new URL('../../../', import.meta.url);

/** The README's blocks of lines for kamailio.cfg, by the comment that says where each goes. */
function readmeBlocks(): Map<string, string> {
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  return new Map(
    [...readme.matchAll(/<!-- kamailio: (.*?) -->\n```\n(.*?)```/gs)].map((m) => [
      m[1] as string,
      m[2] as string,
    ]),
  );
}

function insertBefore(text: string, landmark: RegExp, addition: string): string {
  const found = landmark.exec(text);
  if (!found) throw new Error(`the stock configuration has no ${landmark}`);
  return `${text.slice(0, found.index)}${addition}${text.slice(found.index)}`;
}

t.test("the README's lines make Debian's stock configuration a registrar with Understudy", async (t) => {
  const blocks = readmeBlocks();
  const lines = [...blocks.values()].join('').trimEnd().split('\n');
  t.ok(lines.length < 20, `${lines.length} lines`);

  const scene = await Scene.open(t, { health: true });
  const sipPort = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'understudy-stock-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(new URL('kamailio/understudy', ROOT), join(folder, 'understudy'), { recursive: true });
  const rpcPort = await freePort();

  let stock = readFileSync(STOCK, 'utf8');
  const block = (where: string) => {
    const text = blocks.get(where);
    if (text === undefined) throw new Error(`the README has no block "${where}"`);
    return text
      .replace('sip:192.0.2.1:5060', `sip:127.0.0.1:${sipPort}`)
      .replace('http://127.0.0.1:8080', scene.understudy.url)
      .replace('udp:192.0.2.1:5060', `udp:127.0.0.1:${sipPort}`)
      .replace('tcp:127.0.0.1:5080', `tcp:127.0.0.1:${rpcPort}`);
  };
  stock = insertBefore(stock, /^request_route \{/m, block('after the modules and their parameters'));
  stock = insertBefore(stock, /^\troute\(WITHINDLG\);/m, block('in request_route, before WITHINDLG'));
  stock = insertBefore(stock, /^\t# account only INVITEs/m, block('in request_route, after record_route'));
  const config = join(folder, 'kamailio.cfg');
  writeFileSync(config, stock);

  const kamailio = await Kamailio.start({
    role: 'registrar',
    node: 'reg1',
    understudyUrl: scene.understudy.url,
    sipPort,
    rpcPort,
    config,
    settingsInConfig: true,
  });
  t.teardown(() => kamailio.stop());
  await scene.api('PUT', '/v1/nodes/reg1', { role: 'registrar', rpc_url: kamailio.rpcUrl });
  await until(
    'the standing bindings',
    async () => (await kamailio.bindings('sip:sales@cc.example.com')).length === 2,
  );

  const target = `127.0.0.1:${sipPort}`;
  const alice = await scene.newPhone('alice');
  await alice.takesCalls({ answer: 10 });
  const registered = await register(target, 'sip:alice@cc.example.com', {
    contact: `Contact: <${alice.contact}>;expires=300`,
  });
  t.equal(registered.status, 200);
  await until(
    'alice on sales',
    async () => (await kamailio.bindings('sip:sales@cc.example.com')).length === 3,
  );

  const contactCenter = await scene.contactCenter({ answer: 10 });
  t.equal((await call(target, 'sip:sales@cc.example.com')).answeredBy, 'contact-center');
  await probed(scene);
  await contactCenter.kill();
  const killed = Date.now();
  t.equal((await call(target, 'sip:sales@cc.example.com')).answeredBy, 'alice');
  const { bypass_since } = await healthWhen(scene, ({ bypass }) => bypass);
  t.comment(`in bypass ${Date.parse(bypass_since ?? '') - killed} ms after it was killed`);
  t.equal(
    (await call(target, 'sip:nobody@cc.example.com')).status,
    404,
    "what isn't ours is treated as before",
  );
  const contact = `Contact: <${alice.contact}>;expires=300`;
  t.equal((await register(target, 'sip:alice@example.org', { contact })).status, 403, "nobody's domain");
  t.strictSame(kamailio.warnings(), []);

  await scene.understudy.kill9();
  t.equal((await call(target, 'sip:sales@cc.example.com')).answeredBy, 'alice', 'by its own bindings');
});
