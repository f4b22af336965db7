import type { Dataset } from '../data/types.js';
import type { Model } from '../formats/types.js';
import type { ComparisonResult } from '../runtime/compare.js';
import type { Samples } from './index.js';
import type { KeptFloat } from './plan.js';
import type { Prepared } from './prepare.js';
import type { QuantizedGraph } from './quantize.js';
import type { IoType, Scheme } from './schemes.js';
import type { Target } from './targets.js';

/** Figures of one written file. SQNR in dB; null where nothing differs (JSON has no infinity). */
export interface FileReport {
  readonly format: Target;
  /** Bytes. */
  readonly size: number;
  /** Where it was written; absent when it was not. */
  readonly path?: string;
  readonly runtime: string;
  readonly outputs: readonly { readonly name: string; readonly sqnr_db: number | null; readonly max_error: number }[];
  /** Share of samples with the float model's top-1 class. */
  readonly agreement?: number;
  readonly accuracy?: { readonly float: number; readonly quantized: number; readonly samples: number };
}

/** What `edgeml quantize --json` prints. A change of meaning raises the number in `schema`. */
export interface QuantizeReport {
  readonly schema: 'edgeml.quantize/1';
  readonly model: { readonly path: string; readonly format: string; readonly size: number };
  readonly scheme: Scheme;
  readonly io: IoType | 'int16';
  readonly ranges?: {
    readonly method: string;
    readonly equalized: boolean;
    readonly tried?: readonly { readonly method: string; readonly equalized: boolean; readonly sqnr_db: number }[];
  };
  readonly calibration: {
    readonly samples: number;
    readonly source: 'data' | 'random' | 'none';
    readonly description?: string;
    readonly preparation?: string;
    readonly decoder?: string;
  };
  readonly evaluation: { readonly samples: number; readonly from: 'evaluate' | 'calibrate' | 'random'; readonly float_runtime: string };
  readonly files: readonly FileReport[];
  /** Every activation that could be compared, worst first. */
  readonly layers: readonly { readonly name: string; readonly operator: string; readonly sqnr_db: number | null }[];
  readonly kept_float: readonly KeptFloat[];
  readonly passes: readonly { readonly pass: string; readonly matches: number }[];
  readonly warnings: readonly string[];
  readonly seconds: number;
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** The part of a file's report that a comparison gives. */
export const comparisonReport = (c: ComparisonResult): Pick<FileReport, 'outputs' | 'agreement' | 'accuracy'> => ({
  outputs: c.outputs.map((o) => ({ name: o.name, sqnr_db: finite(o.sqnr), max_error: o.maxError })),
  ...(c.agreement !== undefined && { agreement: c.agreement }),
  ...(c.accuracy && { accuracy: c.accuracy }),
});

/** Gathers what a run found out into one JSON-ready object. */
export function buildReport(
  model: Model,
  prepared: Prepared,
  result: QuantizedGraph,
  run: {
    readonly scheme: Scheme;
    readonly io: IoType | 'int16';
    readonly data: Samples;
    readonly warnings: readonly string[];
    readonly seconds: number;
  },
): QuantizeReport {
  const { calibration, heldOut, heldOutFrom } = run.data;
  const described = (d: Dataset | undefined) => ({
    ...(d && { description: d.description, preparation: d.preparation }),
    ...(d?.decoder && { decoder: d.decoder }),
  });
  return {
    schema: 'edgeml.quantize/1',
    model: { path: model.path, format: model.format, size: model.fileSize },
    scheme: run.scheme,
    io: run.io,
    ...(result.ranges && {
      ranges: {
        method: result.ranges,
        equalized: result.equalized ?? false,
        ...(result.methodScores && {
          tried: result.methodScores.map((s) => ({ method: s.method, equalized: s.equalized, sqnr_db: s.sqnr })),
        }),
      },
    }),
    calibration: {
      samples: result.ranges ? (calibration?.size ?? 0) : 0,
      source: !result.ranges ? 'none' : heldOutFrom === 'random' ? 'random' : 'data',
      ...described(calibration),
    },
    evaluation: { samples: heldOut.size, from: heldOutFrom, float_runtime: result.floatRuntime },
    files: result.targets.map((t) => ({ format: t.target, size: t.bytes.length, runtime: t.runtime, ...comparisonReport(t.comparison) })),
    layers: [...result.layers].sort((a, b) => a.sqnr - b.sqnr).map((l) => ({ name: l.name, operator: l.op, sqnr_db: finite(l.sqnr) })),
    kept_float: result.keptFloat,
    passes: prepared.passes,
    warnings: run.warnings,
    seconds: run.seconds,
  };
}
