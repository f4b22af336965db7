import { readFile } from 'node:fs/promises';
import { litert } from '../../runtime/litert.js';
import type { Loaded } from './child.js';
import type { Job } from './protocol.js';

/** Loads a `.tflite` file into LiteRT. Throws ModelError with the runtime's words where it refuses. */
export async function open({ path, inputs }: Job): Promise<Loaded> {
  const session = await litert.load(await readFile(path));
  return {
    version: litert.version,
    run: () => session.run(inputs),
    layers: async () => "LiteRT's WebAssembly build has no profiler that can be reached",
  };
}
