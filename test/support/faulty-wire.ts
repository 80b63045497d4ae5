import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the wire between Kamailio and the service does to the answers. */
export type Fault =
  | 'none'
  /** They come 400 ms late: later than a caller waits for them. */
  | 'slow'
  /** They come 1.5 s late: later than a phone waits for them. */
  | 'very slow'
  /** The service fails: 500 with a problem document. */
  | '500'
  /** 200 with something that is no JSON. */
  | 'garbage'
  /** 200 with JSON that is no decision. */
  | 'wrong json';

const LATE_MS: Partial<Record<Fault, number>> = { slow: 400, 'very slow': 1_500 };

/** An HTTP proxy in front of the real service, to make of it the service that an operator fears. */
export class FaultyWire {
  fault: Fault = 'none';
  readonly url: string;
  readonly #server: http.Server;

  private constructor(server: http.Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Opens a wire to the service at `url`. */
  static async open(url: string): Promise<FaultyWire> {
    const agent = new http.Agent({ keepAlive: true });
    let wire: FaultyWire | undefined;
    const server = http.createServer((request, response) => {
      const fault = wire?.fault ?? 'none';
      if (fault === '500' || fault === 'garbage' || fault === 'wrong json') {
        request.resume();
        const body = fault === 'garbage' ? '<html>what?' : '{"code":"internal"}';
        response.writeHead(fault === '500' ? 500 : 200, { 'content-type': 'application/json' }).end(body);
        return;
      }
      const { method, headers } = request;
      const forward = http.request(`${url}${request.url}`, { agent, method, headers }, (answer) => {
        const reply = () => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        };
        const late = LATE_MS[fault];
        if (late === undefined) reply();
        else setTimeout(reply, late);
      });
      // a service that is gone looks so from the other end of the wire
      forward.on('error', () => response.destroy());
      // and so does whoever has given up, from this end
      response.on('close', () => {
        if (!response.writableFinished) forward.destroy();
      });
      request.pipe(forward);
    });
    server.on('close', () => agent.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    wire = new FaultyWire(server);
    return wire;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
