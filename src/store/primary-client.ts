import pg from 'pg';
import { disconnect } from './disconnect.js';
import type { Primary, Server } from './primary.js';
import { Unavailable } from './unavailable.js';

/** A connection that is made to whichever server takes the writes at that moment. */
export function primaryClient(primary: Primary): typeof pg.Client {
  return class extends pg.Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
      const connected = this.#connect();
      if (callback === undefined) return connected;
      // pg-pool's own callback looks at the error alone.
      connected.then(() => (callback as () => void)(), callback);
      return undefined;
    }

    async #connect(): Promise<pg.Client> {
      const server = await primary.find();
      if (isBroken(this)) throw new Unavailable('The connection was given up before it was made');
      this.host = server.host;
      this.port = server.port;
      try {
        await super.connect();
        await this.#refuseReadOnly(server);
      } catch (error) {
        disconnect(this);
        primary.doubt(server);
        throw error;
      }
      this.on('error', () => primary.doubt(server));
      primary.connected(this, server);
      return this;
    }

    /** It may have changed since it was found. */
    async #refuseReadOnly({ host, port }: Server): Promise<void> {
      if (!primary.several) return;
      const { rows } = await this.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
      if (rows[0]?.transaction_read_only === 'off') return;
      throw new Unavailable(`Postgres at ${host}:${port} is read-only`);
    }
  };
}

/** As pg-pool does it when the time for a connection is up. */
function isBroken(client: pg.Client): boolean {
  const { connection } = client as unknown as { connection: { stream: { destroyed: boolean } } };
  return connection.stream.destroyed;
}
