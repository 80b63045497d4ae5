import t from 'tap';
import { named } from './rows.js';
import { runRow, SHORT } from './run-row.js';

/** One row of `npm run chaos` as a test, with a shorter load. */
export function holdsInARow(name: string): void {
  t.test(`${name}, under 20 calls and 20 REGISTERs a second: nothing is lost`, async (t) => {
    const { heard, missing, offered, acknowledged, longest_setup_ms, lost, there, phones } = await runRow(
      t,
      named(name),
      SHORT,
    );
    t.comment(
      `${offered} calls, the longest set-up ${longest_setup_ms} ms; ${acknowledged} REGISTERs acknowledged`,
    );
    t.equal(offered, SHORT.calls);
    t.equal(lost, 0, `no call is lost ${heard.join('; ')}`);
    t.ok(acknowledged > phones, 'phones have refreshed');
    t.strictSame(missing, [], 'what was acknowledged is still there');
    t.equal(there, phones);
  });
}
