import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { cpuNamed } from '../../../codegen/boards/cpus.js';
import { firmware, glueFile, glueText, traceFlag } from '../../../codegen/boards/qemu/program.js';
import { generateC } from '../../../codegen/c/index.js';
import { bytesOf } from '../../../ir/tensor.js';
import { commandLine, quote } from '../../../ssh/quote.js';
import type { Job, Runner } from '../types.js';
import { readLines } from './lines.js';

const flags = ['-O3', '-std=c99'];

/** A C compiler, for edgeml's own C. */
export const compiler: Runner = {
  ...{ name: 'compiler', runtime: 'edgeml-c', install: 'a C compiler (apt-get install gcc libc6-dev)' },
  probe: `c=$(find cc gcc clang) && echo 'int main(void) { return 0; }' | "$c" -x c -fsyntax-only -include time.h - &&
printf '%s\\t%s' "$c" "$("$c" --version | head -n 1)"`,
  takes: () => true,
  async measure(job) {
    const program = generateC(job.model.graph, { name: 'measured', cpu: portable(), source: job.model.path });
    const { name } = program.report;
    const timing = await readFile(new URL('../../host/timing.c', import.meta.url));
    const files = new Map<string, Uint8Array>([
      ...[...program.files].map(([path, text]): [string, Uint8Array] => [path, Buffer.from(text)]),
      [glueFile, Buffer.from(glueText(program.report))],
      ['model.h', await readFile(`${firmware}/model.h`)],
      ['timing.c', timing],
      ['in', Buffer.concat(job.inputs.map(bytesOf))],
    ]);
    await send(job, files);
    const sources = [`${name}.c`, glueFile, 'timing.c'];
    // Instructions that this processor has beyond those of its family are used where the compiler knows how.
    const build = (...more: string[]): string =>
      commandLine([job.found.command, ...flags, ...more, traceFlag(program), '-I', '.', ...sources, '-s', '-lm', '-o', 'timing']);
    const tries = ['-march=native', '-mcpu=native', ''].map((more) => `{ ${build(...(more ? [more] : []))} && echo "built ${more}"; }`);
    const built = await job.run(`sh -c ${quote(`{ ${tries.join(' || ')}; } && echo "size $(wc -c <timing)"`)}`, 600);
    const { runs, seconds, limit } = job.effort;
    const measured = readLines(await job.run(commandLine(['./timing', ...[runs, seconds, limit, 0].map(String)])));
    return {
      ...{ ...measured, threads: 1, arena: program.report.arenaBytes },
      program: { bytes: Number(/^size +(\d+)$/m.exec(built)?.[1]), constants: program.report.constantBytes },
      note: [flags[0], /^built (.*)$/m.exec(built)?.[1]].filter(Boolean).join(' '),
    };
  },
};

function portable() {
  const cpu = cpuNamed('portable');
  if (!cpu) throw new Error('there is no portable processor');
  return cpu;
}

async function send({ connection, folder }: Job, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const folders = [...new Set([...files.keys()].map((path) => posix.dirname(posix.join(folder, path))))];
  await connection.exec(commandLine(['mkdir', '-p', ...folders]));
  for (const [path, bytes] of files) await connection.upload(bytes, posix.join(folder, path));
}
