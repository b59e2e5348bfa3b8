import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { operationsPage } from './operationsTable';

/** `npm run docs`: writes the reference of all operations. */
writeFileSync(path.resolve(__dirname, '../../docs/operations.md'), operationsPage());
