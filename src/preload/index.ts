import { contextBridge, ipcRenderer } from 'electron'

const portChannel = 'pvtp:port'

// All that the page gets: it may ask for its port to the station, which arrives as a message.
contextBridge.exposeInMainWorld('pvtpShell', { requestPort: () => ipcRenderer.send(portChannel) })
ipcRenderer.on(portChannel, (event) => window.postMessage(portChannel, window.location.origin, event.ports))
