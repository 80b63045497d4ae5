import pino from 'pino';
import t, { type Test } from 'tap';
import { Directory } from '../../src/directory/directory.js';
import { dispatcherList } from '../../src/kamailio/dispatcher-list.js';
import { SET } from '../../src/kamailio/dispatcher-set.js';
import { Dispatchers } from '../../src/kamailio/dispatchers.js';
import { type Call, jsonRpc } from '../../src/kamailio/json-rpc.js';
import { contactCenter, registrar, treatment } from '../support/contact-center.js';
import { freePort } from '../support/free-port.js';
import { Kamailio, type KamailioOptions } from '../support/kamailio.js';
import { callee } from '../support/sipp.js';
import { until } from '../support/until.js';

const WITHOUT_DISPATCHER = new URL('../support/bare-registrar.cfg', import.meta.url).pathname;

/** A registrar that is told whom to probe: a location and a treatment on loopback, where nobody listens yet. */
async function newScene(
  t: Test,
  { commands = true, ...options }: Partial<KamailioOptions> & { commands?: boolean } = {},
) {
  const kamailio = await Kamailio.start({
    ...{ role: 'registrar', node: 'reg1', understudyUrl: 'http://127.0.0.1:1' },
    ...options,
  });
  const call: Call = (method, params) => jsonRpc(kamailio.rpcUrl, method, params);
  const [location, music] = [await freePort(), await freePort()];
  const at = (port: number) => ({ uri: `sip:127.0.0.1:${port}`, priority: 1, fr_timer_ms: 2_000 });
  const center = contactCenter({
    locations: [at(location)],
    treatments: [treatment({ uri: `sip:moh@127.0.0.1:${music};transport=udp` })],
  });
  const directory = new Directory();
  directory.putContactCenter(center);
  directory.putNode(registrar({ rpc_url: kamailio.rpcUrl }));
  const heard = new Map<string, boolean>();
  const lines: { msg: string }[] = [];
  let asked = 0;
  const dispatchers = new Dispatchers({
    directory,
    rpc: (url, method, params) => {
      asked += 1;
      return jsonRpc(url, method, params);
    },
    log: pino({}, { write: (line: string) => lines.push(JSON.parse(line)) }),
    commands: () => commands,
    heard: (node, place, answered) => heard.set(`${node} ${place}`, answered),
  });
  t.teardown(async () => {
    await dispatchers.close();
    await kamailio.stop();
  });
  dispatchers.changed();
  const probes = (...ports: number[]) =>
    until(`${ports} to be probed`, async () => {
      const places = [...(await dispatcherList(call)).keys()].sort();
      const wanted = ports.map((port) => `sip:127.0.0.1:${port}`).sort();
      if (places.join() !== wanted.join()) throw new Error(places.join());
      return true;
    });
  return {
    ...{ kamailio, call, dispatchers, directory, center, location, music, at, probes, heard, lines },
    asked: () => asked,
  };
}

t.test('what is provisioned is probed, without a restart', async (t) => {
  const scene = await newScene(t);
  const { location, music, probes, directory, center, dispatchers, call, at } = scene;
  await probes(location, music);

  const other = await freePort();
  await call('dispatcher.add', [1, 'sip:127.0.0.1:9']);
  directory.putContactCenter({ ...center, locations: [at(other)] });
  dispatchers.changed();
  await probes(other, music);
  const all = JSON.stringify(await call('dispatcher.list', ['short']));
  t.match(all, /"ID":1,.*sip:127.0.0.1:9"/, "an operator's own set is left alone");

  await t.test('what somebody changes is put right', async () => {
    await call('dispatcher.remove', [SET, `sip:127.0.0.1:${music}`]);
    await probes(other, music);
    await call('dispatcher.add', [SET, 'sip:127.0.0.1:9']);
    await probes(other, music);
  });

  await t.test('a registrar that was started again is told again', async () => {
    await scene.kamailio.kill();
    await scene.kamailio.startAgain();
    dispatchers.started('reg1');
    await probes(other, music);
  });
  t.same(scene.lines, []);
});

t.test('what it says of a place is heard', async (t) => {
  const { location, music, heard } = await newScene(t);
  const phone = await callee({ refuse: 404 }, 'contact-center', location);
  t.teardown(() => phone.kill());
  const says = (port: number, answered: boolean) =>
    until(`${port} to be heard of`, () => heard.get(`reg1 sip:127.0.0.1:${port}`) === answered);
  await says(location, true);
  await says(music, false);
  await phone.kill();
  await says(location, false);
});

t.test('an instance that does not command hears, and changes nothing', async (t) => {
  const { location, heard, call, probes } = await newScene(t, { commands: false });
  await call('dispatcher.add', [SET, `sip:127.0.0.1:${location}`, 1]);
  await until('it to be heard of', () => heard.has(`reg1 sip:127.0.0.1:${location}`));
  await probes(location);
});

t.test(
  'a registrar without the module is told so once, and left alone until it is started again',
  async (t) => {
    const { dispatchers, lines, asked } = await newScene(t, { config: WITHOUT_DISPATCHER });
    await until('the log', () => lines.length === 1);
    t.match(lines[0]?.msg, /no module dispatcher/);
    dispatchers.changed();
    t.equal(asked(), 1);
    dispatchers.started('reg1');
    await until('the log', () => lines.length === 2);
  },
);

t.test('a registrar that is away is tried again and again, and logged once', async (t) => {
  const { kamailio, dispatchers, lines, asked, probes, location, music } = await newScene(t);
  await probes(location, music);
  await kamailio.kill();
  dispatchers.changed();
  const before = asked();
  await until('some tries', () => asked() > before + 3);
  t.same(
    lines.map(({ msg }) => msg),
    ['a registrar cannot be told whom to probe'],
  );
  await kamailio.startAgain();
  await until('the log', () => lines.length === 2);
  t.match(lines[1]?.msg, /probes again/);
  await probes(location, music);
});

t.test('a node that is gone, or takes no commands, is left alone', async (t) => {
  const { directory, dispatchers, asked, probes, location, music } = await newScene(t);
  await probes(location, music);
  directory.putNode(registrar({ rpc_url: null }));
  dispatchers.changed();
  await dispatchers.close();
  const before = asked();
  dispatchers.changed();
  t.equal(asked(), before);
});
