import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisUrl } from '../redis-url.js';

/** The commands that a log needs, on a connection of its own. Once anything has failed it is of no use any more. */
export interface RedisConnection extends Pick<ReturnType<typeof createClient>, 'xAdd' | 'xRead' | 'xRange'> {
  destroy(): void;
}

/** A Redis that takes longer to say hello is of no use. */
const CONNECT_MS = 2_000;

/**
 * A connection to the Redis, to the master that the Sentinels name, or to the Cluster. None of the clients connects again by
 * itself: whoever has lost the log must find out what it has missed, and a new client asks anew who the master is.
 */
export async function openRedis(url: RedisUrl): Promise<RedisConnection> {
  const client = newClient(url);
  // Whoever has sent a command is told that it has failed.
  client.on('error', () => {});
  const destroy = () => {
    // Sentinel's client ends in a promise, and any of them may have ended already.
    Promise.resolve()
      .then(() => client.destroy())
      .catch(() => {});
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no connection within ${CONNECT_MS} ms`)), CONNECT_MS);
  });
  try {
    await Promise.race([client.connect(), late]);
    return {
      xAdd: client.xAdd.bind(client),
      xRead: client.xRead.bind(client),
      xRange: client.xRange.bind(client),
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function newClient({ kind, nodes, master, tls, username, password, sentinelPassword, database }: RedisUrl) {
  const login = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
  const socket = { connectTimeout: CONNECT_MS, reconnectStrategy: false as const, ...(tls && { tls }) };
  const common = { name: 'understudy', disableOfflineQueue: true, disableClientInfo: true, socket };
  switch (kind) {
    case 'standalone':
      return createClient({ ...common, ...login, database, socket: { ...socket, ...nodes[0] } });
    case 'sentinel':
      return createSentinel({
        name: master,
        sentinelRootNodes: [...nodes],
        sentinelClientOptions: {
          ...common,
          ...(sentinelPassword !== undefined && { password: sentinelPassword }),
        },
        nodeClientOptions: { ...common, ...login },
        maxCommandRediscovers: 0,
      });
    case 'cluster':
      return createCluster({
        rootNodes: nodes.map((node) => ({ ...common, ...login, socket: { ...socket, ...node } })),
        defaults: { ...common, ...login },
        // One of them may be dead; the log is at another.
        minimizeConnections: true,
      });
  }
}
