import type { ComparisonResult, LabelFit } from '../runtime/compare.js';

/** Fewer labelled samples than this prove nothing. */
const fewest = 10;

/**
 * Sentences about labels that do not fit the model, or samples prepared otherwise than it was trained with: the float model
 * is then hardly better than guessing, and neither accuracy nor a gate on it means anything.
 * @param classes Number of classes that the labels are of, where known.
 */
export function labelWarnings({ labels, accuracy }: ComparisonResult, classes: number | undefined): string[] {
  if (!labels || !accuracy) return [];
  const { output, scores, highest } = labels;
  if (highest >= scores)
    return [
      `A sample is labelled ${highest}, but output '${output}' has ${scores} scores (classes 0 to ${scores - 1}): the labels are of other classes, and the accuracy says nothing. Check --labels and --classes.`,
    ];
  if (labels.right > guessed(labels)) return [];
  if (labels.rightOneHigher > guessed(labels))
    return [
      `The float model is right on ${share(labels.right, labels)} of the labelled samples, and on ${share(labels.rightOneHigher, labels)} if every label is one higher: the first of its ${scores} classes is probably the background. Give --label-offset 1.`,
    ];
  if (classes === scores - 1)
    return [
      `Output '${output}' has ${scores} scores for labels of ${classes} classes, and the float model is right on ${share(labels.right, labels)} of the samples. If its first class is the background, give --label-offset 1.`,
    ];
  if (labels.samples < fewest) return [];
  return [
    `The float model itself is right on ${share(labels.right, labels)} of ${labels.samples} labelled samples, no more than guessing among ${scores} classes might be. Check that samples are prepared as in training (--mean, --std, --scale, --channels, --resize) and the order of --classes.`,
  ];
}

const share = (n: number, { samples }: LabelFit): string => `${((100 * n) / samples).toFixed(1)} %`;

/** Right answers that guessing stays below in 97 of 100 cases: two standard deviations above the mean of a binomial distribution. */
const guessed = ({ samples, scores }: LabelFit): number => (samples + 2 * Math.sqrt(samples * (scores - 1))) / scores;
