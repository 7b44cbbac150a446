#!/usr/bin/env node
// The command line. TypeScript is translated as it is loaded, so that there is no build to forget.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
const { main } = require('../cli/main.ts');

process.exitCode = await main(process.argv.slice(2));
