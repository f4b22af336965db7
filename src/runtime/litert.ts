import { ModelError } from '../errors.js';
import { decodeFile, quantOf, type TfliteFile } from '../formats/tflite/file.js';
import { bytesOf, type Tensor } from '../ir/tensor.js';
import { dtypes, sameShape, showType, sizeOf } from '../ir/types.js';
import { breathe } from './breathe.js';
import {
  instantiateLiteRt,
  type LiteRtBuffer,
  type LiteRtCompiledModel,
  type LiteRtInstance,
  type LiteRtModel,
  type LiteRtTensorType,
  litertVersion,
  takeVector,
  type WasmObject,
} from './litert-module.js';
import { elementTypes, hasComputedShapes, type NamedTensor, order, portTensors } from './litert-ports.js';
import type { Port, Runtime, Session } from './types.js';

/** One wasm instance serves the whole process: a second would cost its 75 ms and its heap again. */
let shared: Promise<LiteRtInstance> | undefined;

/**
 * LiteRT as WebAssembly, with XNNPACK and one thread. Loads `.tflite` models with any of the element types that
 * {@link DType} has a name for.
 */
export const litert: Runtime = {
  name: 'litert',
  version: `@litertjs/core ${litertVersion()} (wasm)`,
  load: async (model) => {
    // Checked by our own decoder first: the runtime follows the offsets of a corrupt file without looking.
    const given = decodeFile(model, 'The model');
    const fixed = hasComputedShapes(given) ? await withFixedShapes(model) : undefined;
    const file = fixed ? decodeFile(fixed, 'The model') : given;
    shared ??= instantiateLiteRt().catch((e: unknown) => {
      shared = undefined;
      throw e;
    });
    return new LiteRtSession(await shared, fixed ?? model, file);
  },
};

/**
 * The same model with a batch of 1 and every shape settled, as edgeml reads it: LiteRT leaves garbage in outputs
 * whose shape it learns only while it runs. Throws ModelError where the model cannot be read.
 */
async function withFixedShapes(model: Uint8Array): Promise<Uint8Array> {
  const [{ readTflite }, { writeTflite }] = await Promise.all([import('../formats/tflite/read.js'), import('../formats/tflite/write.js')]);
  const readSibling = (name: string): never => {
    throw new ModelError(`The model refers to the file '${name}', but it is held in memory.`);
  };
  const { graph } = await readTflite({ path: 'The model', bytes: model, readSibling }, {});
  return writeTflite(graph);
}

/** Size of the runtime's heap in bytes, 0 before the first load. It never shrinks, but closed sessions leave their room to new ones. */
export const litertHeap = async (): Promise<number> => (shared ? (await shared).wasm.HEAPU8.length : 0);

class LiteRtSession implements Session {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  private readonly instance: LiteRtInstance;
  private readonly owned: WasmObject[] = [];
  private readonly address: number;
  private readonly compiled: LiteRtCompiledModel;
  private readonly inputBuffers: LiteRtBuffer[] = [];
  /** For each port the position that the runtime's signature gives it. */
  private readonly inputOrder: readonly number[];
  private readonly outputOrder: readonly number[];
  private open = true;

  constructor(instance: LiteRtInstance, bytes: Uint8Array, file: TfliteFile) {
    this.instance = instance;
    const { wasm, environment } = instance;
    this.address = this.guard('take the model into memory', () => wasm._malloc(bytes.length));
    if (this.address === 0) throw new ModelError(`LiteRT has no memory for a model of ${bytes.length} bytes; its heap ends at 4 GB.`);
    wasm.HEAPU8.set(bytes, this.address);
    try {
      const model = this.own(this.guard('load the model', () => wasm.loadModel(environment, this.address, bytes.length)));
      const options = { accelerator: 'wasm', cpuOptions: { numThreads: 1 }, gpuOptions: {}, webNNOptions: {} };
      this.compiled = this.own(
        this.guard('prepare the model', () => wasm.compileModel(environment, model, options) as LiteRtCompiledModel),
      );
      const signature = this.own(model.getSignature(0));
      const names = { in: takeVector(signature.inputNames()), out: takeVector(signature.outputNames()) };
      const given = portTensors(file);
      this.inputOrder = order(given.inputs, names.in);
      this.outputOrder = order(given.outputs, names.out);
      this.inputs = given.inputs.map((p, i) => this.port(p, (at) => model.getInputTensorType(0, at), this.inputOrder[i]));
      this.outputs = given.outputs.map((p, i) => this.port(p, (at) => model.getOutputTensorType(0, at), this.outputOrder[i]));
      for (let at = 0; at < names.in.length; at++) this.inputBuffers.push(this.inputBuffer(model, at));
    } catch (e) {
      this.free();
      throw e;
    }
  }

  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    await breathe();
    if (!this.open || this.instance.dead) {
      throw new ModelError(
        `The LiteRT session is ${this.open ? 'lost: the runtime crashed in the meantime' : 'closed'}. Load the model again.`,
      );
    }
    if (inputs.length !== this.inputs.length) {
      throw new ModelError(`The model takes ${this.inputs.length} inputs, not ${inputs.length}.`);
    }
    for (const [i, t] of inputs.entries()) this.fill(i, t);
    const buffers = this.guard('run the model', () => this.compiled.run(0, this.inputBuffers) as LiteRtBuffer[]);
    try {
      return this.outputs.map((port, i) => this.take(port, buffers[this.outputOrder[i]]));
    } finally {
      for (const b of buffers) b.delete();
    }
  }

  async close(): Promise<void> {
    if (this.open) this.free();
    this.open = false;
  }

  private fill(i: number, t: Tensor): void {
    const port = this.inputs[i];
    if (t.dtype !== port.dtype || !sameShape(t.shape, port.shape)) {
      throw new ModelError(`Input '${port.name}' of the model is ${showType(port)}; it was given ${showType(t)}.`);
    }
    const { wasm } = this.instance;
    const buffer = this.inputBuffers[this.inputOrder[i]];
    wasm.HEAPU8.set(bytesOf(t), buffer.lock(wasm.LiteRtTensorBufferLockMode.WRITE));
    buffer.unlock();
  }

  private take(port: Port, buffer: LiteRtBuffer): Tensor {
    const { wasm } = this.instance;
    const size = sizeOf(port.shape);
    const data = new dtypes[port.dtype].array(size);
    if (buffer.packedSize() !== data.byteLength) {
      throw new ModelError(`LiteRT returned ${buffer.packedSize()} bytes for output '${port.name}' of type ${showType(port)}.`);
    }
    const at = buffer.lock(wasm.LiteRtTensorBufferLockMode.READ);
    new Uint8Array(data.buffer).set(wasm.HEAPU8.subarray(at, at + data.byteLength));
    buffer.unlock();
    return { dtype: port.dtype, shape: port.shape, data };
  }

  private port({ name, tensor }: NamedTensor, typeAt: (at: number) => LiteRtTensorType, at: number): Port {
    const type = typeAt(at);
    const layout = type.layout();
    const shape = takeVector(layout.dimensions());
    const element = type.elementType().value;
    layout.delete();
    type.delete();
    const dtype = elementTypes[element];
    if (!dtype) throw new ModelError(`'${name}' has the element type ${tensor.type}, which edgeml cannot pass to LiteRT.`);
    // Free dimensions run as the size that the file gives beside them.
    const fixed = shape.map((d, i) => (d < 0 ? (tensor.shape?.[i] ?? 1) : d));
    const quant = quantOf(tensor, `Tensor '${name}'`);
    return { name, dtype, shape: fixed, ...(quant && { quant }) };
  }

  private inputBuffer(model: LiteRtModel, at: number): LiteRtBuffer {
    const { wasm, environment } = this.instance;
    const given = model.getInputTensorType(0, at);
    const dimensions = new wasm.VectorInt32();
    for (const d of this.inputs[this.inputOrder.indexOf(at)].shape) dimensions.push_back(d);
    const layout = wasm.LiteRtLayout.create(dimensions);
    const type = wasm.LiteRtRankedTensorType.create(given.elementType(), layout);
    try {
      return this.own(
        this.guard('make an input buffer', () =>
          wasm.LiteRtTensorBuffer.createManaged(environment, wasm.LiteRtTensorBufferType.HOST_MEMORY, type, type.bytes()),
        ),
      );
    } finally {
      for (const object of [type, layout, dimensions, given]) object.delete();
    }
  }

  private own<T extends WasmObject>(object: T): T {
    this.owned.push(object);
    return object;
  }

  /** Buffers, then the compiled model, then the model, whose bytes must outlive them all. */
  private free(): void {
    if (this.instance.dead) return;
    for (const object of this.owned.reverse()) object.delete();
    this.owned.length = 0;
    this.instance.wasm._free(this.address);
  }

  /**
   * Calls into the runtime. It reports some failures only in its log and then goes on with garbage,
   * so a line that begins with ERROR fails the call just as an exception does.
   */
  private guard<T>(doing: string, call: () => T): T {
    const { takeLog } = this.instance;
    takeLog();
    let result: T | undefined;
    let thrown: unknown;
    try {
      result = call();
    } catch (e) {
      thrown = e;
    }
    const errors = takeLog().filter((line) => line.startsWith('ERROR'));
    if (thrown === undefined && errors.length === 0) return result as T;
    // A trap leaves the wasm heap in an unknown state: the next load starts from a fresh instance.
    if (thrown instanceof Error && thrown.name === 'RuntimeError') {
      this.instance.dead = true;
      shared = undefined;
    }
    if (thrown !== undefined) errors.push(thrown instanceof Error ? thrown.message : String(thrown));
    // What is left without level and place in the runtime's own source.
    const words = errors
      .flatMap((text) => text.split('\n'))
      .map((line) =>
        line
          .replace(/^(└ )?ERROR: (\[[^\]]*\] ?)?/, '')
          .replace(/\.$/, '')
          .trim(),
      );
    throw new ModelError(`LiteRT cannot ${doing}: ${[...new Set(words)].filter(Boolean).join('; ')}.`, { cause: thrown });
  }
}
