"""Runs golden inputs: golden.py MODULE RELEASE MODEL-NUMBER. Ends with status 0, or 1 and why as its last line."""
import importlib
import json
import os
import sys

import numpy as np


class Litert:
    def __init__(self, module, path):
        self.interpreter = importlib.import_module(module + ".interpreter").Interpreter(model_path=path)
        self.interpreter.allocate_tensors()

    def run(self, inputs):
        for port, data in zip(self.interpreter.get_input_details(), inputs):
            self.interpreter.set_tensor(port["index"], data.reshape(port["shape"]))
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(port["index"]) for port in self.interpreter.get_output_details()]


class Onnxruntime:
    def __init__(self, module, path):
        self.session = importlib.import_module(module).InferenceSession(path, providers=["CPUExecutionProvider"])

    def run(self, inputs):
        names = [port.name for port in self.session.get_inputs()]
        return self.session.run(None, dict(zip(names, inputs)))


def take(data, at, port):
    end = at + port["bytes"]
    return np.frombuffer(data[at:end], np.dtype(port["dtype"])).reshape(port["shape"]), end


def main(module, release, number):
    with open(os.path.join(release, "manifest.json")) as file:
        model = json.load(file)["models"][int(number)]
    golden = model["golden"]
    with open(os.path.join(release, golden["file"]), "rb") as file:
        data = file.read()
    runner = (Onnxruntime if module == "onnxruntime" else Litert)(module, os.path.join(release, model["file"]))
    at = 0
    for sample in range(golden["samples"]):
        inputs = []
        for port in golden["inputs"]:
            tensor, at = take(data, at, port)
            inputs.append(tensor)
        outputs = runner.run(inputs)
        for port, named, got in zip(golden["outputs"], model["outputs"], outputs):
            expected, at = take(data, at, port)
            name = "output '%s' of %s, sample %d of %d" % (named["name"], model["file"], sample + 1, golden["samples"])
            if list(got.shape) != list(expected.shape):
                return "%s has the shape %s in place of %s" % (name, list(got.shape), list(expected.shape))
            off = np.abs(got.astype(np.float64) - expected.astype(np.float64))
            worst = float(np.max(off)) if off.size else 0.0
            # Also where it is not a number.
            if not worst <= port["tolerance"]:
                return "%s is off by %g, at most %g is taken" % (name, worst, port["tolerance"])
    return None


try:
    wrong = main(*sys.argv[1:4])
except Exception as error:
    wrong = "%s: %s" % (type(error).__name__, " ".join(str(error).split())[-250:])
if wrong:
    print(wrong)
    sys.exit(1)
