import { type Backend, type CaseResult, overall, type Verdict } from './types.js';

export type Counts = Readonly<Record<Verdict, number>>;

export function countOf(verdicts: readonly Verdict[]): Counts {
  const counts = { passed: 0, refused: 0, wrong: 0 };
  for (const v of verdicts) counts[v]++;
  return counts;
}

/** Wrong cases with what is wrong with them; refused ones as well where `verbose`. */
export function printProblems(results: readonly CaseResult[], verbose: boolean): void {
  for (const result of results) {
    const told = new Map<string, string[]>();
    for (const [backend, { verdict, reason = '' }] of Object.entries(result.backends)) {
      if (verdict === 'passed' || (verdict === 'refused' && !verbose)) continue;
      const text = `${verdict}: ${verbose ? reason : reason.split('\n').slice(0, 2).join(' ').slice(0, 400)}`;
      told.set(text, [...(told.get(text) ?? []), backend]);
    }
    for (const [text, where] of told) console.log(`${result.name} (${result.operator}) ${where.join(', ')} ${text}`);
  }
}

/** One line for each backend. */
export function printCounts(results: readonly CaseResult[], backends: readonly Backend[]): void {
  for (const backend of backends) {
    const { passed, refused, wrong } = countOf(results.map((r) => r.backends[backend]?.verdict ?? 'refused'));
    console.log(`${backend}: ${passed} passed, ${refused} refused, ${wrong} wrong`);
  }
  const read = results.filter((r) => overall(r) === 'refused' && r.backends.interpreter?.verdict === 'passed').length;
  if (read > 0) console.log(`of the refused, ${read} are read and computed, and turned down by a writer only`);
}
