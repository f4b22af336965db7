/** A case that a backend cannot run, and why. The suite runs it all the same and fails where it passes. */
export interface Skip {
  readonly operator: string;
  /** The case by name; absent: every case of the operator. */
  readonly case?: string;
  readonly backend: string;
  readonly reason: string;
}

export const skips: readonly Skip[] = [];
