import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Authority, Certificate } from './certificates.js';

/** What a node showed with one request. */
export interface Shown {
  readonly path: string;
  readonly authorization: string | undefined;
  /** The common name of its certificate. */
  readonly node: string | readonly string[] | undefined;
}

/** TLS in front of the real service: a proxy that lets in who shows a certificate of the authority. */
export class TlsFront {
  readonly url: string;
  readonly shown: Shown[] = [];
  readonly #server: https.Server;

  private constructor(server: https.Server) {
    this.#server = server;
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(serviceUrl: string, own: Certificate, authority: Authority): Promise<TlsFront> {
    const options = {
      cert: readFileSync(own.cert),
      key: readFileSync(own.key),
      ca: authority.pem,
      requestCert: true,
      rejectUnauthorized: true,
    };
    let front: TlsFront | undefined;
    const server = https.createServer(options, (request, response) => {
      const { method, headers } = request;
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      front?.shown.push({
        path: String(request.url),
        authorization: headers.authorization,
        node: [subject?.CN].flat()[0],
      });
      const forward = http.request(`${serviceUrl}${request.url}`, { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forward.on('error', () => response.destroy());
      request.pipe(forward);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    front = new TlsFront(server);
    return front;
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
