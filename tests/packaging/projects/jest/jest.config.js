module.exports = {
  testEnvironment: 'jsdom',
  setupFiles: ['./setup.js'],
  testMatch: ['**/*.test.*js'],
  moduleNameMapper: { '^jssip$': 'viasip/inline', '^jssip/lib/JsSIP(\\.js)?$': 'viasip/inline' },
};
