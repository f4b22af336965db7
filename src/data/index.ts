export { openData } from './open.js';
export { Random } from './random.js';
export { randomData } from './random-data.js';
export { type SplitOptions, splitDataset } from './split.js';
export { samplesOf } from './stream.js';
export type { DataOptions, Dataset, PortSpec, RawType, Sample } from './types.js';
