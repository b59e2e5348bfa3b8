// npm run scan: n8n's official scanner on the sources and on the packed tarball. Needs the build.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { officialScan } from './officialScan.mjs';
import { CACHE, packAndUnpack, ROOT } from './pack.mjs';

const { name } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const { unpackedDir } = packAndUnpack(ROOT, path.join(CACHE, 'scan'), name);
process.exitCode = (await officialScan(name, ROOT, unpackedDir)) ? 0 : 1;
