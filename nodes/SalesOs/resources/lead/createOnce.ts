import type { IDataObject, NodeApiError } from 'n8n-workflow';

import type { Failure } from '../../../shared/http/failure';
import { plainText } from '../../../shared/http/json';
import type { ApiRequest, Expectation } from '../../../shared/http/request';
import { isRecord } from '../../../shared/http/retryHint';
import type { Session } from '../../../shared/operation/session';
import { recordOf } from '../../records';
import { findByEmail } from './findByEmail';
import { CREATED_LEADS, RECENT_LEAD_WRITES } from './recentWrites';

/**
 * How long a create whose answer is missing may still be under way on the server, in
 * milliseconds, by what came instead of the answer. A server that said 500 has finished; behind a
 * broken gateway or connection it may need a moment; after a timeout we grant it 30 s. Only when
 * the lead is not there after that was the create not carried out. None of this is documented.
 */
const SETTLE_MS: Readonly<Record<number, number | undefined>> = { 500: 0, 502: 2_000, 503: 2_000, 504: 30_000 };
const SETTLE_DEFAULT_MS = 2_000;
const SETTLE_TIMED_OUT_MS = 30_000;
const LOOK_EVERY_MS = 2_000;
/** `created_at` may be cut to seconds, and the server's clock is known to about two. */
const CLOCK_TOLERANCE_MS = 5_000;
/** A lead without an ID may be anything, such as a gateway's own answer: then the search by email tells. */
const CREATED_LEAD: Expectation = {
	what: 'a lead',
	fits: (body) => isRecord(body) && ['number', 'string'].includes(typeof recordOf({ body }).id),
};
const MAX_CREATES = 4;
const MAX_SEARCHES = 3;

/**
 * Creates a lead exactly once. The API does not promise to refuse a second lead with the same
 * email, so a create whose outcome is unknown is looked up before it is sent again.
 */
export async function createLeadOnce(session: Session, body: IDataObject): Promise<IDataObject> {
	// Two items with the same email must not take each other's lead for their own.
	const key = session.client.lockKey(String(body.email));
	return await session.lock.run(key, async () => await createLeadLocked(session, body), () => session.client.isCancelled());
}

/** {@link createLeadOnce} for callers that hold the lock of the email. */
export async function createLeadLocked(session: Session, body: IDataObject): Promise<IDataObject> {
	const { client } = session;
	try {
		const lead = await create(session, body);
		CREATED_LEADS.add(client.lockKey(plainText(lead.id)));
		return lead;
	} finally {
		// Also after a failure: the lead may have been created all the same.
		RECENT_LEAD_WRITES.note(client.lockKey(String(body.email)));
	}
}

async function create(session: Session, body: IDataObject): Promise<IDataObject> {
	const { client } = session;
	const request: ApiRequest = { method: 'POST', path: '/v1/leads', body, expects: CREATED_LEAD };
	for (let creates = 1; ; creates += 1) {
		const result = await client.trySend(request);
		if (result.ok) return recordOf(result.answer);
		const { failure, sentAtMs = 0 } = result;
		if (failure.kind !== 'unknown' || session.onUnknownOutcome === 'error') throw client.errorFor(failure);
		const lead = await lookUp(session, body, failure, sentAtMs);
		if (lead !== undefined) return lead;
		if (creates === Math.min(MAX_CREATES, client.maxRetries + 1)) throw client.errorFor(notCreated(failure, creates));
	}
}

/**
 * Looks for the lead of a create with unknown outcome until the server must have finished.
 * @returns undefined when it was not created
 */
async function lookUp(
	session: Session,
	body: IDataObject,
	failure: Failure,
	sentAtMs: number,
): Promise<IDataObject | undefined> {
	const { client } = session;
	const settledAtMs = client.clock.now() + settleMs(failure);
	for (;;) {
		const isLastLook = client.clock.now() >= settledAtMs;
		const leads = await searchAfter(session, body, failure);
		const others = leads.filter(({ id }) => !CREATED_LEADS.has(client.lockKey(plainText(id))));
		// After the search, whose answer may be the first that tells the server's time.
		const aheadMs = client.serverAheadMs;
		if (others.length > 0 && aheadMs === undefined) throw client.errorFor(whoseLead(failure));
		const earliestMs = sentAtMs + (aheadMs ?? 0) - CLOCK_TOLERANCE_MS;
		const created = others.find((lead) => Date.parse(String(lead.created_at)) >= earliestMs);
		if (created !== undefined || isLastLook) return created;
		await client.wait(Math.min(LOOK_EVERY_MS, settledAtMs - client.clock.now()), 'an unclear answer to settle');
		// A cancelled execution must not go on creating.
		if (client.isCancelled()) throw client.errorFor(failure);
	}
}

/**
 * Searches for the lead of a create with unknown outcome. A server that has just failed may fail
 * once more: giving up at once would leave the outcome unknown for want of a second look.
 * @throws NodeApiError that still says unknown: it must not read as if nothing had been sent
 */
async function searchAfter({ client }: Session, body: IDataObject, failure: Failure): Promise<IDataObject[]> {
	for (let searches = 1; ; searches += 1) {
		try {
			return await findByEmail({ client }, String(body.email));
		} catch (error) {
			const isServerError = Number((error as Partial<NodeApiError>).httpCode) >= 500;
			if (!isServerError || searches === MAX_SEARCHES || client.isCancelled()) {
				const reason = error instanceof Error ? error.message : String(error);
				const problem = `${failure.problem ?? 'it failed'}. Looking the lead up failed too: ${reason}`;
				throw client.errorFor({ ...failure, problem });
			}
		}
		await client.wait(LOOK_EVERY_MS, 'an unclear answer to settle');
	}
}

/** Without the server's time, nothing tells a lead that was there before from the one that was just created. */
function whoseLead(failure: Failure): Failure {
	const problem = `${failure.problem ?? 'it failed'}. There is a lead with this email, and the server does not tell its time, so whether it is the new one is not known`;
	return { ...failure, problem };
}

function settleMs({ status, timedOut }: Failure): number {
	if (timedOut === true) return SETTLE_TIMED_OUT_MS;
	return SETTLE_MS[status ?? 0] ?? SETTLE_DEFAULT_MS;
}

function notCreated(failure: Failure, creates: number): Failure {
	return {
		...failure,
		kind: 'exhausted',
		attempts: creates,
		problem: `${failure.problem ?? 'it failed'}. The lead was looked up each time and is not there`,
		advice: 'The lead was not created. Run this item again later.',
	};
}
