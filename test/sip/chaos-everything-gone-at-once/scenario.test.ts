import { holdsInARow } from '../../chaos/holds-in-a-row.js';

await holdsInARow('service, Postgres and Redis gone at once');
