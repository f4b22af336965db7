"""Times a .tflite model: time_tflite.py MODULE MODEL RUNS SECONDS LIMIT THREADS. See lines.ts for what it prints."""
import importlib
import sys

import numpy as np

from timing import random_data, report, told


def main():
    module, model, runs, seconds, limit, threads = sys.argv[1:7]
    interpreter = importlib.import_module(module + ".interpreter").Interpreter(model_path=model, num_threads=int(threads))
    interpreter.allocate_tensors()
    rng = np.random.default_rng(0)
    for port in interpreter.get_input_details():
        interpreter.set_tensor(port["index"], random_data(port["shape"], port["dtype"], rng))
    report(interpreter.invoke, int(runs), float(seconds), float(limit))


told(main)
