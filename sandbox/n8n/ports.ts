import { createServer } from 'node:net';
import { errorCode } from './lock';

export const LOOPBACK = '127.0.0.1';

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
	return await listenBriefly(0);
}

/**
 * Throws if something listens on `port` of loopback already.
 * `what` begins the message ("n8n", "the SalesOS sandbox"), `remedy` ends it.
 */
export async function assertPortFree(port: number, what: string, remedy: string): Promise<void> {
	try {
		await listenBriefly(port);
	} catch (error) {
		if (errorCode(error) !== 'EADDRINUSE') throw error;
		throw new Error(`Port ${port}, which ${what} was to use, is taken by another program. ${remedy}`);
	}
}

async function listenBriefly(port: number): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, LOOPBACK, resolve);
	});
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('A TCP server has a port');
	return address.port;
}
