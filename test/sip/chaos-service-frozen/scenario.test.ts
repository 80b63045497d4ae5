import { holdsInARow } from '../../chaos/holds-in-a-row.js';

holdsInARow('service SIGSTOP');
