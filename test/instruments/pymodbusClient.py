"""A Modbus client of a third party, for the tests: reads the sensor on a serial port and prints JSON.

usage: pymodbusClient.py PATH UNIT
"""
import json
import sys

from pymodbus.client import ModbusSerialClient

path, unit = sys.argv[1], int(sys.argv[2])
client = ModbusSerialClient(path, baudrate=9600, timeout=3)
if not client.connect():
    sys.exit(f"{path} can't be opened")
single = client.read_input_registers(0, 1, slave=unit)
block = client.read_input_registers(7, 2, slave=unit)
beyond = client.read_input_registers(8, 2, slave=unit)
holding = client.read_holding_registers(0, 1, slave=unit)
print(
    json.dumps(
        {
            "irradiance": single.registers,
            "temperatures": block.registers,
            "beyond": getattr(beyond, "exception_code", None),
            "holding": getattr(holding, "exception_code", None),
        }
    )
)
client.close()
