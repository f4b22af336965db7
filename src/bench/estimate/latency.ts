import { cpuNamed } from '../../codegen/boards/cpus.js';
import { cyclesPerInstruction } from '../cycles-per-instruction.js';
import type { Profile } from '../profiles/profile.js';
import { type Latency, type RuntimeName, runtimeTitles } from '../types.js';
import { coefficients, instructionsOf, tableOf } from './coefficients.js';
import type { LayerWork } from './work.js';

/** Time of a model on a device. */
export interface Time {
  readonly latency: Latency;
  /** Milliseconds of each layer, in order. */
  readonly layers: readonly number[];
  readonly how: string;
}

/** Times within which eight of ten lie for processors with an operating system: caches, threads, governors and versions differ. */
const withSystem = 2.5;
/** The same for a core of which no latency was published, and for float, of which none was. */
const unpublished = 2.2;
/** External flash behind a cache: what misses is not known beforehand. */
const externalFlash = 1.3;

/**
 * Cycles of a multiply-accumulate and of an output in float32: loads and a fused multiply-add, or calls of the compiler's library where
 * there is no unit; TensorFlow Lite Micro's reference kernels work out addresses beside.
 */
const float = { unit: { 'edgeml-c': 4, tflm: 11 }, library: { 'edgeml-c': 75, tflm: 85 }, output: 30 } as const;

/** Estimates one inference. `int8` says whether the model's activations are integers. */
export function timeOf(layers: readonly LayerWork[], profile: Profile, runtime: RuntimeName, int8: boolean): Time {
  const engine = profile.engines?.[runtime];
  if (engine) {
    const rate = int8 ? engine.int8 : engine.float;
    const each = layers.map(({ macs, work }) => (work.layer ? (macs / rate) * 1e3 + engine.layer : 0));
    const how = `Published rates of ${profile.title}: ${(rate / 1e9).toPrecision(3)} GMAC/s and ${(engine.layer * 1e3).toFixed(0)} us a layer`;
    return finish(each, withSystem, `${how}; few figures, so a wide range`, profile, runtime);
  }
  const { cycles, times, how } = int8 ? integerCycles(layers, profile, runtime) : floatCycles(layers, profile, runtime);
  const each = cycles.map((c) => c / (profile.clock * 1e3));
  return finish(each, times, how, profile, runtime);
}

interface Cycles {
  readonly cycles: readonly number[];
  /** The range is from the middle divided by this to the middle times this. */
  readonly times: number;
  readonly how: string;
}

function integerCycles(layers: readonly LayerWork[], profile: Profile, runtime: RuntimeName): Cycles {
  const { cores, cmsisCores, fetch, ranges, rows } = coefficients();
  const cpu = profile.cpu as string;
  const table = tableOf(runtime, cpu);
  const own = profile.cycles_per_instruction?.[runtime];
  const published = cores[cpu];
  const cpi = own ?? published?.cyclesPerInstruction ?? cyclesPerInstruction(cpu)?.p50 ?? 1.5;
  // Cycles by a profile of its own hold the flash's waits already.
  const wait = own === undefined ? profile.fetch * fetch : 0;
  const cycles = layers.map(
    ({ work, weightBytes, shape }) =>
      instructionsOf(work, table) * cpi + (profile.weights === 'xip' || shape === 'dense' ? weightBytes * wait : 0),
  );
  const counted = `Instructions of ${runtimeTitles[runtime]} by layer times ${cpi} cycles each`;
  if (own !== undefined) return { cycles, times: unpublished, how: `${counted}, after the figures that the profile names; a wide range` };
  const outside = profile.weights === 'xip' ? externalFlash : 1;
  if (!published)
    return { cycles, times: unpublished * outside, how: `${counted}; no published latency for ${profile.core}, so a wide range` };
  const range = runtime === 'tflm-cmsis-nn' && cmsisCores.includes(cpu) ? ranges.board : ranges.engine;
  const held = range === ranges.board ? 'boards' : 'engines';
  return {
    cycles,
    times: Math.exp(range.width) * outside,
    how: `${counted}, fitted to ${rows} published latencies (${published.rows} of a ${profile.core}); range from ${held} held out`,
  };
}

function floatCycles(layers: readonly LayerWork[], profile: Profile, runtime: RuntimeName): Cycles {
  const costs = cpuNamed(profile.cpu as string)?.fpu ? float.unit : float.library;
  const perMac = runtime === 'edgeml-c' ? costs['edgeml-c'] : costs.tflm;
  const cycles = layers.map(({ macs, work }) => {
    const elements = Object.entries(work).reduce((sum, [term, n]) => sum + (/out$|add|pool|copy|math/.test(term) ? n : 0), 0);
    return macs * perMac + elements * float.output;
  });
  return { cycles, times: withSystem, how: `${perMac} cycles for a float multiply-accumulate, by the instructions it takes; a wide range` };
}

function finish(each: readonly number[], times: number, how: string, profile: Profile, runtime: RuntimeName): Time {
  const measured = profile.calibration?.[runtime];
  const layers = each.map((ms) => ms * (measured?.factor ?? 1));
  const p50 = layers.reduce((a, b) => a + b, 0);
  const spread = measured?.spread ?? times;
  const about = measured ? `${how}; brought to what was measured on the device (times ${measured.factor})` : how;
  return { latency: { p10: p50 / spread, p50, p90: p50 * spread }, layers, how: `${about}.` };
}
