module.exports = require('viasip/inline');
