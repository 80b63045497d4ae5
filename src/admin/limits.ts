/** What one contact center may hold. */
export const LIMITS = {
  agents: 20_000,
  skillsets: 1_000,
  treatments: 1_000,
  locations: 10,
  contacts: 5,
  drillSources: 100,
  networks: 100,
  failoverPattern: 200,
} as const;

/** 10,000 agents with ten skills each, all names as long as they may be, take 8.2 MB; 20,000 with names as people give them less. */
export const DOCUMENT_BYTES = 12 * 1024 * 1024;

export const LEVELS = { minimum: 1, maximum: 100 } as const;

/** Needs no escaping in a URI, a path or a Kamailio string. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$/;

/** What is left out of a document means this; the other defaults are in directory/contact-center.ts. */
export const MODE = 'proxy';
export const HEADERS = true;
export const CONTACT_WHEN = 'always';
