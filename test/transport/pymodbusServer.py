"""A Modbus server of a third party, for the tests: units 1 and 2, holding and input register n = 1000 * unit + n.

usage: pymodbusServer.py tcp PORT | rtu-over-tcp PORT | rtu PATH
"""
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartSerialServer, StartTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer


def unit(number):
    registers = [1000 * number + n for n in range(200)]
    return ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, [n % 3 == 0 for n in range(200)]),
        hr=ModbusSequentialDataBlock(0, list(registers)),
        ir=ModbusSequentialDataBlock(0, list(registers)),
        zero_mode=True,
    )


kind, where = sys.argv[1:]
context = ModbusServerContext(slaves={1: unit(1), 2: unit(2)}, single=False)
if kind == "rtu":
    StartSerialServer(context=context, framer=ModbusRtuFramer, port=where, baudrate=115200, ignore_missing_slaves=True)
else:
    framer = ModbusRtuFramer if kind == "rtu-over-tcp" else ModbusSocketFramer
    StartTcpServer(context=context, framer=framer, address=("127.0.0.1", int(where)), ignore_missing_slaves=True)
