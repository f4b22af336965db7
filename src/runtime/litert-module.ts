import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { compileFunction } from 'node:vm';

/** An object of the wasm module's C++ side: freed by hand. */
export interface WasmObject {
  delete(): void;
}

interface WasmVector<T> extends WasmObject {
  size(): number;
  get(i: number): T;
  push_back(item: T): void;
}

export interface LiteRtTensorType extends WasmObject {
  elementType(): { readonly value: number };
  layout(): WasmObject & { dimensions(): WasmVector<number> };
  bytes(): number;
}

export interface LiteRtBuffer extends WasmObject {
  /** The address of the data in the wasm heap, valid until `unlock`. */
  lock(mode: unknown): number;
  unlock(): void;
  packedSize(): number;
}

export interface LiteRtModel extends WasmObject {
  getNumSignatures(): number;
  getSignature(i: number): WasmObject & { inputNames(): WasmVector<string>; outputNames(): WasmVector<string> };
  getInputTensorType(signature: number, i: number): LiteRtTensorType;
  getOutputTensorType(signature: number, i: number): LiteRtTensorType;
}

export interface LiteRtCompiledModel extends WasmObject {
  run(signature: number, inputs: readonly LiteRtBuffer[]): LiteRtBuffer[] | Promise<LiteRtBuffer[]>;
}

/** The part of the module under `@litertjs/core` that edgeml calls (names as in the package's own dist/index.js). */
export interface LiteRtWasm {
  HEAPU8: Uint8Array;
  wasmBinary?: unknown;
  _malloc(bytes: number): number;
  _free(address: number): void;
  VectorInt32: new () => WasmVector<number>;
  LiteRtLayout: { create(dimensions: WasmVector<number>): WasmObject };
  LiteRtRankedTensorType: { create(elementType: { readonly value: number }, layout: WasmObject): LiteRtTensorType };
  LiteRtEnvironment: { create(device: null): WasmObject };
  LiteRtTensorBufferType: { HOST_MEMORY: unknown };
  LiteRtTensorBufferLockMode: { READ: unknown; WRITE: unknown };
  LiteRtTensorBuffer: { createManaged(environment: WasmObject, type: unknown, tensorType: LiteRtTensorType, bytes: number): LiteRtBuffer };
  loadModel(environment: WasmObject, address: number, bytes: number): LiteRtModel;
  compileModel(environment: WasmObject, model: LiteRtModel, options: object): LiteRtCompiledModel | Promise<LiteRtCompiledModel>;
}

export interface LiteRtInstance {
  readonly wasm: LiteRtWasm;
  readonly environment: WasmObject;
  /** Lines that the module printed since this was last called. */
  takeLog(): string[];
  /** Set after a trap: the heap is in an unknown state and must not be touched again. */
  dead: boolean;
}

const require = createRequire(import.meta.url);

export const litertVersion = (): string => (require('@litertjs/core/package.json') as { version: string }).version;

/**
 * Bytes of code that a wasm function runs before V8 compiles it again with its optimizing compiler. V8's own 1.8 million
 * have it recompile XNNPACK's set-up, some functions of 100 KB, which costs about 0.5 s of CPU and 70 MB for every process;
 * the kernels are SIMD already and gain nothing measurable (ResNet-50 runs as fast).
 */
const tieringBudget = 100_000_000;

/**
 * Instantiates the wasm module: about 75 ms and 9 MB of code. The compat build is the one without relaxed SIMD,
 * which Node 20 refuses. Its glue is a UMD script in a package marked as ES modules, so it is evaluated as CommonJS.
 */
export async function instantiateLiteRt(): Promise<LiteRtInstance> {
  const glue = require.resolve('@litertjs/core/wasm/litert_wasm_compat_internal.js');
  const [source, wasmBinary] = await Promise.all([readFile(glue, 'utf8'), readFile(glue.replace(/\.js$/, '.wasm'))]);
  const module = { exports: {} as Record<string, unknown> };
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
  compileFunction(source, parameters, { filename: glue })(module.exports, require, module, glue, dirname(glue));
  const factory = (module.exports.default ?? module.exports) as (options: object) => Promise<LiteRtWasm>;
  let log: string[] = [];
  const print = (line: string) => log.push(line);
  setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
  const wasm = await factory({ wasmBinary, print, printErr: print });
  delete wasm.wasmBinary;
  const takeLog = () => {
    const lines = log;
    log = [];
    return lines;
  };
  return { wasm, environment: wasm.LiteRtEnvironment.create(null), takeLog, dead: false };
}

/** The elements of a C++ vector; frees it. */
export function takeVector<T>(vector: WasmVector<T>): T[] {
  const out = Array.from({ length: vector.size() }, (_, i) => vector.get(i));
  vector.delete();
  return out;
}
