/** What to do about operators that no reader knows. */
export const replaceRemedy =
  'Replace them in the model, or cut off the part that holds them before the export; pre- and post-processing is usually better outside.';

/** What to do about operators that one format lacks. */
export const otherFormatRemedy = (other: 'onnx' | 'tflite'): string =>
  `Write the other format with --to ${other}, or replace these operators in the model; docs/operators.md lists what each format takes.`;
