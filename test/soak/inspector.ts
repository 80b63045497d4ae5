import { once } from 'node:events';

interface Reply {
  readonly id: number;
  readonly result?: { readonly result?: { readonly value?: unknown } };
  readonly error?: { readonly message: string };
}

/** Node's own debugger (`--inspect`) of the service: it alone can collect garbage there, and see the heap from inside. */
export class Inspector {
  readonly #socket: WebSocket;
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** By where the process has said that its debugger listens. */
  static async open(logs: string): Promise<Inspector> {
    const url = /Debugger listening on (ws:\S+)/.exec(logs)?.[1];
    if (url === undefined) throw new Error('The service was not started with --inspect');
    const socket = new WebSocket(url);
    await once(socket as never, 'open');
    return new Inspector(socket);
  }

  async collectGarbage(): Promise<void> {
    await this.#ask('HeapProfiler.collectGarbage', {});
  }

  /** The value of an expression there. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return result?.result?.value as T;
  }

  close() {
    this.#socket.close();
  }

  #ask(method: string, params: object): Promise<Reply> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      const listener = ({ data }: MessageEvent) => {
        const reply = JSON.parse(String(data)) as Reply;
        if (reply.id !== id) return;
        this.#socket.removeEventListener('message', listener);
        if (reply.error) reject(new Error(`${method}: ${reply.error.message}`));
        else resolve(reply);
      };
      this.#socket.addEventListener('message', listener);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
