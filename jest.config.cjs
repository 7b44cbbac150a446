/** Coverage is gated for core/ only: everything there is a pure decision, so every branch can be reached. */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.tsx?$': '<rootDir>/test/jest-esbuild.cjs' },
  setupFiles: ['<rootDir>/test/setup.ts'],
  // Jest leaves one core free by default, which on two cores is half of them.
  maxWorkers: 2,
  // A test that waits for real processes may take its time on a machine that has other things to do.
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['core/**/*.ts'],
  coverageThreshold: { './core/': { lines: 95, branches: 95 } },
  coverageReporters: ['text-summary', 'lcovonly'],
};
