import { join } from 'node:path';

/** The checkout. */
export const projectFolder = join(__dirname, '..', '..');

/** What `npm start` and the tests keep between runs; git ignores it, and it may be deleted at any time. */
export const stateFolder = join(projectFolder, '.cache');
