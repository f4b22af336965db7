/** A case that a backend cannot run, and why. The suite runs it all the same and fails where it passes. */
export interface Skip {
  readonly operator: string;
  /** The case by name; absent: every case of the operator. */
  readonly case?: string;
  readonly backend: string;
  readonly reason: string;
}

export const skips: readonly Skip[] = [
  { operator: 'Atan2', case: 'float64', backend: 'onnxruntime', reason: 'has no Atan of float64' },
  { operator: 'Pow', case: 'int64', backend: 'onnxruntime', reason: 'raises integers to a power in float64, which rounds beyond 2^53' },
];
