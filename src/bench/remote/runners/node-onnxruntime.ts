import type { Runner } from '../types.js';
import { measureWithScript } from './script.js';

/** Where a package may be that belongs to no project: NODE_PATH, the home directory, and beside the global npm. */
const findPackage = `
const { dirname, join } = require("node:path");
const home = require("node:os").homedir();
const places = [home, join(dirname(process.execPath), "..", "lib")];
try {
  const at = require.resolve("onnxruntime-node", { paths: [...(process.env.NODE_PATH || "").split(":").filter(Boolean), ...places] });
  const { version } = require(join(at.slice(0, at.lastIndexOf("onnxruntime-node")), "onnxruntime-node", "package.json"));
  console.log([process.execPath, "onnxruntime-node " + version, at].join("\\t"));
} catch {
  process.exitCode = 1;
}`;

/** Node.js with onnxruntime-node. */
export const nodeOnnxruntime: Runner = {
  ...{ name: 'node-onnxruntime', runtime: 'onnxruntime', install: 'npm install --global onnxruntime-node' },
  probe: `n=$(find node nodejs) && "$n" -e '${findPackage}'`,
  takes: ({ format }) => format === 'onnx',
  measure: (job) => measureWithScript(job, 'time_onnx.cjs', [job.found.more[0]]),
};
