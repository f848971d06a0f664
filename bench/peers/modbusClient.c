/* Polls two registers N times one after the other, by libmodbus; prints polls per second and the 99th percentile in ms.
 * usage: modbusClient tcp PORT N | rtu PATH N */
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double nowMs(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}
static int byValue(const void *a, const void *b) {
  double d = *(const double *)a - *(const double *)b;
  return d < 0 ? -1 : d > 0;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int isTcp = strcmp(argv[1], "tcp") == 0, count = atoi(argv[3]);
  modbus_t *ctx = isTcp ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], 115200, 'N', 8, 1);
  modbus_set_slave(ctx, 1);
  if (modbus_connect(ctx) == -1) return 1;
  uint16_t words[2];
  double *took = malloc(sizeof(double) * count), start = nowMs();
  for (int i = 0; i < count; i++) {
    double from = nowMs();
    if (modbus_read_registers(ctx, 5, 2, words) != 2 || words[0] != 1005) return 1;
    took[i] = nowMs() - from;
  }
  double whole = nowMs() - start;
  qsort(took, count, sizeof(double), byValue);
  printf("{\"perSecond\": %.1f, \"p99Ms\": %.4f}\n", count * 1000.0 / whole, took[(int)(count * 0.99)]);
  return 0;
}
