import type { Fault } from '../support/faulty-wire.js';
import type { SceneOptions } from '../support/scene.js';
import { until } from '../support/until.js';
import { cut, mend } from './cut.js';
import type { World } from './world.js';

/** One fault, while calls and REGISTERs go on. */
export interface Row {
  readonly name: string;
  readonly options?: SceneOptions;
  /** What the instances share: their live state is in it. */
  readonly redis?: 'standalone' | 'sentinels';
  /** The edge acknowledges REGISTERs that the service never sees. */
  readonly serviceAway?: true;
  /** Before the load. */
  prepare?(world: World): unknown;
  /** What happens … */
  strike(world: World): unknown;
  /** … and what makes it good again. */
  heal(world: World): unknown;
}

export const ROWS: readonly Row[] = [
  {
    name: 'contact center killed',
    strike: (world) => world.contactCenter.kill(),
    heal: back,
  },
  {
    name: 'contact center silent',
    strike: (world) => world.contactCenter.process.signal('SIGSTOP'),
    heal: (world) => world.contactCenter.process.signal('SIGCONT'),
  },
  {
    name: 'contact center 503',
    strike: (world) => world.contactCenterIs({ refuse: 503 }),
    heal: back,
  },
  {
    name: 'contact center 100 then silent',
    strike: (world) => world.contactCenterIs({ scenario: 'tries-for-ever' }),
    heal: back,
  },
  {
    name: 'contact center 180 then silent',
    strike: async (world) => {
      await world.contactCenterIs({ scenario: 'rings-for-ever' });
      await until('calls to ring', () => world.contactCenter.count('sent', '180') >= 20);
      await world.contactCenter.kill();
    },
    heal: back,
  },
  {
    name: 'service killed',
    serviceAway: true,
    strike: ({ scene }) => scene.understudy.kill9(),
    heal: ({ scene }) => scene.startUnderstudyAgain(),
  },
  {
    name: 'service SIGSTOP',
    serviceAway: true,
    strike: ({ scene }) => scene.understudy.freeze(),
    heal: ({ scene }) => scene.understudy.thaw(),
  },
  onTheWire('service 400 ms slow', 'slow'),
  onTheWire('service answers 500', '500'),
  onTheWire('service answers garbage', 'garbage'),
  {
    name: 'service restarted in mid-load',
    serviceAway: true,
    strike: async ({ scene }) => {
      await scene.understudy.stop();
      await scene.startUnderstudyAgain();
    },
    heal: () => {},
  },
  {
    name: 'one of two instances killed',
    options: { standIn: true },
    serviceAway: true,
    prepare: ({ scene }) => scene.startStandIn(),
    strike: ({ scene }) => scene.understudy.kill9(),
    heal: ({ scene }) => scene.startUnderstudyAgain(),
  },
  {
    name: 'Postgres killed',
    strike: ({ scene }) => scene.postgres?.kill9(),
    heal: ({ scene }) => scene.postgres?.start(),
  },
  {
    name: 'Postgres SIGSTOP',
    strike: ({ scene }) => scene.postgres?.freeze(),
    heal: ({ scene }) => scene.postgres?.thaw(),
  },
  {
    name: 'Postgres restarted',
    strike: ({ scene }) => scene.postgres?.restart(),
    heal: () => {},
  },
  {
    name: 'Postgres failed over',
    options: { standby: true },
    strike: async ({ scene }) => {
      await scene.postgres?.kill9();
      await scene.standby?.promote();
    },
    heal: () => {},
  },
  withRedis('Redis killed', {
    strike: ({ redis }) => redis?.kill9(),
    heal: ({ redis }) => redis?.start(),
  }),
  withRedis('Redis SIGSTOP', {
    strike: ({ redis }) => redis?.freeze(),
    heal: ({ redis }) => redis?.thaw(),
  }),
  withRedis('Redis restarted empty', {
    strike: async ({ redis }) => {
      await redis?.kill9();
      await redis?.start();
    },
    heal: () => {},
  }),
  {
    ...withRedis('Redis failed over by Sentinel', { strike: ({ redis }) => redis?.kill9(), heal: () => {} }),
    redis: 'sentinels',
  },
  {
    name: 'edge killed',
    strike: ({ scene }) => scene.edge?.kill(),
    heal: ({ scene }) => scene.edge?.startAgain(),
  },
  {
    name: 'registrar restarted',
    strike: async ({ scene }) => {
      await scene.registrar.kill();
      await scene.registrar.startAgain();
    },
    heal: () => {},
  },
  {
    name: 'edge–registrar cut',
    strike: ({ scene }) => cut(scene.registrar.sipPort, scene.edge?.sipPort ?? 0),
    heal: mend,
  },
  {
    name: 'service, Postgres and Redis gone at once',
    redis: 'standalone',
    serviceAway: true,
    strike: ({ scene, redis }) =>
      Promise.all([scene.understudy.kill9(), scene.postgres?.kill9(), redis?.kill9()]),
    heal: async ({ scene, redis }) => {
      await scene.postgres?.start();
      await redis?.start();
      await scene.startUnderstudyAgain();
    },
  },
];

export function named(name: string): Row {
  const row = ROWS.find((one) => one.name === name);
  if (row) return row;
  throw new Error(`No row is called "${name}". There are:\n${ROWS.map((one) => `  ${one.name}`).join('\n')}`);
}

function back(world: World) {
  return world.contactCenterIs({ answer: 0 });
}

/** Two instances that share a Redis. */
function withRedis(name: string, { strike, heal }: Pick<Row, 'strike' | 'heal'>): Row {
  return {
    name,
    options: { standIn: true },
    redis: 'standalone',
    prepare: ({ scene }) => scene.startStandIn(),
    strike,
    heal,
  };
}

/** What the wire between Kamailio and the service makes of it. */
function onTheWire(name: string, fault: Fault): Row {
  return {
    name,
    options: { wire: true },
    serviceAway: true,
    strike: ({ scene }) => {
      scene.wire.fault = fault;
    },
    heal: ({ scene }) => {
      scene.wire.fault = 'none';
    },
  };
}
