import { HostileBench } from './bench';
import type { DeliveryReport, DeliveryTask } from './deliveryProcess';
import { Receivers, type Receiver, type ReceiverName } from './receivers';

/** Delivers to triggers in this process, as its parent asks; see deliveryProcess.ts. */
async function main(): Promise<void> {
	// Nobody is asked: a stranger is refused before.
	const receivers = new Receivers(await HostileBench.start(), 'http://127.0.0.1:1');
	const made = new Map<ReceiverName, Receiver>();
	let refused = 0;
	let delivered = 0;

	const deliver = async ({ count, name }: DeliveryTask): Promise<DeliveryReport> => {
		const receiver = made.get(name) ?? receivers.make(name);
		made.set(name, receiver);
		for (let index = 0; index < count; index += 1) {
			delivered += 1;
			const { answer } = await receiver.trigger.deliver(receiver.strange(delivered));
			if (answer?.status === 401) refused += 1;
		}
		await collect();
		return { refused, heapBytes: process.memoryUsage().heapUsed };
	};
	process.on('message', (task: DeliveryTask) => void deliver(task).then((report) => process.send?.(report)));
	process.on('disconnect', () => process.exit());
	process.send?.('ready');
}

/** Twice, with a turn of the event loop between: what finalisers let go of is free only then. */
async function collect(): Promise<void> {
	for (let times = 0; times < 2; times += 1) {
		globalThis.gc?.();
		await new Promise((resolve) => {
			setImmediate(resolve);
		});
	}
	if (globalThis.gc === undefined) throw new Error('This process was started without --expose-gc');
}

void main();
