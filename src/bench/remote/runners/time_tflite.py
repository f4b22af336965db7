"""Times a .tflite model: time_tflite.py MODULE MODEL RUNS SECONDS LIMIT THREADS. See lines.ts for what it prints."""
import importlib
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
    module, model, runs, seconds, limit, threads = sys.argv[1:7]
    interpreter = importlib.import_module(module + ".interpreter").Interpreter(model_path=model, num_threads=int(threads))
    interpreter.allocate_tensors()
    rng = np.random.default_rng(0)
    for port in interpreter.get_input_details():
        interpreter.set_tensor(port["index"], random_data(port["shape"], port["dtype"], rng))
    report(interpreter.invoke, int(runs), float(seconds), float(limit))


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
