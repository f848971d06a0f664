import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const root = import.meta.dirname

export default defineConfig({
  main: {
    resolve: {
      // The bundle has no folders to look into when it runs: there the bundler's own list stands in for them.
      alias: [
        { find: /^\.\.(\/engine)?\/discover\.ts$/, replacement: resolve(root, 'src/engine/discover.bundled.ts') },
      ],
    },
    build: {
      outDir: 'out/main',
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: resolve(root, 'src/main/index.ts'),
          reportWorker: resolve(root, 'src/engine/reports/worker.ts'),
          storageWorker: resolve(root, 'src/engine/storage/worker.ts'),
          watchdogProcess: resolve(root, 'src/engine/watchdog/watchdogProcess.ts'),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: resolve(root, 'src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
})
