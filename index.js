// n8n reads the nodes and credentials from the manifest's "n8n" section; requiring the package itself loads nothing.
module.exports = {};
