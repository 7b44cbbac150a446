#!/usr/bin/env node
// The command line. TypeScript is translated as it is loaded, so that there is no build to forget.
import { createRequire } from 'node:module';

// Which Node.js the SDK will want next year is for whoever maintains this, not for whoever is on call tonight.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const require = createRequire(import.meta.url);
require('tsx/cjs');
const { main } = require('../cli/main.ts');

process.exitCode = await main(process.argv.slice(2));
for (const stream of [process.stdout, process.stderr]) await new Promise(done => stream.write('', done));
// A call to a Region that does not answer may still be under way, and nobody waits for it any more.
process.exit();
