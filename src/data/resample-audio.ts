/** Zero crossings of the sinc on either side of its centre. */
const crossings = 16;

/** The input frames [first, first + count) that output frames [start, start + length) are made from, at a ratio of input to output rate. */
export function framesFor(start: number, length: number, ratio: number): { readonly first: number; readonly count: number } {
  const reach = crossings * Math.max(1, ratio);
  const first = Math.floor(start * ratio - reach);
  return { first, count: Math.ceil((start + length - 1) * ratio + reach) + 1 - first };
}

/**
 * Band-limited resampling by a sinc under a Hann window, cut off at the lower of the two Nyquist frequencies; the weights sum to 1.
 * @param input frames from position `first` on, those of {@link framesFor}
 * @param ratio input rate divided by output rate
 */
export function resampleAudio(input: Float32Array, first: number, start: number, length: number, ratio: number): Float32Array {
  const cut = Math.min(1, 1 / ratio);
  const reach = crossings / cut;
  const out = new Float32Array(length);
  for (let n = 0; n < length; n++) {
    const centre = (start + n) * ratio - first;
    let sum = 0;
    let total = 0;
    for (let k = Math.max(0, Math.ceil(centre - reach)); k <= centre + reach && k < input.length; k++) {
      const t = k - centre;
      const x = Math.PI * t * cut;
      const w = (x === 0 ? 1 : Math.sin(x) / x) * (1 + Math.cos((Math.PI * t) / reach));
      sum += w * input[k];
      total += w;
    }
    out[n] = sum / total;
  }
  return out;
}
