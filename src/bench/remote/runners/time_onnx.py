"""Times an .onnx model: time_onnx.py MODEL RUNS SECONDS LIMIT THREADS. See lines.ts for what it prints."""
import sys

import numpy as np

from timing import random_data, report, told


def main():
    import onnxruntime as ort

    model, runs, seconds, limit, threads = sys.argv[1:6]
    options = ort.SessionOptions()
    options.intra_op_num_threads = int(threads)
    options.log_severity_level = 4
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    types = {"tensor(float)": "float32", "tensor(double)": "float64"}
    feeds = {}
    for port in session.get_inputs():
        # A size that the model leaves open is one.
        shape = [n if isinstance(n, int) and n > 0 else 1 for n in port.shape]
        dtype = types.get(port.type, port.type[len("tensor("):-1])
        feeds[port.name] = random_data(shape, dtype, rng)
    report(lambda: session.run(None, feeds), int(runs), float(seconds), float(limit))


told(main)
