import { Counter, type Registry } from 'prom-client';
import type { ContactCenter } from '../directory/contact-center.js';
import type { Fall, Healths } from '../live/healths.js';
import { HEALTH_STATES } from '../live/standing.js';
import { oneLook } from './one-look.js';
import { sampledGauge } from './sampled.js';

export interface PlaceMetricsDeps {
  readonly directory: { contactCenters(): readonly ContactCenter[] };
  readonly healths: Pick<Healths, 'seen' | 'followFalls'>;
  readonly clock: () => number;
}

const PLACE = ['contact_center', 'role', 'uri'] as const;
/** A queue that fails for one address is told apart from a dead location; which address it is may be an agent's. */
const FELL: readonly Fall['of'][] = ['place', 'address'];

/** How each location and treatment stands. */
export function placeMetrics(registry: Registry, { directory, healths, clock }: PlaceMetricsDeps): void {
  const places = () => directory.contactCenters().flatMap((center) => placesOf(center));
  const standings = oneLook(() => {
    const now = clock();
    return places().map(({ center, uri, labels }) => ({
      labels,
      standing: healths.seen(center, uri, now).place.standing,
    }));
  });
  sampledGauge(registry, {
    name: 'understudy_place_state',
    help: 'How a location (role contact_center) or treatment stands: 1 for the state that it is in, 0 for the others.',
    labels: [...PLACE, 'state'],
    samples: () =>
      standings().flatMap(({ labels, standing }) =>
        HEALTH_STATES.map((state) => [{ ...labels, state }, standing.state === state ? 1 : 0] as const),
      ),
  });
  sampledGauge(registry, {
    name: 'understudy_place_share_ratio',
    help: 'Of how many new calls a location or treatment keeps its own place: 0 none, 1 all, in between while it returns.',
    labels: PLACE,
    samples: () => standings().map(({ labels, standing }) => [labels, standing.share / 100] as const),
  });

  const falls = new Counter({
    name: 'understudy_place_falls_total',
    help: 'How often a location or treatment went down while it got calls: as a whole (place), or for calls to one address.',
    labelNames: [...PLACE, 'of'],
    registers: [registry],
    collect() {
      for (const { labels } of places()) for (const of of FELL) this.inc({ ...labels, of }, 0);
    },
  });
  healths.followFalls(({ domain, uri, of }) => {
    const center = directory.contactCenters().find((one) => one.domain === domain);
    // One URI may be a location and a treatment.
    for (const { labels } of center ? placesOf(center).filter((place) => place.uri === uri) : [])
      falls.inc({ ...labels, of });
  });
}

function placesOf(center: ContactCenter) {
  const { domain: contact_center, locations, treatments } = center;
  const place = (role: 'contact_center' | 'treatment', { uri }: { readonly uri: string }) => {
    return { center, uri, labels: { contact_center, role, uri } };
  };
  return [
    ...locations.map((one) => place('contact_center', one)),
    ...treatments.map((one) => place('treatment', one)),
  ];
}
