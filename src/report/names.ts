import type { BenchReport, DeviceResult, RuntimeName, Source } from '../bench/types.js';
import { memory, round } from './format.js';

/** How runtimes are called where there is little room. */
export const runtimeShort: Readonly<Record<RuntimeName, string>> = {
  tflm: 'TFLM',
  'tflm-cmsis-nn': 'CMSIS-NN',
  'tflm-esp-nn': 'ESP-NN',
  'edgeml-c': 'edgeml C',
  litert: 'LiteRT',
  onnxruntime: 'ONNX RT',
  tensorrt: 'TensorRT',
};

export const formatTitles: Readonly<Record<string, string>> = {
  onnx: 'ONNX',
  tflite: 'TFLite',
  'keras-h5': 'Keras HDF5',
  'keras-zip': 'Keras',
};

/** What the range of a latency means, by how it came about. */
export const sourceMeaning: Readonly<Record<Source, string>> = {
  estimated: 'computed from the device profile; the range should hold eight of ten real runs',
  measured: 'run on the device; the range is p10 to p90 of its runs',
  emulated: 'instructions counted in QEMU, cycles derived from them',
  published: 'taken from a published result',
};

/** The shortest ends of the models' paths that still tell them apart: `kws.tflite` for `models/a/kws.tflite`. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const tail = (path: string, parts: number): string => path.split(/[/\\]/).slice(-parts).join('/');
  return new Map(
    paths.map((path) => {
      const others = paths.filter((p) => p !== path);
      let parts = 1;
      while (tail(path, parts) !== path && others.some((p) => tail(p, parts) === tail(path, parts))) parts++;
      return [path, tail(path, parts) || path];
    }),
  );
}

/** A model's results in the report's order. */
export interface ModelResults {
  readonly path: string;
  readonly name: string;
  readonly facts?: BenchReport['models'][number];
  readonly results: readonly DeviceResult[];
}

/** Models in the report's order; results of a model that is not listed are shown all the same. */
export function byModel(report: BenchReport): ModelResults[] {
  const paths = [...new Set([...report.models.map((m) => m.path), ...report.devices.map((d) => d.model)])];
  const names = shortNames(paths);
  return paths.map((path) => ({
    path,
    name: names.get(path) ?? path,
    facts: report.models.find((m) => m.path === path),
    results: report.devices.filter((d) => d.model === path),
  }));
}

/** A layer as it is called in little room: converters join the names of all that they fused, with semicolons. */
export const layerName = (name: string): string => name.split(';')[0] || name;

/** Whether a result says nothing but why there is none. */
export const absent = (r: DeviceResult): boolean =>
  !r.fits && r.latency_ms === undefined && r.ram_bytes === undefined && r.flash_bytes === undefined;

/** A memory of the device and what the model takes of it. */
export interface Use {
  readonly what: 'RAM' | 'flash';
  readonly bytes: number;
  readonly available?: number;
  /** Of what is available. */
  readonly share?: number;
}

/** RAM and flash of a result, where they are known. */
export function uses(r: DeviceResult): Use[] {
  const one = (what: Use['what'], bytes?: number, available?: number): Use[] =>
    bytes === undefined ? [] : [{ what, bytes, ...(available ? { available, share: bytes / available } : {}) }];
  return [...one('RAM', r.ram_bytes, r.ram_available_bytes), ...one('flash', r.flash_bytes, r.flash_available_bytes)];
}

/** Why a result does not fit: the reasons given, or what is too large and by how much; nothing for one that fits. */
export function obstacles(r: DeviceResult): string[] {
  if (r.fits) return [];
  if (r.reasons?.length) return [...r.reasons];
  return uses(r)
    .filter((u) => u.available !== undefined && u.bytes > u.available)
    .map((u) => `${u.what}: ${memory(u.bytes - (u.available ?? 0))} more than the ${round(memory(u.available ?? 0))} there are.`);
}
