import { commandLine } from '../../../ssh/quote.js';
import { type Measured, Refusal, type Runner } from '../types.js';

/** Building an engine tries every kernel on the device: minutes on a small one. */
const buildSeconds = 1800;

/** NVIDIA's trtexec: builds a TensorRT engine from ONNX and times it. */
export const trtexec: Runner = {
  ...{ name: 'trtexec', runtime: 'tensorrt', install: 'TensorRT with trtexec (libnvinfer-bin)' },
  probe: `t=$(find trtexec) && printf '%s\\tTensorRT trtexec' "$t"`,
  takes: ({ format }) => format === 'onnx',
  async measure(job) {
    const { runs, seconds } = job.effort;
    const times = `${job.folder}/times.json`;
    const words = [
      ...[job.found.command, `--onnx=${await job.modelFile()}`, `--iterations=${runs}`, `--duration=${seconds}`],
      ...[`--warmUp=${500 * seconds}`, '--avgRuns=1', `--exportTimes=${times}`, ...(job.model.quantized ? ['--int8'] : [])],
    ];
    await job.run(`${commandLine(words)} 2>&1`, buildSeconds);
    const note = `from input to output in the memory of the host, ${job.model.quantized ? 'int8' : 'float32'}`;
    return { ...readTimes((await job.connection.download(times)).toString('utf8')), note };
  },
};

/** What --exportTimes wrote: an array with `latencyMs` of each run. */
export function readTimes(text: string): Measured {
  const times = [...text.matchAll(/"latencyMs"\s*:\s*([\d.eE+-]+)/g)].map((m) => Number(m[1])).filter((ms) => Number.isFinite(ms));
  if (times.length === 0) throw new Refusal(`trtexec exported no times: ${text.slice(0, 200)}`);
  return { milliseconds: Float64Array.from(times) };
}
