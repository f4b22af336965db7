import { GateError } from '../errors.js';
import type { ComparisonResult } from '../runtime/compare.js';

/** Conditions that a result has to meet. */
export interface Gates {
  /** Largest allowed loss of top-1 accuracy (or, without labels, of agreement with the float model), as a share: 0.01 is one point. */
  readonly maxDrop?: number;
  /** Smallest allowed SQNR of every output, dB. */
  readonly minSqnr?: number;
}

/** A comparison and what it was of, for messages: "the .tflite file". */
export interface Judged {
  readonly subject: string;
  readonly comparison: ComparisonResult;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** One error that lists every gate that was not met, or undefined. A gate that cannot be measured is not met. */
export function checkGates(gates: Gates, judged: readonly Judged[]): GateError | undefined {
  const failures = judged.flatMap(({ subject, comparison }) => [
    ...dropFailures(gates, subject, comparison),
    ...sqnrFailures(gates, subject, comparison),
  ]);
  return failures.length > 0 ? new GateError(failures.join('\n')) : undefined;
}

function dropFailures({ maxDrop }: Gates, subject: string, { accuracy, agreement }: ComparisonResult): string[] {
  if (maxDrop === undefined) return [];
  if (accuracy) {
    const drop = accuracy.float - accuracy.quantized;
    if (drop <= maxDrop) return [];
    return [
      `Gate --max-drop: ${subject} loses ${percent(drop)} of accuracy (${percent(accuracy.float)} to ${percent(accuracy.quantized)} on ${accuracy.samples} samples); ${percent(maxDrop)} is allowed.`,
    ];
  }
  if (agreement === undefined)
    return [`Gate --max-drop: ${subject} has no output that looks like class scores, so there is no accuracy to compare. Use --min-sqnr.`];
  const drop = 1 - agreement;
  if (drop <= maxDrop) return [];
  return [
    `Gate --max-drop: ${subject} disagrees with the float model on ${percent(drop)} of the samples (no labels were given); ${percent(maxDrop)} is allowed.`,
  ];
}

function sqnrFailures({ minSqnr }: Gates, subject: string, { outputs }: ComparisonResult): string[] {
  if (minSqnr === undefined) return [];
  return outputs
    .filter((o) => !(o.sqnr >= minSqnr))
    .map((o) => `Gate --min-sqnr: output '${o.name}' of ${subject} has ${o.sqnr.toFixed(2)} dB; ${minSqnr} dB is asked.`);
}
