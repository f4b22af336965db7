import { readFileSync, writeFileSync } from 'node:fs';
import { EdgemlError } from '../../src/errors.js';
import { load } from '../../src/formats/index.js';
import { writeOnnx } from '../../src/formats/onnx/write.js';
import { writeTflite } from '../../src/formats/tflite/write.js';
import { optimize } from '../../src/passes/pipeline.js';
import { byteFlips, type Mutation, truncations } from './mutations.js';

export interface Task {
  readonly file: string;
  /** Where the mutated file is written, under the original's extension. */
  readonly scratch: string;
  readonly truncations: number;
  readonly flips: number;
  /** Which of all the mutations, truncations first, this process judges. */
  readonly from: number;
  readonly to: number;
}
export type Report =
  | { readonly begins: string }
  /** `bug` holds the stack of an error that is none of ours. */
  | { readonly ends: 'read' | 'refused' | 'bug'; readonly message?: string }
  | { readonly done: true; readonly peakMegabytes: number };

const tell = (report: Report): void => {
  process.send?.(report);
};

/** What every command does with a model file before it looks at data. */
async function take(path: string): Promise<void> {
  const { graph } = await load(path);
  optimize(graph);
  for (const write of [writeTflite, writeOnnx]) {
    try {
      await write(graph);
    } catch (e) {
      if (!(e instanceof EdgemlError)) throw e;
    }
  }
}

async function judge({ name, bytes }: Mutation, scratch: string): Promise<void> {
  tell({ begins: name });
  writeFileSync(scratch, bytes);
  try {
    await take(scratch);
    tell({ ends: 'read' });
  } catch (e) {
    if (e instanceof EdgemlError) tell({ ends: 'refused', message: e.message });
    else tell({ ends: 'bug', message: e instanceof Error ? e.stack : String(e) });
  }
}

process.on('message', async (task: Task) => {
  const bytes = new Uint8Array(readFileSync(task.file));
  let i = 0;
  for (const mutations of [truncations(bytes, task.truncations, 1), byteFlips(bytes, task.flips, 2)]) {
    for (const m of mutations) {
      if (i >= task.from && i < task.to) await judge(m, task.scratch);
      i++;
    }
  }
  tell({ done: true, peakMegabytes: process.resourceUsage().maxRSS / 1024 });
});
