export default { resolve: { alias: { jssip: 'viasip/inline' } }, test: { environment: 'jsdom' } };
