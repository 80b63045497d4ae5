/** The database can't be used now, as seen by ourselves rather than by the driver. */
export class Unavailable extends Error {}
