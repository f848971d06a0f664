/* A Modbus server of libmodbus, for the benchmark: register n holds 1000 + n.
 * usage: modbusServer tcp PORT | rtu PATH */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/select.h>

static void serve(modbus_t *ctx, modbus_mapping_t *map, int isTcp) {
  uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
  if (!isTcp) {
    if (modbus_connect(ctx) == -1) exit(1);
    for (;;) {
      int length = modbus_receive(ctx, query);
      if (length > 0) modbus_reply(ctx, query, length, map);
    }
  }
  int listening = modbus_tcp_listen(ctx, 64);
  if (listening == -1) exit(1);
  fd_set all;
  FD_ZERO(&all);
  FD_SET(listening, &all);
  int most = listening;
  for (;;) {
    fd_set ready = all;
    if (select(most + 1, &ready, NULL, NULL, NULL) < 0) continue;
    for (int fd = 0; fd <= most; fd++) {
      if (!FD_ISSET(fd, &ready)) continue;
      if (fd == listening) {
        int own = modbus_tcp_accept(ctx, &listening);
        if (own > most) most = own;
        if (own >= 0) FD_SET(own, &all);
        continue;
      }
      modbus_set_socket(ctx, fd);
      int length = modbus_receive(ctx, query);
      if (length > 0) modbus_reply(ctx, query, length, map);
      else if (length == -1) {
        close(fd);
        FD_CLR(fd, &all);
      }
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int isTcp = strcmp(argv[1], "tcp") == 0;
  modbus_t *ctx = isTcp ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], 115200, 'N', 8, 1);
  modbus_set_slave(ctx, 1);
  modbus_mapping_t *map = modbus_mapping_new(16, 16, 200, 200);
  for (int i = 0; i < 200; i++) map->tab_registers[i] = map->tab_input_registers[i] = 1000 + i;
  serve(ctx, map, isTcp);
  return 0;
}
