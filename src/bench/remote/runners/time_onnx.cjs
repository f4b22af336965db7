/** Times an .onnx model: time_onnx.cjs PACKAGE MODEL RUNS SECONDS LIMIT THREADS. See lines.ts for what it prints. */
const { readFileSync } = require('node:fs');

const [, , packagePath, model, ...numbers] = process.argv;
const [runs, seconds, limit, threads] = numbers.map(Number);

/** Array types by ONNX Runtime's names; half precision is held as its bits. */
const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int32: Int32Array,
};

function randomData(ort, { type, shape }) {
  // A size that the model leaves open is one.
  const dims = shape.map((n) => (typeof n === 'number' && n > 0 ? n : 1));
  const size = dims.reduce((a, b) => a * b, 1);
  const data = type === 'int64' ? new BigInt64Array(size) : type === 'bool' ? new Uint8Array(size) : new arrays[type](size);
  if (type === 'float32' || type === 'float64') for (let i = 0; i < size; i++) data[i] = 2 * Math.random() - 1;
  if (type === 'int8' || type === 'uint8') for (let i = 0; i < size; i++) data[i] = Math.floor(256 * Math.random());
  return new ort.Tensor(type, data, dims);
}

async function repeat(run, atLeast, forSeconds, most) {
  const times = [];
  const begin = process.hrtime.bigint();
  for (;;) {
    const start = process.hrtime.bigint();
    await run();
    const end = process.hrtime.bigint();
    times.push(end - start);
    const passed = Number(end - begin) / 1e9;
    if (passed > most || times.length === 200_000 || (times.length >= atLeast && passed >= forSeconds)) return times;
  }
}

function peak() {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
  } catch {
    // Systems without it do not tell.
    return 0;
  }
}

async function main() {
  const ort = require(packagePath);
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: threads, logSeverityLevel: 4 });
  const feeds = Object.fromEntries(session.inputMetadata.map((port) => [port.name, randomData(ort, port)]));
  const run = () => session.run(feeds);
  const lines = [`warm ${(await repeat(run, 3, seconds / 2, limit / 10)).length}`];
  const times = await repeat(run, runs, seconds, limit);
  lines.push(`peak ${peak()}`, ...times.map((t) => `run ${t}`));
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
