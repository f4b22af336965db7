/** What runs a model on a device; a name from {@link runtimes}. */
export type RuntimeName = (typeof runtimes)[number];
export const runtimes = ['tflm', 'tflm-cmsis-nn', 'tflm-esp-nn', 'edgeml-c', 'litert', 'onnxruntime', 'tensorrt'] as const;

/** How runtimes are called in tables. */
export const runtimeTitles: Readonly<Record<RuntimeName, string>> = {
  tflm: 'TFLite Micro',
  'tflm-cmsis-nn': 'TFLite Micro + CMSIS-NN',
  'tflm-esp-nn': 'TFLite Micro + ESP-NN',
  'edgeml-c': 'edgeml C',
  litert: 'LiteRT (XNNPACK)',
  onnxruntime: 'ONNX Runtime',
  tensorrt: 'TensorRT',
};

/** Latency of one inference in milliseconds: the middle, and the range in which eight of ten real ones should lie. */
export interface Latency {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** A part of a sum of bytes, e.g. `{ what: 'weights', bytes: 24368 }`. */
export interface BytesPart {
  readonly what: string;
  readonly bytes: number;
}

/** Where time and memory of one layer go. */
export interface LayerShare {
  readonly name: string;
  readonly operator: string;
  readonly macs: number;
  /** Middle estimate or measurement, ms. */
  readonly ms?: number;
  /** Exact, where they were counted. */
  readonly instructions?: number;
  /** Bytes of activations that are alive while it runs. */
  readonly live_bytes?: number;
}

/** How a figure came about. */
export type Source = 'estimated' | 'measured' | 'emulated' | 'published';

/** One model on one device with one runtime: an entry of `devices` in `edgeml bench --json`. */
export interface DeviceResult {
  /** The model's path as given. */
  readonly model: string;
  /** Profile name, `host`, or `user@host`. */
  readonly device: string;
  readonly runtime: RuntimeName;
  /** Whether flash and RAM suffice; false where the runtime lacks an operator. */
  readonly fits: boolean;
  /** Sentences: what is missing, or too large and by how much. */
  readonly reasons?: readonly string[];
  readonly ram_bytes?: number;
  readonly flash_bytes?: number;
  /** What the device has for the model; `ram_bytes` and `flash_bytes` are held against these. */
  readonly ram_available_bytes?: number;
  readonly flash_available_bytes?: number;
  readonly ram_parts?: readonly BytesPart[];
  readonly flash_parts?: readonly BytesPart[];
  readonly latency_ms?: Latency;
  /** Energy of one inference, microjoules. */
  readonly energy_uj?: number;
  /** Exact instructions, where they were counted. */
  readonly instructions?: number;
  readonly source: Source;
  /** How the figures were reached, one sentence: "middle of 412 runs, 4 threads, governor performance, 52 °C". */
  readonly how?: string;
  readonly layers?: readonly LayerShare[];
}

/** What `edgeml bench --json` prints. A change of meaning raises the number in `schema`. */
export interface BenchReport {
  readonly schema: 'edgeml.bench/1';
  readonly models: readonly {
    readonly path: string;
    readonly format: string;
    readonly size: number;
    readonly macs: number;
    readonly parameters: number;
    /** Share of 1, where labelled data was given. */
    readonly accuracy?: number;
  }[];
  readonly devices: readonly DeviceResult[];
  readonly warnings: readonly string[];
}
