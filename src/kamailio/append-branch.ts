/** What POST /understudy/retry of kamailio/understudy/retry.cfg takes. */
export interface Branch {
  /** tm's transaction, `index:label`. */
  readonly transaction: string;
  /** Known to nobody but Kamailio and us: whoever calls with it gets the document. */
  readonly token: string;
  /** As `POST /v1/route` answers it. */
  readonly document: object;
}

/**
 * `appended`: the call is on its way to the document's targets. `refused`: it isn't and never will be. `unknown`: nobody can
 * tell.
 */
export type Appended = 'appended' | 'refused' | 'unknown';

/** Gives an open INVITE transaction one more branch. Never rejects. */
export type AppendBranch = (rpcUrl: string, branch: Branch) => Promise<Appended>;

/** A Kamailio that answers does so within milliseconds. */
const TIMEOUT_MS = 1_000;
const PATH = '/understudy/retry';

export const appendBranch: AppendBranch = async (rpcUrl, branch) => {
  try {
    const response = await fetch(new URL(PATH, rpcUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(branch),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return response.ok ? 'appended' : 'refused';
  } catch {
    return 'unknown';
  }
};
