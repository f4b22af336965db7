/** The SDKs that a project can be made for. */
export const sdks = ['esp-idf', 'pico-sdk', 'zephyr', 'arduino', 'platformio', 'cmake'] as const;
export type Sdk = (typeof sdks)[number];

/** An input or output of the model as the program's main sees it. */
export interface ProjectPort {
  readonly name: string;
  readonly bytes: number;
}

/** What a project is made of, whatever the SDK. */
export interface ProjectParts {
  /** The C identifier of the model: prefix of its files and names. */
  readonly name: string;
  /** The model's own name, for the README. */
  readonly title: string;
  /** 'tflm': TensorFlow Lite Micro runs the model; 'c': plain C with `<name>_run(arena)`. */
  readonly kind: 'tflm' | 'c';
  /** Generated sources and headers, by file name relative to the folder of sources; subfolders allowed (`edgeml/x.h`). */
  readonly sources: ReadonlyMap<string, string | Uint8Array>;
  readonly arenaBytes: number;
  readonly modelBytes: number;
  readonly inputs: readonly ProjectPort[];
  readonly outputs: readonly ProjectPort[];
  /** Which kernels TensorFlow Lite Micro shall be built with. */
  readonly kernels?: 'reference' | 'cmsis-nn' | 'esp-nn';
  /** A name of cpus.ts: chooses the default board. */
  readonly cpu?: string;
  /** Bytes for the inputs that the program starts with; zeros where absent. */
  readonly sample?: readonly Uint8Array[];
}
