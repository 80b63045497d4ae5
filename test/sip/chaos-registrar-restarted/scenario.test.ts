import { holdsInARow } from '../../chaos/holds-in-a-row.js';

await holdsInARow('registrar restarted');
