import { describe, expect, it } from 'vitest';
import { labelWarnings } from '../../src/quantize/label-warnings.js';
import { Comparison } from '../../src/runtime/compare.js';

/** The comparison of a model with `scores` scores that gives `given[i]` where the label is `labels[i]`. */
function compared(scores: number, given: readonly number[], labels: readonly number[]) {
  const comparison = new Comparison([{ name: 'scores', shape: [1, scores], dtype: 'float32' }]);
  given.forEach((c, i) => {
    const out = new Float32Array(scores);
    out[c] = 1;
    comparison.add([out], [out], labels[i]);
  });
  return comparison.result();
}

const classes = Array.from({ length: 20 }, (_, i) => i * 3);

describe('labels beside class scores', () => {
  it('that fit are passed over', () => {
    expect(labelWarnings(compared(100, classes, classes), 100)).toEqual([]);
    // 6 of 10 right, of 10 classes: far from guessing.
    expect(labelWarnings(compared(10, [0, 1, 2, 3, 4, 5, 0, 0, 0, 0], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 10)).toEqual([]);
    expect(labelWarnings(compared(10, [1], []), undefined)).toEqual([]);
  });

  it('that leave out a background class are told from the scores', () => {
    const higher = classes.map((c) => c + 1);
    expect(labelWarnings(compared(1001, higher, classes), undefined)).toEqual([
      'The float model is right on 0.0 % of the labelled samples, and on 100.0 % if every label is one higher: the first of its 1001 classes is probably the background. Give --label-offset 1.',
    ]);
  });

  it('that are of one class fewer than there are scores are told even of a poor model', () => {
    const [sentence] = labelWarnings(compared(1001, [7, 8], [100, 200]), 1000);
    expect(sentence).toBe(
      "Output 'scores' has 1001 scores for labels of 1000 classes, and the float model is right on 0.0 % of the samples. If its first class is the background, give --label-offset 1.",
    );
  });

  it('that no score stands for are told', () => {
    expect(labelWarnings(compared(3, [0, 1], [0, 17]), undefined)).toEqual([
      "A sample is labelled 17, but output 'scores' has 3 scores (classes 0 to 2): the labels are of other classes, and the accuracy says nothing. Check --labels and --classes.",
    ]);
  });

  it('that a model hits as by guessing are told, once there are enough', () => {
    const labels = classes.map((c) => c % 10);
    const wrong = labels.map((l, i) => (i < 2 ? l : (l + 5) % 10));
    expect(labelWarnings(compared(10, wrong, labels), 10)[0]).toMatch(
      /^The float model itself is right on 10\.0 % of 20 labelled samples, no more than guessing among 10 classes might be\. .*--mean/,
    );
    expect(labelWarnings(compared(10, wrong.slice(2, 9), labels.slice(2, 9)), 10)).toEqual([]);
  });
});
