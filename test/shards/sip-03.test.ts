import { runShard } from '../support/run-shard.js';

await runShard('sip', 3, 12);
