/** Registers (function 4) and the vendor's function of the Si-RS485. Addresses are as on the wire. */
export const register = {
  irradiance: 0,
  legacyCell: 1,
  legacyExternal: 2,
  wind: 3,
  reserved: 4,
  secondCell: 5,
  secondExternal: 6,
  cell: 7,
  external: 8,
} as const

export const vendorFunction = 0x46
export const versionSubFunction = 0x07

/** Registers 7 and 8 exist from firmware 1.53 on (given as 153). */
export const signedFromFirmware = 153

export const signed16 = (word: number): number => (word >= 0x8000 ? word - 0x10000 : word)
