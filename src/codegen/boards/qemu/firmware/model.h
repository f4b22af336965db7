/* The model that is measured, as the generated glue describes it. */
#ifndef EDGEML_MODEL_H
#define EDGEML_MODEL_H

#include <stdint.h>

/* A range of the arena. */
typedef struct {
  uint32_t offset;
  uint32_t bytes;
} edgeml_port;

extern uint8_t *const edgeml_arena;
extern const edgeml_port edgeml_inputs[];
extern const edgeml_port edgeml_outputs[];
extern const uint32_t edgeml_input_count;
extern const uint32_t edgeml_output_count;

/* One inference. */
void edgeml_infer(void);

/* What the model's trace macro stands for: called after each layer for every tensor that the layer wrote. */
void edgeml_trace(int layer, const char *tensor, const void *data, int32_t bytes);

#endif
