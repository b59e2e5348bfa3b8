/**
 * Preloaded into n8n's process (node --require): ends it when the process that started it is gone, however that
 * one ended. A killed test run would otherwise leave n8n behind, holding its port and its database.
 */
const GRACE_MS = 10_000;

process.once('disconnect', () => {
	process.kill(process.pid, 'SIGTERM');
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
});
// Listening must not keep a command alive that has done its work.
process.channel?.unref();
