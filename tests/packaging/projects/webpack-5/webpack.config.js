module.exports = { mode: 'production', entry: { index: './index.js', auto: './auto.js', inline: './inline.js' } };
