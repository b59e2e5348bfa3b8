import { NodeApiError, type IDataObject, type INode } from 'n8n-workflow';

import type { ApiRequest } from './request';
import { formatDuration } from './runReport';
import type { VendorError } from './service';

/** Why a request did not succeed, after everything that could be tried. */
export type FailureKind =
	| 'blocked'
	| 'cancelled'
	| 'exhausted'
	| 'refused'
	| 'tooLarge'
	| 'tooLong'
	| 'unknown'
	| 'unusable';

/** One failed request as plain data; {@link toNodeApiError} words it. */
export interface Failure {
	readonly kind: FailureKind;
	readonly service: string;
	readonly request: ApiRequest;
	readonly status?: number;
	readonly vendor?: VendorError;
	/** What went wrong on the way, as the end of a sentence. */
	readonly problem?: string;
	/** No answer came in time: the server may still be working on it. */
	readonly timedOut?: boolean;
	/** What to do next, where the vendor's documentation or the situation tells. */
	readonly advice?: string;
	/** How often it was sent. */
	readonly attempts: number;
	readonly waitedMs: number;
	/** When it makes sense to try again; epoch milliseconds. */
	readonly retryAtMs?: number;
}

/** What happened, by kind. */
const HEADLINES: Readonly<Record<FailureKind, (failure: Failure) => string>> = {
	refused: ({ service, vendor, problem, status }) =>
		`${service} refused the request: ${vendor?.message ?? problem ?? `status ${status}`}`,
	unknown: ({ service, problem }) => `It is not known whether ${service} carried out the request: ${problem}`,
	exhausted: ({ service, problem, status }) =>
		`${service} ${status === undefined ? 'could not be reached' : 'did not give a usable answer'}: ${problem}`,
	blocked: ({ service, problem }) => `No connection to ${service}: ${problem}`,
	tooLong: ({ service, problem, retryAtMs }) =>
		`${service} can take this request at ${isoTime(retryAtMs)} at the earliest: ${problem}`,
	tooLarge: ({ service, problem }) => `The request is too large for ${service}: ${problem}`,
	unusable: ({ service, problem }) => `The answer of ${service} cannot be used: ${problem}`,
	// n8n records an execution as canceled, and not as failed, by this spelling in the error's text.
	cancelled: ({ problem }) => `The execution was canceled${problem ? `: ${problem}` : ' before the request was sent'}`,
};

/** What to do next where neither the vendor nor the situation tells more. */
const GENERAL_ADVICE: Readonly<Record<FailureKind, string | undefined>> = {
	refused: undefined,
	unknown:
		'The request was not repeated, because it might then be carried out twice. Look the record up before you run this item again.',
	exhausted: 'Try again later. If it goes on, check the base URL in the credential and the status of the service.',
	blocked: 'Check the base URL in the credential.',
	tooLong: 'Run the item again then, or raise the option Max Wait.',
	tooLarge: 'Send fewer or shorter fields.',
	unusable: 'Ask for less at once.',
	cancelled: undefined,
};

/** The parts of a failure's text. */
export interface FailureText {
	readonly message: string;
	readonly description: string;
	/** For `json.details` of an item that failed while others went on. */
	readonly details: IDataObject;
}

/** Words a failure: what happened, what the vendor said of each field, how to go on. */
export function describeFailure(failure: Failure): FailureText {
	const { attempts, kind, request, retryAtMs, status, vendor, waitedMs } = failure;
	const advice = adviceOf(failure);
	const facts = [
		status === undefined ? undefined : `status ${status}${vendor?.code ? ` (${vendor.code})` : ''}`,
		vendor?.requestId ? `request ID ${vendor.requestId}` : undefined,
		attempts > 1 ? `sent ${attempts} times` : undefined,
		waitedMs >= 1000 ? `waited ${formatDuration(waitedMs)}` : undefined,
	].filter((fact) => fact !== undefined);
	const call = `${request.method} ${request.path}`;
	const lines = [...punctuated(vendor?.details ?? []), advice, `${[call, ...facts].join(', ')}.`].filter(
		(line) => line !== undefined,
	);
	return {
		message: HEADLINES[kind](failure),
		description: lines.join('\n'),
		details: withoutUndefined({
			description: advice,
			fields: vendor && vendor.details.length > 0 ? [...vendor.details] : undefined,
			status,
			code: vendor?.code,
			requestId: vendor?.requestId,
			attempts,
			waitedSeconds: Math.round(waitedMs / 1000),
			retryAt: retryAtMs === undefined ? undefined : isoTime(retryAtMs),
			outcome: kind === 'unknown' ? 'unknown' : undefined,
		}),
	};
}

/** That the outcome is unknown must be said whatever else there is to say. */
function adviceOf({ advice, kind }: Failure): string | undefined {
	const general = GENERAL_ADVICE[kind];
	return kind === 'unknown' && advice !== undefined ? `${general} ${advice}` : (advice ?? general);
}

/** The editor shows line breaks as blanks: without a stop, one field's problem would run into the next. */
function punctuated(details: readonly string[]): string[] {
	return details.map((detail, index) => `${detail.replace(/[\s.;]+$/, '')}${index < details.length - 1 ? ';' : '.'}`);
}

/**
 * The error that n8n shows. Built from plain data: wrapping the helper's error again would keep
 * its text and drop ours, and would carry its request options, headers included, along.
 */
export function toNodeApiError(node: INode, failure: Failure, itemIndex?: number): NodeApiError {
	const { message, description, details } = describeFailure(failure);
	const error = new NodeApiError(
		node,
		{ message },
		{ message, description, httpCode: failure.status === undefined ? undefined : String(failure.status), itemIndex },
	);
	// The constructor replaces texts in which it recognises a common error; ours says more.
	error.message = message;
	error.context.details = details;
	return error;
}

function isoTime(epochMs: number | undefined): string {
	return new Date(epochMs ?? 0).toISOString();
}

function withoutUndefined(data: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
