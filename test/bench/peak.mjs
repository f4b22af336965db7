// Preloaded into the measured process: tells its peak memory (kB) when it ends, whatever way it ends.
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.EDGEML_BENCH_PEAK, String(process.resourceUsage().maxRSS)));
