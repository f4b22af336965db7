"""Times an .onnx model: time_onnx.py MODEL RUNS SECONDS LIMIT THREADS. See lines.ts for what it prints."""
import sys
import time

import numpy as np


def random_data(shape, dtype, rng):
    dtype = np.dtype(dtype)
    if dtype in (np.int8, np.uint8):
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max + 1, shape).astype(dtype)
    if dtype.kind == "f":
        return rng.uniform(-1, 1, shape).astype(dtype)
    return np.zeros(shape, dtype)


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


def repeat(run, runs, seconds, limit):
    times = []
    begin = time.perf_counter()
    while True:
        start = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - start)
        passed = time.perf_counter() - begin
        if passed > limit or len(times) == 200000 or (len(times) >= runs and passed >= seconds):
            return times


def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return 0


def report(run, runs, seconds, limit):
    print("warm", len(repeat(run, 3, seconds / 2, limit / 10)))
    times = repeat(run, runs, seconds, limit)
    print("peak", peak())
    print("\n".join("run %d" % t for t in times))


try:
    main()
except Exception as error:
    sys.exit("%s: %s" % (type(error).__name__, error))
