/** How a case ended on one backend, or over all of them. */
export type Verdict = 'passed' | 'refused' | 'wrong';

/** The reader's graph is executed by the interpreter, by onnxruntime and by LiteRT, the latter two from files we wrote. */
export const backends = ['interpreter', 'onnx', 'tflite'] as const;
export type Backend = (typeof backends)[number];

export interface Outcome {
  readonly verdict: Verdict;
  /** Why it was refused, or what is wrong. */
  readonly reason?: string;
}

export interface CaseResult {
  /** Folder of the case below the folder that was run: `node/test_relu`. */
  readonly name: string;
  /** The operator that the case is about: its only node's, or `several` for a model or an expanded function. */
  readonly operator: string;
  readonly opset: number;
  readonly backends: Readonly<Partial<Record<Backend, Outcome>>>;
}

/** Wrong if any backend is; passed only if all that ran are right. */
export function overall(result: CaseResult): Verdict {
  const verdicts = Object.values(result.backends).map((o) => o.verdict);
  if (verdicts.includes('wrong')) return 'wrong';
  return verdicts.includes('refused') ? 'refused' : 'passed';
}
