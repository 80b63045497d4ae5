import { holdsInARow } from '../../chaos/holds-in-a-row.js';

await holdsInARow('contact center silent');
