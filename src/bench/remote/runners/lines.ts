import { type Measured, Refusal } from '../types.js';

/** What the measuring programs print: `run NANOSECONDS` for each inference, `warm COUNT`, `peak BYTES`. */
export function readLines(text: string): Measured {
  const all = (word: string): number[] => [...text.matchAll(new RegExp(`^${word} (\\d+)\\r?$`, 'gm'))].map((m) => Number(m[1]));
  const times = all('run');
  if (times.length === 0) throw new Refusal(`It measured nothing; it printed: ${text.trim().slice(0, 200) || 'nothing'}`);
  const [peak] = all('peak');
  const [warmUp] = all('warm');
  return { milliseconds: Float64Array.from(times, (ns) => ns / 1e6), ...(peak > 0 && { peak }), ...(warmUp !== undefined && { warmUp }) };
}
