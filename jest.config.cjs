/** Coverage is gated for core/ only: everything there is a pure decision, so every branch can be reached. */
module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.tsx?$': '<rootDir>/test/jest-esbuild.cjs' },
  setupFiles: ['<rootDir>/test/setup.ts'],
  // Jest leaves one core free by default, which on two cores is half of them.
  maxWorkers: 2,
  coverageProvider: 'v8',
  collectCoverageFrom: ['core/**/*.ts'],
  coverageThreshold: { './core/': { lines: 95, branches: 95 } },
  coverageReporters: ['text-summary', 'lcovonly'],
};
