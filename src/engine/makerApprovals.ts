/**
 * What the maker of this software approved: SHA-256 of the content by id and version. A shipped file that was changed
 * since then is not what was approved, whatever it says of itself. test/house/protocols.test.ts holds this list.
 */
export const makerApprovals: Readonly<Record<string, string>> = {
  'PVTP-001 1.0.0': '58cc3aa40314c2027ebc6ce6b550547cbdcec11867dbcc659e7a62205504b7df',
}
