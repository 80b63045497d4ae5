import t from 'tap';
import { dispatcherAdd } from '../../src/kamailio/dispatcher-add.js';
import { dispatcherList } from '../../src/kamailio/dispatcher-list.js';
import { dispatcherRemove } from '../../src/kamailio/dispatcher-remove.js';
import { type Call, RpcFault } from '../../src/kamailio/json-rpc.js';

const dest = (URI: unknown, FLAGS: string) => ({ DEST: { URI, FLAGS, PRIORITY: 0 } });
const answering =
  (answer: unknown): Call =>
  async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };

t.test('dispatcher.list: our set alone, and what its last probes said', async (t) => {
  const RECORDS = [
    { SET: { ID: 1, TARGETS: [dest('sip:operators.own', 'AP')] } },
    {
      SET: {
        ID: 7060,
        TARGETS: [
          dest('sip:up', 'AP'),
          dest('sip:down', 'IP'),
          dest('sip:new', 'IX'),
          dest('sip:disabled', 'DP'),
          dest('sip:trying', 'TP'),
          dest(7, 'AP'),
        ],
      },
    },
  ];
  t.strictSame(
    [...(await dispatcherList(answering({ NRSETS: 2, RECORDS })))],
    [
      ['sip:up', true],
      ['sip:down', false],
      ['sip:new', null],
      ['sip:disabled', null],
      ['sip:trying', null],
    ],
  );
});

t.test('dispatcher.list: nothing yet', async (t) => {
  const none = new RpcFault('dispatcher.list', 500, 'No Destination Sets');
  for (const answer of [none, {}, null, { RECORDS: {} }, { RECORDS: [null, { SET: { ID: 7060 } }] }]) {
    t.equal((await dispatcherList(answering(answer))).size, 0);
  }
  const other = new RpcFault('dispatcher.list', 500, 'Method Not Found');
  await t.rejects(dispatcherList(answering(other)), { message: 'dispatcher.list: 500 Method Not Found' });
});

t.test('dispatcher.add and dispatcher.remove', async (t) => {
  const asked: unknown[] = [];
  const call: Call = async (...command) => void asked.push(command);
  await dispatcherAdd(call, 'sip:192.0.2.10:5060');
  await dispatcherRemove(call, 'sip:192.0.2.10:5060');
  t.strictSame(asked, [
    ['dispatcher.add', [7060, 'sip:192.0.2.10:5060', 1]],
    ['dispatcher.remove', [7060, 'sip:192.0.2.10:5060']],
  ]);
});
