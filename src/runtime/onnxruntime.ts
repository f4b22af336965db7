import { ModelError } from '../errors.js';
import type { Tensor } from '../ir/tensor.js';
import { type DType, dtypes, sizeOf } from '../ir/types.js';
import type { Port, Runtime, Session } from './types.js';

type Ort = typeof import('onnxruntime-node');

/** Element types as onnxruntime's tensors name them. */
const ortTypes: Partial<Record<string, DType>> = {
  float32: 'float32',
  float16: 'float16',
  float64: 'float64',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  bool: 'bool',
};

export interface OnnxruntimeOptions {
  /** Threads within an operator; default: onnxruntime's choice (all cores). */
  readonly threads?: number;
  /** 'all' lets onnxruntime fuse; 'disabled' runs the file node by node. */
  readonly optimize?: 'all' | 'basic' | 'disabled';
}

/** Whether onnxruntime-node is installed and loads here (it is an optional dependency). */
export async function hasOnnxruntime(): Promise<boolean> {
  return typeof (await importOrt()) !== 'string';
}

/** The package, or why it cannot be had. */
async function importOrt(): Promise<Ort | string> {
  try {
    return await import('onnxruntime-node');
  } catch (e) {
    return e instanceof Error ? e.message.split('\n')[0] : String(e);
  }
}

/**
 * onnxruntime-node as a Runtime. Throws ModelError with the way out where the package is missing.
 * A session's tensors are copied out once by the binding; nothing else is.
 */
export async function onnxruntime(options: OnnxruntimeOptions = {}): Promise<Runtime> {
  const ort = await importOrt();
  if (typeof ort === 'string')
    throw new ModelError(`onnxruntime-node cannot be loaded (${ort}). Install it with \`npm install onnxruntime-node\`.`);
  return {
    name: 'onnxruntime',
    version: `onnxruntime-node ${ort.env.versions.node ?? ''}`.trim(),
    load: (model) => loadSession(ort, model, options),
  };
}

async function loadSession(ort: Ort, model: Uint8Array, options: OnnxruntimeOptions): Promise<Session> {
  const said = (e: unknown): string => (e instanceof Error ? e.message : String(e)).replace(/\s+/g, ' ').trim();
  let session: import('onnxruntime-node').InferenceSession;
  try {
    session = await ort.InferenceSession.create(model, {
      logSeverityLevel: 4,
      graphOptimizationLevel: options.optimize ?? 'all',
      ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
      // The arena keeps the largest activation set alive for the process; calibration wants small, not fast.
      enableCpuMemArena: false,
      // Idle threads that spin take the second core from the garbage collector and the wasm compiler.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (e) {
    throw new ModelError(`onnxruntime refuses the model: ${said(e)}`, { cause: e });
  }
  const ports = (all: typeof session.inputMetadata): Port[] =>
    all.map((m) => {
      const dtype = m.isTensor ? ortTypes[m.type] : undefined;
      if (!m.isTensor || !dtype) throw new ModelError(`onnxruntime: '${m.name}' is no tensor of a type that edgeml knows.`);
      return { name: m.name, dtype, shape: m.shape.map((d) => (typeof d === 'number' ? d : -1)) };
    });
  const inputs = ports(session.inputMetadata);
  const outputs = ports(session.outputMetadata);
  let open = true;
  return {
    inputs,
    outputs,
    async run(given) {
      const feeds = Object.fromEntries(
        inputs.map((p, i) => [p.name, new ort.Tensor(p.dtype as 'float32', given[i].data as Float32Array, given[i].shape)]),
      );
      let results: Awaited<ReturnType<typeof session.run>>;
      try {
        results = await session.run(feeds);
      } catch (e) {
        throw new ModelError(`onnxruntime fails to run the model: ${said(e)}`, { cause: e });
      }
      return outputs.map((p): Tensor => {
        const t = results[p.name];
        const shape = [...t.dims];
        return { dtype: p.dtype, shape, data: asData(t.data as never, p.dtype, sizeOf(shape)) };
      });
    },
    async close() {
      if (open) await session.release();
      open = false;
    },
  };
}

/** float16 arrives as Uint16Array, bool as Uint8Array; an empty tensor may arrive without a buffer. */
function asData(data: Float32Array, dtype: DType, length: number): Tensor['data'] {
  return length === 0 ? new dtypes[dtype].array(0) : data;
}
