import { BlockList, isIP } from 'node:net';

export interface Listening {
  readonly host: string;
  /** Whether any API key was ever made. */
  readonly keys: boolean;
  readonly tls: boolean;
  /** Whether nodes show certificates. */
  readonly clientCertificates: boolean;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

/** Whether to listen there, and what an operator must know of it, in one line each. */
export function mayListen({ host, keys, tls, clientCertificates }: Listening): {
  refusal?: string;
  warning?: string;
} {
  const checked = keys || clientCertificates;
  if (isLoopback(host)) {
    return checked ? {} : { warning: 'there is no API key: whoever reaches the port commands the service' };
  }
  if (!checked) {
    return {
      refusal:
        `HOST must be a loopback address, not ${host}, as long as there is neither an API key (npm run keys -- create) nor ` +
        'TLS_CLIENT_CA_FILE: whoever reaches the port would command the service',
    };
  }
  if (tls) return {};
  return { warning: `API keys and calls travel to ${host} unencrypted: set TLS_CERT_FILE and TLS_KEY_FILE` };
}
