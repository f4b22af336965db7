/**
 * edgeml as a library: what the command line does, as functions with typed results. Errors are sentences, thrown as
 * {@link EdgemlError} and its subclasses; anything else that is thrown is a bug.
 *
 * ```ts
 * import { quantize, save } from 'edgeml';
 * const { files, report } = await quantize('model.h5', { calibrate: 'images/', to: ['tflite'] });
 * console.log(report.files[0].outputs); // [{ name, sqnr_db, max_error }]
 * await save(files.tflite!, 'model_int8.tflite');
 * ```
 */
export { type BenchOptions, type BenchResult, bench } from './bench/index.js';
export type { BenchReport, DeviceResult, Latency, LayerShare, RuntimeName } from './bench/types.js';
export { type BuiltBundle, type BundleOptions, createBundle } from './bundle/build.js';
export type { Manifest } from './bundle/manifest.js';
export { type Bundle, openBundle } from './bundle/open.js';
export {
  formatPublicKey,
  formatSecretKey,
  generateKeyPair,
  type PublicKey,
  readPublicKey,
  readSecretKey,
  type SecretKey,
} from './bundle/sign/key-files.js';
export { type CodegenOptions, type CodegenResult, codegen } from './codegen/index.js';
export type { CodegenLayer, CodegenPort, CodegenReport, SizeGate } from './codegen/report.js';
export { openData, randomData, splitDataset } from './data/index.js';
export type { DataOptions, Dataset, PortSpec, RawType, Sample } from './data/types.js';
export { deploy, resume, rollBack } from './deploy/index.js';
export { type DeployOptions, type FleetOptions, rolloutDefaults } from './deploy/options.js';
export { type PlannedDevice, type PlanReport, planDeployment } from './deploy/preview.js';
export type { DeviceReport, DeviceStatus, RolloutOptions, RolloutReport } from './deploy/rollout/types.js';
export { type DeviceState, fleetStatus, type StatusReport } from './deploy/status.js';
export {
  DeviceError,
  EdgemlError,
  type ExitCode,
  exitCodes,
  GateError,
  ModelError,
  NeedsConstantError,
  OfflineError,
  type Unsupported,
  UnsupportedError,
  UsageError,
  WriteError,
} from './errors.js';
export { load } from './formats/index.js';

export type { FormatName, Model, ReadOptions } from './formats/types.js';
export { type FolderFile, type WrittenFile, writeFolder } from './fs/folder.js';
export type { Attrs, Graph, Node, QuantParams, Value } from './ir/graph.js';
export type { Tensor } from './ir/tensor.js';
export type { DType, Shape, TensorData, TypeInfo } from './ir/types.js';
export type { IoLayout } from './passes/io-layout.js';
export type { Gates } from './quantize/gates.js';
export { type QuantizeOptions, type QuantizeResult, quantize } from './quantize/index.js';
export { type InspectReport, inspect, type LayerReport, type PortReport, type QuantReport } from './quantize/inspect.js';
export type { Stage } from './quantize/quantize.js';
export type { RangeMethod } from './quantize/ranges.js';
export type { FileReport, QuantizeReport } from './quantize/report.js';
export type { IoType, Scheme } from './quantize/schemes.js';
export type { Target } from './quantize/targets.js';
export { type VerifyOptions, type VerifyReport, type VerifyResult, verify } from './quantize/verify-files.js';
export { save } from './save.js';
