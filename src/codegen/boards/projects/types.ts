/** The SDKs that a project can be made for. */
export const sdks = ['esp-idf', 'pico-sdk', 'zephyr', 'arduino', 'platformio', 'cmake'] as const;
export type Sdk = (typeof sdks)[number];

/** An input or output of the model as the program's main sees it. */
export interface ProjectPort {
  readonly name: string;
  readonly bytes: number;
  /** Element type, e.g. `INT8` or `int8`: decides how values are printed. */
  readonly type: string;
}

/** What a project is made of, whatever the SDK. */
export interface ProjectParts {
  /** The C identifier of the model: prefix of its files and names. */
  readonly name: string;
  /** The model's own name, for the README. */
  readonly title: string;
  /** The model's file name, without a folder. */
  readonly source: string;
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

/** What a program needs of its board, as C text. */
export interface Platform {
  readonly includes: string;
  /**
   * Definitions of `board_begin()`, `board_micros()` (a timer in microseconds), `board_read()` (the next character from the console,
   * BOARD_NOTHING or BOARD_END), `board_print(text)` and `board_idle()`.
   */
  readonly functions: string;
  /** The entry point, which calls `program_begin()` once and `program_step()` for ever, or until that returns 0. */
  readonly entry: string;
}

/** A project's files by path, '/' between folders. */
export type ProjectFiles = Map<string, string | Uint8Array>;
