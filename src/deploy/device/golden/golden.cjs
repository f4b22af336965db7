// Runs golden inputs of an ONNX model: PACKAGE RELEASE MODEL-NUMBER. Ends with status 0, or 1 and why as its last line.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** IEEE 754 binary16, which Node.js has no array for. */
function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

const arrays = {
  ...{ float32: Float32Array, float64: Float64Array, int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array },
  ...{ int32: Int32Array, uint32: Uint32Array, int64: BigInt64Array, uint64: BigUint64Array, bool: Uint8Array },
  float16: Uint16Array,
};

async function main(packagePath, release, number) {
  const ort = require(packagePath);
  const model = JSON.parse(readFileSync(join(release, 'manifest.json'), 'utf8')).models[Number(number)];
  const { golden } = model;
  const data = readFileSync(join(release, golden.file));
  const session = await ort.InferenceSession.create(join(release, model.file));
  let at = 0;
  const take = (port) => {
    // A copy of its own: an array has to begin at a multiple of its elements' size.
    const bytes = Uint8Array.from(data.subarray(at, at + port.bytes));
    at += port.bytes;
    const Elements = arrays[port.dtype];
    return new Elements(bytes.buffer);
  };
  for (let sample = 0; sample < golden.samples; sample++) {
    const feeds = Object.fromEntries(
      golden.inputs.map((port, i) => [session.inputNames[i], new ort.Tensor(port.dtype, take(port), port.shape)]),
    );
    const outputs = await session.run(feeds);
    for (const [i, port] of golden.outputs.entries()) {
      const expected = take(port);
      const name = `output '${session.outputNames[i]}' of ${model.file}, sample ${sample + 1} of ${golden.samples}`;
      const got = outputs[session.outputNames[i]].data;
      if (got.length !== expected.length) return `${name} has ${got.length} elements in place of ${expected.length}`;
      // Newer versions of Node.js have an array of them.
      const number = (data, k) => (port.dtype === 'float16' && data instanceof Uint16Array ? fromHalf(data[k]) : Number(data[k]));
      let worst = 0;
      for (let k = 0; k < got.length; k++) {
        // Stays NaN where one is not a number.
        worst = Math.max(worst, Math.abs(number(got, k) - number(expected, k)));
      }
      if (!(worst <= port.tolerance)) return `${name} is off by ${worst}, at most ${port.tolerance} is taken`;
    }
  }
}

main(...process.argv.slice(-3))
  .catch((error) => String(error.message).replace(/\s+/g, ' ').slice(-250))
  .then((wrong) => {
    if (!wrong) return;
    console.log(wrong);
    process.exitCode = 1;
  });
