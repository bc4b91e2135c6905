module.exports = { mode: 'production', entry: { index: './index.js', inline: './inline.js' } };
