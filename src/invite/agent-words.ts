/** Why an agent has its place, in words. */
import type { Order } from '../directory/contact-center.js';
import type { AgentState } from '../live/agent-state.js';
import type { AgentCandidate, AgentClass, AgentOrder } from './order-agents.js';

/** Such as "sales level 1, free, without a call for 42 s". */
export function placeWord(
  { level, weight, state }: AgentCandidate,
  code: AgentClass,
  { order, skillset }: AgentOrder,
  now: number,
): string {
  const parts = [
    `${skillset} level ${level}`,
    classWord(code, state, now),
    orderWord(order, weight, state, now),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function classWord(code: AgentClass, { put_last }: AgentState, now: number): string {
  if (code === 'put_last' && put_last) {
    const what = put_last.code === 'no_answer' ? "didn't answer" : "wasn't reached";
    return `${what} and is put last for another ${seconds(put_last.until - now)}`;
  }
  if (code === 'unproved') return 'in a call whose end may have been missed';
  if (code === 'reserved') return 'put first for another call';
  return code === 'ringing' ? 'rings with another call' : 'free';
}

function orderWord(
  order: Order,
  weight: number,
  { idle_since, offered_at }: AgentState,
  now: number,
): string | null {
  switch (order) {
    case 'longest_idle':
    case 'simultaneous':
      return idle_since === 0 ? 'no call yet' : `without a call for ${seconds(now - idle_since)}`;
    case 'round_robin':
      return offered_at === 0 ? 'never put first' : `last put first ${seconds(now - offered_at)} ago`;
    case 'weighted':
      return `weight ${weight}`;
    default:
      return null;
  }
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1_000))} s`;
}
