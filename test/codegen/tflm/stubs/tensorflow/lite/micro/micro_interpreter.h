/* Stand-in for TensorFlow Lite Micro's header: the interpreter's constructor and methods, written from the documented API. */
#ifndef STUB_MICRO_INTERPRETER_H
#define STUB_MICRO_INTERPRETER_H

#include "tensorflow/lite/c/common.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace tflite {

class MicroResourceVariables;
class MicroProfilerInterface;

/** Its tensors are one buffer of 64 KiB; running it changes every byte, so that a test sees what was read and written. */
class MicroInterpreter {
 public:
  MicroInterpreter(const Model*, const MicroOpResolver&, uint8_t*, size_t tensor_arena_size, MicroResourceVariables* = nullptr,
                   MicroProfilerInterface* = nullptr, bool = false)
      : size_(tensor_arena_size) {
    tensor_.data.data = buffer_;
    tensor_.bytes = sizeof(buffer_);
  }

  TfLiteStatus AllocateTensors() { return kTfLiteOk; }
  TfLiteStatus Invoke() {
    for (uint8_t& b : buffer_) b = static_cast<uint8_t>(b + 1);
    return kTfLiteOk;
  }
  TfLiteTensor* input(size_t) { return &tensor_; }
  TfLiteTensor* output(size_t) { return &tensor_; }
  size_t inputs_size() const { return 1; }
  size_t outputs_size() const { return 1; }
  size_t arena_used_bytes() const { return size_; }

 private:
  uint8_t buffer_[65536] = {};
  TfLiteTensor tensor_;
  size_t size_;
};

}  // namespace tflite

#endif
