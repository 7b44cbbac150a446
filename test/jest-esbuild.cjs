// Jest transform on the project's own esbuild: no second compiler, source maps for coverage and stack traces.
const crypto = require('node:crypto');
const fs = require('node:fs');
const esbuild = require('esbuild');

const self = fs.readFileSync(__filename);

module.exports = {
  getCacheKey: (source, file, options) =>
    crypto
      .createHash('sha256')
      .update(`${esbuild.version}\0${options.instrument}\0${file}\0`)
      .update(self)
      .update(source)
      .digest('hex'),
  process: (source, file) => {
    const { code } = esbuild.transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'inline',
      sourcefile: file,
      sourcesContent: true,
    });
    return { code };
  },
};
