export default { test: { alias: { jssip: 'viasip/inline' }, environment: 'jsdom' } };
