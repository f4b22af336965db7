/** What becomes of weights and activations. */
export const schemes = ['int8', 'int16x8', 'dynamic', 'float16'] as const;
export type Scheme = (typeof schemes)[number];

/** Element type of the model's own inputs and outputs. */
export const ioTypes = ['int8', 'uint8', 'float32'] as const;
export type IoType = (typeof ioTypes)[number];

/** Schemes that need to see activations. */
export const needsCalibration = (scheme: Scheme): boolean => scheme === 'int8' || scheme === 'int16x8';
