import type { IDataObject } from 'n8n-workflow';

import { isRecord } from '../../../shared/http/retryHint';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The answers to the usual questions before writing to somebody, and what they were drawn from. */
export type PriorOutreach = {
	/** By outboundsync/skills: the contact has unsubscribed, or mail to it has bounced. */
	doNotContact: boolean;
	/** Null when the answer does not say when the contact was last reached. */
	contactedWithinDays: boolean | null;
	record: IDataObject;
};

/**
 * Reads an answer of `/contacts/outreach`.
 *
 * Documented: `found`, `summary` and `doNotContact.value`. Published in outboundsync/skills:
 * `summary.daysSinceLastTouch`, which is null for a contact that is known but was never reached, and
 * that somebody last reached 30 days ago may be written to again after 30 days.
 * @throws Error when the answer lacks `found` or `doNotContact`: that must never pass for "not found"
 */
export function priorOutreach(body: unknown, withinDays: number, nowMs: number): PriorOutreach {
	const { doNotContact, found, summary } = isRecord(body) ? body : {};
	const verdict = isRecord(doNotContact) ? doNotContact.value : undefined;
	if (typeof found !== 'boolean' || typeof verdict !== 'boolean') {
		throw new Error('OutboundSync answered without saying whether it knows the contact, so nothing is known about it');
	}
	const days = found ? daysSinceLastTouch(isRecord(summary) ? summary : {}, nowMs) : null;
	return {
		doNotContact: verdict,
		contactedWithinDays: days === undefined ? null : days !== null && days < withinDays,
		record: body as IDataObject,
	};
}

/** @returns null for "never", undefined when the summary does not say */
function daysSinceLastTouch(summary: Record<string, unknown>, nowMs: number): number | null | undefined {
	const days = summary.daysSinceLastTouch;
	if (typeof days === 'number' || days === null) return days;
	// Without it, the latest of the times that are named `last…At`, as lastTouchAt in outboundsync/skills is.
	const timesMs = Object.entries(summary)
		.filter(([name]) => /^last\w*At$/.test(name))
		.map(([, value]) => (typeof value === 'string' ? Date.parse(value) : Number.NaN))
		.filter((timeMs) => !Number.isNaN(timeMs));
	return timesMs.length > 0 ? (nowMs - Math.max(...timesMs)) / DAY_MS : undefined;
}
