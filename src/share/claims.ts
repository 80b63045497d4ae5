import type { FollowedCall } from '../live/followed-call.js';

/** Agents who do something because of a call. */
export interface Engaged {
  readonly domain: string;
  readonly call_id: string;
  readonly agents: readonly string[];
}

interface Claim extends Engaged {
  lost: boolean;
  settle(won: boolean): void;
}

/**
 * Two instances that decide in the same moment must not call the same agent. Each decision that calls agents is a claim, which the
 * log settles: it is lost when, before the decision itself, the log says that one of its agents does something for another
 * call. Whoever decided knew of everything that it had read before, and nothing else counts.
 */
export class Claims {
  /** By decision: published, but not read yet. */
  readonly #open = new Map<string, Claim>();

  /** Resolves to whether the agents are this call's. */
  open({ decision, domain, call_id, reserved }: FollowedCall): Promise<boolean> {
    return new Promise((settle) => {
      this.#open.set(decision, { domain, call_id, agents: reserved?.agents ?? [], lost: false, settle });
    });
  }

  /** The log says that another instance engages these. */
  engaged(others: Engaged): void {
    for (const claim of this.#open.values()) {
      if (claim.domain !== others.domain || claim.call_id === others.call_id) continue;
      claim.lost ||= claim.agents.some((agent) => others.agents.includes(agent));
    }
  }

  /** It is the decision's turn in the log. */
  read(decision: string): void {
    const claim = this.#open.get(decision);
    this.#settle(decision, claim ? !claim.lost : true);
  }

  /** The log doesn't say: nobody is waited for any longer. */
  giveUp(decision: string): void {
    this.#settle(decision, true);
  }

  #settle(decision: string, won: boolean): void {
    this.#open.get(decision)?.settle(won);
    this.#open.delete(decision);
  }
}
