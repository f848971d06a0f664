const key = 'pvtp.window'

const random = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** What this window calls itself to the station; the same when the page is loaded again, another in another tab. */
function readName(): string {
  try {
    const known = window.sessionStorage.getItem(key)
    if (known !== null) return known
    const name = random()
    window.sessionStorage.setItem(key, name)
    return name
  } catch {
    // Storage is refused: loaded again it is another window, which has to take over what it had in hand.
    return random()
  }
}

export const windowName = readName()
