import fc from 'fast-check';
import pg from 'pg';
import t, { type Test } from 'tap';
import { freePort } from '../support/free-port.js';
import { startPostgres } from '../support/postgres.js';
import { send } from '../support/send-http.js';
import { startUnderstudy, type Understudy, type UnderstudyOptions } from '../support/understudy.js';
import { until } from '../support/until.js';

const KILLS = 20;
const PHONES = 30;
const DOMAIN = 'cc.example.com';
/** Of the moments at which the service is killed. */
const SEED = 20_261_122;
/** Long enough that the service is killed while a commit is on its way, nearly every time. */
const COMMIT_SECONDS = 0.02;

/** How many REGISTERs of each life of the service are acknowledged before it is killed. */
const ACKNOWLEDGED_BEFORE_KILL = fc.sample(fc.integer({ min: 1, max: 200 }), { seed: SEED, numRuns: KILLS });

// Invariant 7: whatever was answered 200 is in Postgres, however the service ends.
t.test(
  `the service is killed ${KILLS} times in a storm of REGISTERs: none that it acknowledged is lost`,
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const service = { databaseUrl: postgres.url, port: await freePort() };
    let running = startUnderstudy(service);
    t.teardown(async () => (await running).stop());
    const { url } = await running;
    const phones = Array.from({ length: PHONES }, (_, n) => new Phone(`agent-${n}`));
    await send('PUT', `${url}/v1/contact-centers/${DOMAIN}`, {
      locations: [{ uri: 'sip:192.0.2.10:5060' }],
      skillsets: [{ name: 'sales' }],
      agents: phones.map(({ name }) => ({ name, skills: { sales: 1 } })),
    });
    const database = new pg.Client({ connectionString: postgres.url });
    await database.connect();
    t.teardown(() => database.end());
    await makeCommitsSlow(database);

    t.teardown(() => phones.map((phone) => phone.stops()));
    const storm = phones.map((phone) => phone.registersOn(url, () => running));
    for (const count of ACKNOWLEDGED_BEFORE_KILL) {
      const before = acknowledgedBy(phones);
      await until(`${count} REGISTERs to be acknowledged`, () => acknowledgedBy(phones) >= before + count);
      running = restarted(await running, service);
      await running;
    }
    const before = acknowledgedBy(phones);
    await until('the last life to acknowledge REGISTERs', () => acknowledgedBy(phones) > before + PHONES);
    for (const phone of phones) phone.stops();
    await Promise.all(storm);

    t.strictSame([...new Set(phones.flatMap(({ refused }) => refused))], [], 'no REGISTER was refused');
    await nothingIsMissing(t, phones, await registered(database));
    t.comment(`${acknowledgedBy(phones)} REGISTERs acknowledged, ${unanswered(phones)} unanswered`);
  },
);

/** What a REGISTER says: where its phone is reached and for how long; 0 s withdraws it. */
interface Said {
  readonly cseq: number;
  readonly contact: string;
  readonly expires: number;
}

/** A phone that registers again and again, in a new place every time; every eighth REGISTER withdraws it. */
class Phone {
  readonly name: string;
  acknowledged = 0;
  unanswered = 0;
  readonly refused: string[] = [];
  /** All that may be true now: what was acknowledged last, and what was said since. */
  possible: Said[] = [];
  #on = true;

  constructor(name: string) {
    this.name = name;
  }

  /** Until stops(); while the service is down, it waits for it to be back. */
  async registersOn(url: string, back: () => Promise<unknown>) {
    for (let cseq = 1; this.#on; cseq++) {
      const contact = `sip:${this.name}@10.0.0.7:${1024 + cseq}`;
      const said = { cseq, contact, expires: cseq % 8 === 0 ? 0 : 300 + cseq };
      this.possible.push(said);
      const status = await this.#register(url, said);
      if (status === 200) {
        this.acknowledged += 1;
        this.possible = [said];
      } else if (status === undefined) {
        this.unanswered += 1;
        await back();
      } else {
        this.refused.push(`${status} of CSeq ${cseq}`);
      }
    }
  }

  stops() {
    this.#on = false;
  }

  /** The status, or undefined when there was no answer. */
  async #register(url: string, { cseq, contact, expires }: Said): Promise<number | undefined> {
    const body = {
      aor: `sip:${this.name}@${DOMAIN}`,
      contact: `<${contact}>;expires=${expires};+sip.instance="<urn:phone:${this.name}>"`,
      call_id: `${this.name}@phone`,
      cseq,
    };
    try {
      const response = await fetch(`${url}/v1/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return undefined;
    }
  }
}

async function restarted(understudy: Understudy, service: UnderstudyOptions): Promise<Understudy> {
  await understudy.kill9();
  return startUnderstudy(service);
}

function acknowledgedBy(phones: readonly Phone[]): number {
  return phones.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
}

function unanswered(phones: readonly Phone[]): number {
  return phones.reduce((sum, phone) => sum + phone.unanswered, 0);
}

async function makeCommitsSlow(database: pg.Client) {
  await database.query(`
    CREATE FUNCTION slow_disk() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN PERFORM pg_sleep(${COMMIT_SECONDS}); RETURN NULL; END $$;
    CREATE TRIGGER slow_disk AFTER INSERT ON endpoints FOR EACH STATEMENT EXECUTE FUNCTION slow_disk()`);
}

/** Agent → what Postgres has of its phone. */
async function registered(database: pg.Client): Promise<Map<string, Said>> {
  const { rows } = await database.query<Said & { agent: string }>(
    'SELECT agent, cseq::integer, contact, expires FROM endpoints',
  );
  return new Map(rows.map(({ agent, ...said }) => [agent, said]));
}

async function nothingIsMissing(t: Test, phones: readonly Phone[], rows: ReadonlyMap<string, Said>) {
  const wrong = phones.flatMap(({ name, possible }) => {
    const row = rows.get(name);
    const isIt = (said: Said) =>
      row
        ? JSON.stringify(said) ===
          JSON.stringify({ cseq: row.cseq, contact: row.contact, expires: row.expires })
        : said.expires === 0;
    return possible.some(isIt) ? [] : [{ name, row, possible }];
  });
  t.strictSame(wrong, [], 'Postgres has what was acknowledged last, or what was said since');
}
