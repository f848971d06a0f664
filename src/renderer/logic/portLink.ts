/**
 * The address of a serial port in place of another's, with the settings (baud rate, unit) as they were.
 * By the USB identity where the adapter has one: port names change from day to day.
 */
export function linkWithPort(link: string, port: { path: string; link: string | null }): string {
  const settings = link.includes('?') ? link.slice(link.indexOf('?')) : ''
  const isModbus = link.startsWith('modbus-')
  if (port.link !== null) {
    const byUsb = isModbus ? port.link.replace(/^serial-usb:/, 'modbus-rtu-usb:') : port.link
    return `${byUsb}${settings}`
  }
  return `${isModbus ? 'modbus-rtu' : 'serial'}://${port.path}${settings}`
}
