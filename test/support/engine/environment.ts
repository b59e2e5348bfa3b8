import { temporaryFolder } from './temporaryFolder';

// n8n-core reads these once, when it is first required: import this file before it.
// A folder of its own keeps a developer's n8n settings out of the tests and the tests out of them.
process.env.N8N_USER_FOLDER ??= temporaryFolder('n8n-engine-');
process.env.N8N_ENCRYPTION_KEY ??= 'engine-tests';
process.env.N8N_LOG_LEVEL ??= 'silent';
