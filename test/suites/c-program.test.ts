import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuNamed } from '../../src/codegen/boards/cpus.js';
import { generateC } from '../../src/codegen/c/index.js';
import { f32 } from '../../src/ir/tensor.js';
import { hasCompiler } from './c-backend.js';
import { type CModel, findCompiler, runModels } from './c-program.js';
import { caseGraph } from './case.js';

const cpu = cpuNamed('portable');

/** -x of two numbers, its C text changed. */
function negation(name: string, change: (text: string) => string = (t) => t): CModel {
  if (!cpu) throw new Error("there is no processor 'portable'");
  const { graph } = caseGraph({ operator: 'Neg', name, inputs: [{ dtype: 'float32', shape: [2], data: [0, 0] }] });
  const { files, report } = generateC(graph, { name, cpu });
  const file = `${name}.c`;
  return { generated: { report, files: new Map([...files, [file, change(files.get(file) as string)]]) }, inputs: [f32([2], [1, -2])] };
}

const atStart = (statement: string) => (text: string) => text.replace(/(_run\(void \*arena\) \{\n)/, `$1  ${statement}\n`);

describe.skipIf(!hasCompiler)('programs of several models', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'edgeml-programs-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const run = async (models: readonly CModel[]) => {
    const folder = mkdtempSync(join(root, 'program-'));
    return (await runModels(await findCompiler(folder), models, folder)).map((o) =>
      o instanceof Error ? o.message : Array.from(o[0].data as Float32Array),
    );
  };

  it('give the outputs of each', async () => {
    expect(await run([negation('a'), negation('b')])).toEqual([
      [-1, 2],
      [-1, 2],
    ]);
  });

  it('fail for the model alone that does not compile', async () => {
    const outcomes = await run([negation('a'), negation('b', (text) => `${text}\n#error broken\n`), negation('c')]);
    expect(outcomes).toEqual([[-1, 2], expect.stringMatching(/does not compile:\n(.|\n)*#error broken/), [-1, 2]]);
  });

  it('fail for the model alone that stops the program', async () => {
    const outcomes = await run([negation('a'), negation('b', atStart('*(volatile int *)0 = 1;')), negation('c')]);
    expect(outcomes).toEqual([[-1, 2], expect.stringMatching(/^the program (ended with|was stopped)/), [-1, 2]]);
  });
});
