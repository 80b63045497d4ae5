import { holdsInARow } from '../../chaos/holds-in-a-row.js';

holdsInARow('service, Postgres and Redis gone at once');
