export { type EmulateOptions, type Emulation, emulate, OverflowError, toolsOf } from './emulate.js';
export { type Machine, machineFor, machines } from './machines.js';
export type { CProgram, Inference, LayerTrace } from './program.js';
export type { Sizes } from './sizes.js';
export { missingTools, runTool } from './tools.js';
