import t from 'tap';
import type { CallEvent } from '../../src/live/followed-call.js';
import { type CallWatcher, LiveCalls } from '../../src/live/live-calls.js';
import { NOW } from '../support/contact-center.js';
import { followedCall, outcome } from '../support/followed-call.js';

const NOBODY: CallWatcher = { decided() {}, progressed() {} };
const FOLLOWED = 100;
const PHONES = ['location', 'alice', 'bob', 'treatment'];

function following(watcher = NOBODY) {
  const calls = new LiveCalls(watcher, FOLLOWED);
  const events: CallEvent[] = [];
  calls.follow((event) => events.push(event));
  const heard = () => events.splice(0).map(({ position, event }) => `${position} ${event}`);
  return { calls, events, heard };
}

t.test('what becomes of a call is told with the call and its target', async (t) => {
  const { calls, events } = following();
  const call = followedCall('d1', PHONES);
  calls.decided(call);
  calls.became(outcome('d1', 0, 'failed', { status: 503, retry_after_seconds: 30, at: NOW + 5 }));
  t.same(events, [
    {
      call,
      target: { role: 'contact_center', uri: 'sip:192.0.2.10:5060', agent: null, endpoint: null },
      position: 0,
      event: 'failed',
      status: 503,
      unreached: false,
      retry_after_seconds: 30,
      at: NOW + 5,
      here: true,
    },
  ]);
});

t.test('unreached is who gave no answer at all', async (t) => {
  const unreached = (status: number | null, local: boolean | null, rang = false) => {
    const { calls, events } = following();
    calls.decided(followedCall('d1', PHONES));
    if (rang) calls.became(outcome('d1', 1, 'ringing'));
    calls.became(outcome('d1', 1, 'failed', { status, local }));
    return events.at(-1)?.unreached;
  };
  t.equal(unreached(408, true), true);
  t.equal(unreached(408, null), true);
  t.equal(unreached(408, false), false, 'a 408 that somebody sent');
  t.equal(unreached(408, true, true), false, 'who has rung was reached');
  t.equal(unreached(477, true), true);
  t.equal(unreached(477, null), true);
  t.equal(unreached(430, false), true, 'an edge says so of a dead flow');
  for (const status of [480, 486, 500, 503, 603, null]) t.equal(unreached(status, null), false, `${status}`);
});

t.test('outcomes that say nothing new, or of which nothing is known, are not passed on', async (t) => {
  const { calls, heard } = following();
  calls.became(outcome('d1', 0, 'failed', { status: 408 }));
  t.same(heard(), [], 'before its decision');
  calls.decided(followedCall('d1', PHONES));
  calls.became(outcome('d1', 1, 'ringing'));
  calls.became(outcome('d1', 1, 'ringing'));
  calls.became(outcome('d1', 9, 'ringing'));
  calls.decided(followedCall('d1', ['bob']));
  calls.became(outcome('d1', 1, 'answered'));
  calls.became(outcome('d1', 1, 'ended'));
  calls.became(outcome('d1', 1, 'ended'));
  calls.became(outcome('d1', 1, 'answered'));
  t.same(heard(), ['1 ringing', '1 answered', '1 ended']);
});

t.test('what a later outcome has overtaken is not passed on', async (t) => {
  const { calls, heard } = following();
  calls.decided(followedCall('d1', PHONES));
  calls.became(outcome('d1', 0, 'failed', { status: 408 }));
  calls.became(outcome('d1', 0, 'ringing'));
  calls.became(outcome('d1', 1, 'answered'));
  calls.became(outcome('d1', 1, 'ringing'));
  calls.became(outcome('d1', 1, 'failed', { status: 408 }));
  t.same(heard(), ['0 failed', '1 answered']);
});

t.test('the watcher hears of everything first', async (t) => {
  const order: string[] = [];
  const { calls } = following({
    decided: ({ decision }) => void order.push(`decided ${decision}`),
    progressed: (_progress, event) => void order.push(`watcher ${event?.event ?? 'forgotten'}`),
  });
  calls.follow(({ event }) => void order.push(`first ${event}`));
  calls.follow(({ event }) => void order.push(`second ${event}`));
  calls.decided(followedCall('d1', PHONES));
  calls.became(outcome('d1', 1, 'ringing'));
  t.same(order, ['decided d1', 'watcher ringing', 'first ringing', 'second ringing']);
});

t.test('calls of a node that has lost its memory are forgotten, those that come after are not', async (t) => {
  const { calls, heard } = following();
  const forgotten: string[] = [];
  const watched = new LiveCalls(
    {
      decided() {},
      progressed: ({ call }, event) => void (event ?? forgotten.push(call.decision)),
    },
    FOLLOWED,
  );
  for (const one of [calls, watched]) {
    one.decided(followedCall('d1', PHONES));
    one.decided(followedCall('d2', PHONES));
    one.decided(followedCall('d3', PHONES, { node: 'reg2' }));
    one.became(outcome('d2', 1, 'answered'));
    one.forget('reg1', NOW + 1, NOW + 2);
    one.became(outcome('d1', 1, 'answered'));
  }
  t.same(forgotten.sort(), ['d1', 'd2']);
  t.same(heard(), ['1 answered', '1 answered']);
});

t.test(
  'a long call outlives many short ones; those that nobody answers are forgotten in the end',
  async (t) => {
    const { calls, heard } = following();
    calls.decided(followedCall('long', ['alice']));
    calls.decided(followedCall('unanswered', ['bob']));
    calls.became(outcome('long', 0, 'answered'));
    for (let i = 0; i < FOLLOWED; i += 1) {
      calls.decided(followedCall(`d${i}`, ['carol']));
      calls.became(outcome(`d${i}`, 0, 'answered'));
      calls.became(outcome(`d${i}`, 0, 'ended'));
    }
    heard();
    calls.became(outcome('unanswered', 0, 'answered'));
    calls.became(outcome('long', 0, 'ended'));
    t.same(heard(), ['0 ended']);
  },
);

t.test('only the ids of our own decisions count', async (t) => {
  const { calls } = following();
  calls.decided(followedCall('one', ['location']));
  t.equal(calls.domainOf('one'), 'cc.example.com');
  t.equal(calls.domainOf('invented'), undefined);
});
