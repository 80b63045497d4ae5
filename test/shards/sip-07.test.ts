import { runShard } from '../support/run-shard.js';

await runShard('sip', 7, 12);
