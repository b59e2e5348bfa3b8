import type { IDataObject } from 'n8n-workflow';

import type { Expectation } from '../../../shared/http/request';
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

/** Documented: `found`, `summary` and `doNotContact.value`. */
export type OutreachAnswer = IDataObject & { readonly found: boolean; readonly doNotContact: { readonly value: boolean } };

/** An answer that lacks `found` or `doNotContact` must never pass for "not found". */
export const OUTREACH_ANSWER: Expectation = {
	what: 'whether it knows the contact',
	fits: (body) =>
		isRecord(body) &&
		typeof body.found === 'boolean' &&
		isRecord(body.doNotContact) &&
		typeof body.doNotContact.value === 'boolean',
};

/**
 * Reads an answer of `/contacts/outreach`.
 *
 * Published in outboundsync/skills: `summary.daysSinceLastTouch`, which is null for a contact that is
 * known but was never reached, and that somebody last reached 30 days ago may be written to again
 * after 30 days.
 */
export function priorOutreach(answer: OutreachAnswer, withinDays: number, nowMs: number): PriorOutreach {
	const { doNotContact, found, summary } = answer;
	const days = found ? daysSinceLastTouch(isRecord(summary) ? summary : {}, nowMs) : null;
	return {
		doNotContact: doNotContact.value,
		contactedWithinDays: days === undefined ? null : days !== null && days < withinDays,
		record: answer,
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
