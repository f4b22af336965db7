#!/usr/bin/env python3
"""TensorFlow's int8 post-training quantization of an image network with random weights, beside edgeml's.

usage: peer_keras.py resnet50|mobilenetv2 SAMPLES.npy OUT.tflite      SAMPLES: float32 [N, 224, 224, 3]
Prints the peak memory of the process: `peak N MB`.
"""
import os
import resource
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

NETWORKS = {"resnet50": tf.keras.applications.ResNet50, "mobilenetv2": tf.keras.applications.MobileNetV2}

network, samples, out = sys.argv[1:4]
data = np.load(samples, mmap_mode="r")
model = NETWORKS[network](weights=None)
converter = tf.lite.TFLiteConverter.from_keras_model(model)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.representative_dataset = lambda: ([np.array(x)[None]] for x in data)
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
converter.inference_input_type = converter.inference_output_type = tf.int8
with open(out, "wb") as f:
    f.write(converter.convert())
print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
