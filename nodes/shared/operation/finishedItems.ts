import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * What earlier tries of the same node run have finished. n8n's setting "Retry On Fail" calls the
 * node again with all its items, also with those that are already written: they must not be sent a
 * second time.
 */
export class FinishedItems<Result> {
	private readonly results = new Map<number, Result>();

	get(itemIndex: number): Result | undefined {
		return this.results.get(itemIndex);
	}

	set(itemIndex: number, result: Result): void {
		this.results.set(itemIndex, result);
	}

	get size(): number {
		return this.results.size;
	}
}

/**
 * By an object that n8n hands to every try of one node run and to no other; goes when that goes. Not
 * sooner: n8n may run a node again that has finished everything, because it takes a first item with
 * a field `error` for a failure.
 */
const RUNS = new WeakMap<object, FinishedItems<unknown>>();

type TryContext = Pick<IExecuteFunctions, 'getExecuteData' | 'getInputData' | 'getNode'>;

/**
 * What is known of earlier tries of this node run; empty in the first one. It covers the tries of
 * one execution in one process, which are all that "Retry On Fail" makes. A failed execution that
 * a user retries from the list of executions is a new one, and not covered.
 */
export function finishedItemsOf<Result>(context: TryContext): FinishedItems<Result> {
	const key = keyOf(context);
	const known = RUNS.get(key) as FinishedItems<Result> | undefined;
	if (known) return known;
	const finished = new FinishedItems<Result>();
	RUNS.set(key, finished);
	return finished;
}

/**
 * The engine takes one record of the node run from its stack and makes all tries with it. A node
 * that an AI agent calls as a tool may see the agent's record instead, the same for all calls;
 * there it is the arguments of the call that stay the same object over its tries.
 */
function keyOf(context: TryContext): object {
	const run = context.getExecuteData();
	return run.node.name === context.getNode().name ? run : context.getInputData()[0].json;
}
