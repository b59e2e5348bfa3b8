/** Which line of n8n the tests run on: the jest project `engine-v1` maps n8n's packages to 1.x and says so. */
export const n8nLine: 1 | 2 = (globalThis as { N8N_LINE?: 1 | 2 }).N8N_LINE ?? 2;
