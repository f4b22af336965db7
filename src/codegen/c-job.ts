import { ModelError } from '../errors.js';
import { load } from '../formats/index.js';
import type { Value } from '../ir/graph.js';
import { byteSize } from '../ir/types.js';
import { graphMacs } from '../quantize/cost.js';
import { usualCpu } from './boards/projects/fit.js';
import { projectFor } from './boards/projects/index.js';
import { codeBytes } from './c/code-size.js';
import { generateC } from './c/index.js';
import { isQuantized } from './c/layers.js';
import { gateError, sizeGates } from './gates.js';
import { folderFiles, renamed } from './generated.js';
import { type CodegenResult, cpuOf, type Job } from './index.js';
import { checkLabels } from './labels.js';
import type { CodegenPort, CodegenReport } from './report.js';

/** `--for c`: the model as standalone C99, alone or within a project of an SDK. */
export async function cJob({ path, file, name, options }: Job): Promise<CodegenResult> {
  const cpu = cpuOf(options.cpu ?? (options.project ? usualCpu(options.project) : 'portable'));
  const model = await load(path, options);
  const { graph } = model;
  if (options.labels && options.labels.length > 0) checkLabels(options.labels, graph.outputs);
  const float = !isQuantized(graph);
  if (float && options.rounding !== undefined) {
    throw new ModelError(
      `${path} is a float model, and --rounding is about integers. Leave it out, or make an int8 model first: edgeml quantize ${path} --calibrate SAMPLES.`,
    );
  }
  const warnings = [...model.warnings];
  if (float && cpu.gcc && !cpu.fpu)
    warnings.push(`${path} is a float model and ${cpu.name} has no floating-point unit: it will be slow. edgeml quantize makes it int8.`);
  const { files, report: made } = generateC(graph, {
    ...{ name, cpu, rounding: options.rounding, labels: options.labels, source: file },
    main: options.main,
  });
  const code = codeBytes(made.functions, cpu);
  const sizes = { flash: made.constantBytes + code, ram: made.arenaBytes };
  const gates = sizeGates(options, sizes);
  warnings.push(...renamed(options.name, made.name));
  const report: CodegenReport = {
    schema: 'edgeml.codegen/1',
    model: { path, format: model.format, size: model.fileSize },
    ...{ for: 'c', name: made.name, cpu: cpu.name, inputs: graph.inputs.map(portOf), outputs: graph.outputs.map(portOf) },
    ...{ macs: graphMacs(graph), ram_bytes: sizes.ram, flash_bytes: sizes.flash, constant_bytes: made.constantBytes, code_bytes: code },
    c: { rounding: made.rounding, layers: made.layers },
    ...(gates && { gates }),
    warnings,
  };
  const error = gates && gateError(gates, { flash: `the code of ${file}`, ram: `the arena of ${file}` });
  const texts = options.project
    ? projectFor(options.project, {
        ...{
          name: made.name,
          title: name,
          kind: 'c',
          sources: files,
          arenaBytes: made.arenaBytes,
          modelBytes: made.constantBytes,
          source: file,
        },
        ...{ inputs: report.inputs.map(projectPort), outputs: report.outputs.map(projectPort), cpu: cpu.name },
      })
    : files;
  return { files: folderFiles(texts, { source: file, name: made.name }), report, ...(error && { gateError: error }) };
}

const projectPort = ({ name, bytes, dtype }: CodegenPort) => ({ name, bytes, type: dtype });

const portOf = (v: Value): CodegenPort => ({
  ...{ name: v.name, dtype: v.dtype, shape: v.shape },
  bytes: byteSize(v),
  ...(v.quant?.scale.length === 1 && { scale: v.quant.scale[0], zero_point: v.quant.zeroPoint[0] }),
});
