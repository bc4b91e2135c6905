module.exports = {
  testMatch: ['**/mapped.js'],
  setupFiles: ['./setup.js'],
  moduleNameMapper: { '^viasip$': '<rootDir>/node_modules/viasip/pkg/dist/main.cjs', '^jssip$': 'viasip/inline' },
};
