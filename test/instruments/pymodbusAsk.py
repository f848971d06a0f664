"""A Modbus client of a third party, for the tests: makes these requests of a server and prints the answers as JSON.

usage: pymodbusAsk.py rtu|tcp PORT UNIT '[["coils"|"discrete"|"holding"|"input", address, count] | ["write", address, value], …]'
"""
import json
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

kind, port, unit, requests = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
framer = ModbusRtuFramer if kind == "rtu" else ModbusSocketFramer
client = ModbusTcpClient("127.0.0.1", port=port, framer=framer, timeout=3)
if not client.connect():
    sys.exit("no connection")
reads = {
    "coils": client.read_coils,
    "discrete": client.read_discrete_inputs,
    "holding": client.read_holding_registers,
    "input": client.read_input_registers,
}
answers = []
for name, address, last in requests:
    if name == "write":
        answer = client.write_register(address, last, slave=unit)
        answers.append(getattr(answer, "exception_code", answer.value if not answer.isError() else str(answer)))
        continue
    answer = reads[name](address, last, slave=unit)
    if answer.isError():
        answers.append(getattr(answer, "exception_code", str(answer)))
    else:
        answers.append(answer.bits[:last] if name in ("coils", "discrete") else answer.registers)
print(json.dumps(answers))
client.close()
