/** Whether `text` matches a pattern in which `*` stands for any characters and `?` for one (ssh_config(5), PATTERNS). */
export function matchesPattern(text: string, pattern: string): boolean {
  let [t, p, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      t++;
      p++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Whether one of the patterns matches and none of those behind a `!` does. */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  const excluded = patterns.some((p) => p.startsWith('!') && matchesPattern(text, p.slice(1)));
  return !excluded && patterns.some((p) => !p.startsWith('!') && matchesPattern(text, p));
}
