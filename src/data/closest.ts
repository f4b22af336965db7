/** " Did you mean 'input'?" where one of the names is near to `name` (a third of its letters changed at most), else ''. */
export function didYouMean(name: string, names: readonly string[]): string {
  const ranked = names.map((n) => ({ n, d: distance(name.toLowerCase(), n.toLowerCase()) })).sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(1, Math.floor(Math.max(name.length, best.n.length) / 3)) ? ` Did you mean '${best.n}'?` : '';
}

/** Levenshtein's: insertions, deletions and substitutions. Names are cut to 100 letters, which bounds the work. */
function distance(a: string, b: string): number {
  const [s, t] = [a.slice(0, 100), b.slice(0, 100)];
  let row = Array.from({ length: t.length + 1 }, (_, j) => j);
  for (let i = 1; i <= s.length; i++) {
    const next = [i];
    for (let j = 1; j <= t.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (s[i - 1] === t[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[t.length];
}
