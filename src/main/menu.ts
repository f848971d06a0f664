import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, Menu, shell } from 'electron'

/**
 * Says whether there is a newer version. It downloads and installs nothing: a laboratory validates a version before it
 * measures with it, and the updater doesn't check signatures on every system.
 */
async function tellUpdate(isRunning: boolean): Promise<void> {
  if (isRunning)
    return void (await dialog.showMessageBox({ message: 'A test is running: ask again when it has ended.' }))
  const { autoUpdater } = (await import('electron-updater')).default
  Object.assign(autoUpdater, { autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false })
  const found = await autoUpdater.checkForUpdates()
  const message = found?.isUpdateAvailable
    ? `Version ${found.updateInfo.version} is available. Nothing was downloaded or installed.`
    : 'There is no newer version.'
  await dialog.showMessageBox({ message })
}

/** The menu; it asks for updates only in an installed app whose package names where they are. */
export function setMenu(given: {
  dataFolder: string
  isRunning: () => boolean
  onError: (error: unknown) => void
}): void {
  const hasFeed = app.isPackaged && existsSync(join(process.resourcesPath, 'app-update.yml'))
  const update = { label: 'Check for updates', click: () => void tellUpdate(given.isRunning()).catch(given.onError) }
  const folder = {
    label: 'Open data folder',
    click: () => void shell.openPath(given.dataFolder).then((problem) => problem && given.onError(problem)),
  }
  app.setAboutPanelOptions({ applicationName: 'PVTP Station', applicationVersion: app.getVersion() })
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: 'File', submenu: [{ role: 'quit' }] },
      {
        label: 'View',
        submenu: [{ role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'resetZoom' }, { role: 'togglefullscreen' }],
      },
      { label: 'Help', submenu: [folder, ...(hasFeed ? [update] : []), { role: 'about' }] },
    ]),
  )
}
