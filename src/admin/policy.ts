import { canonicalIp } from '../directory/canonical-ip.js';
import type { ContactCenter, POLICY } from '../directory/contact-center.js';
import { canonicalNetwork } from '../directory/networks.js';

/** How the contact center is treated while it fails: what Postgres keeps as one document. */
export type Policy = Pick<ContactCenter, keyof typeof POLICY>;

/** In one order and spelling. */
export function canonicalPolicy(center: ContactCenter): Policy {
  const { health, drill_sources, allowed_networks, caller_networks } = center;
  return {
    health: {
      failures: health.failures,
      of: health.of,
      window_seconds: health.window_seconds,
      hold_seconds: health.hold_seconds,
      ramp_seconds: health.ramp_seconds,
      flap_window_seconds: health.flap_window_seconds,
      longest_hold_seconds: health.longest_hold_seconds,
    },
    when_down: center.when_down,
    progress_timer_ms: center.progress_timer_ms,
    caller_patience_seconds: center.caller_patience_seconds,
    put_last_seconds: center.put_last_seconds,
    held_seconds: center.held_seconds,
    drill_sources: inOrder(drill_sources.flatMap((source) => canonicalIp(source) ?? [])),
    registers_agents: center.registers_agents,
    phones_in_bypass: center.phones_in_bypass,
    authenticate_agents: center.authenticate_agents,
    allowed_networks:
      allowed_networks && inOrder(allowed_networks.flatMap((text) => canonicalNetwork(text) ?? [])),
    caller_networks:
      caller_networks && inOrder(caller_networks.flatMap((text) => canonicalNetwork(text) ?? [])),
  };
}

function inOrder(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
