import type { Platform, ProjectParts } from './types.js';

/** Header by which Arduino and PlatformIO find Chirale_TensorFLowLite, a port of TensorFlow Lite Micro to all of Arduino's boards. */
const library = '#include <Chirale_TensorFlowLite.h>\n';

/** Arduino's core: `setup`, `loop`, the serial port at 115200 baud. */
export const arduinoPlatform = (kind: ProjectParts['kind']): Platform => ({
  includes: `#include <Arduino.h>\n${kind === 'tflm' ? library : ''}`,
  functions: `static void board_begin(void) {
  Serial.begin(115200);
  uint32_t start = millis();
  while (!Serial && millis() - start < 3000) {
  }
}
static uint32_t board_micros(void) { return micros(); }
static void board_print(const char *text) { Serial.print(text); }
static void board_idle(void) { delay(1); }
static int board_read(void) {
  int c = Serial.read();
  return c < 0 ? (int)BOARD_NOTHING : c;
}
`,
  entry: `static bool running;

void setup() { running = program_begin() != 0; }

void loop() {
  if (running) running = program_step() != 0;
}
`,
});
