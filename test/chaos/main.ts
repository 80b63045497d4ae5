/**
 * `npm run chaos`: what becomes of calls and registrations when something fails, as a table; one row a fault, each in a world of
 * its own under 20 new calls and 20 REGISTERs a second. `--only <row>` (may be repeated) runs some. Ends with 0 only if no call
 * was lost in any row and no acknowledged registration is missing.
 */
import { parseArgs } from 'node:util';
import { named, ROWS, type Row } from './rows.js';
import { holds, type Result, runRow, WHOLE } from './run-row.js';

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
  const rows = values.only ? values.only.map(named) : ROWS;
  const results: Result[] = [];
  for (const row of rows) {
    console.log(`${results.length + 1}/${rows.length} ${row.name} …`);
    const result = await inItsOwnWorld(row);
    results.push(result);
    console.log(`  ${JSON.stringify(cells(result))}`);
    if (!holds(result)) tellWhy(result);
  }
  console.table(Object.fromEntries(results.map((result) => [result.row, cells(result)])));
  process.exitCode = results.every(holds) ? 0 : 1;
}

async function inItsOwnWorld(row: Row): Promise<Result> {
  const endings: (() => unknown)[] = [];
  try {
    return await runRow({ teardown: (fn) => endings.push(fn) }, row, WHOLE);
  } finally {
    for (const ending of endings.reverse()) await ending();
  }
}

function cells(result: Result) {
  return {
    'calls offered': result.offered,
    answered: result.answered,
    lost: result.lost,
    'longest setup, ms': result.longest_setup_ms,
    'REGISTERs acknowledged': result.acknowledged,
    'phones still there': `${result.there} of ${result.phones}`,
    holds: holds(result) ? 'yes' : 'NO',
  };
}

function tellWhy({ heard, missing, warnings }: Result) {
  for (const line of heard.slice(0, 10)) console.log(`  a lost call heard: ${line || 'nothing'}`);
  for (const line of missing.slice(0, 10)) console.log(`  missing: ${line}`);
  for (const line of warnings.slice(-10)) console.log(`  warned: ${line}`);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
