"""What the measuring scripts share: random inputs, and the runs as lines.ts reads them."""
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


def told(main):
    """Runs `main`; what goes wrong is one line."""
    try:
        main()
    except Exception as error:
        sys.exit("%s: %s" % (type(error).__name__, error))
