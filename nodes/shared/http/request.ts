import type { IDataObject } from 'n8n-workflow';

import type { Upload } from './upload';

export type HttpMethod = 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';

export type QueryValue = boolean | number | string | undefined | readonly string[];

/** One call of a vendor's API, before authentication. Pure data: an operation makes it, the client sends it. */
export interface ApiRequest {
	readonly method: HttpMethod;
	/** Path below the connection's base URL, its variable parts already encoded (see {@link path}). */
	readonly path: string;
	/** Query parameters; `undefined` and empty strings are left out, lists repeat the name. */
	readonly query?: Readonly<Record<string, QueryValue>>;
	/** JSON body, serialised exactly once. */
	readonly body?: IDataObject | readonly unknown[];
	/** A form with a file, in place of a JSON body. */
	readonly upload?: Upload;
	/** What the answer is to be taken for; JSON unless given. */
	readonly answer?: 'bytes' | 'json';
	/** The form that the answer's JSON must have to be one; any unless given. */
	readonly expects?: Expectation;
	/**
	 * The server recognises a repetition by itself, so an unknown outcome may be tried again. `unlessLate`:
	 * doing it twice does no harm if the first one has ended, which it may not have after a time-out.
	 */
	readonly repeatable?: boolean | 'unlessLate';
	/** Which of the service's quotas this request draws on; the service decides when absent. */
	readonly quotaClass?: string;
}

/**
 * The form of an answer. JSON of another form is as unusable as HTML: it must pass neither for "there
 * are none" nor for a write that is known to be done.
 */
export interface Expectation {
	/** As the end of "it answered with something else than …". */
	readonly what: string;
	fits(body: unknown): boolean;
}

/** A parsed answer with a status of 2xx. */
export interface ApiAnswer {
	readonly status: number;
	/** Header names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	/** The parsed JSON, or undefined when the server sent no body. A Buffer where bytes were asked for. */
	readonly body: unknown;
	/** Of a JSON body. */
	readonly size?: AnswerSize;
}

/** What an answer takes in memory: its text, and the values that it was parsed into. */
export interface AnswerSize {
	readonly bytes: number;
	readonly values: number;
}

/**
 * Builds a path from a template literal and percent-encodes every value, so that an ID
 * such as `../users` or `a/b?c` stays one path segment.
 */
export function path(parts: TemplateStringsArray, ...values: Array<number | string>): string {
	return parts.reduce((built, part, index) => {
		const value = values[index - 1];
		return `${built}${encodeSegment(String(value))}${part}`;
	});
}

// encodeURIComponent leaves dots alone, and a segment of dots alone would climb the path, "%2E" for
// "." as well. Encoded twice it is what it must be: a record that is not found.
function encodeSegment(value: string): string {
	return /^\.{1,2}$/.test(value) ? value.replaceAll('.', '%252E') : encode(value);
}

/** Half a character, as a text that was cut has at its end, cannot be encoded. */
function encode(value: string): string {
	return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

/** Serialises a query: `undefined` and empty strings are left out, lists repeat the name. */
export function queryString(query: ApiRequest['query']): string {
	const pairs: string[] = [];
	for (const [name, value] of Object.entries(query ?? {})) {
		for (const single of Array.isArray(value) ? value : [value]) {
			if (single === undefined || single === '') continue;
			pairs.push(`${encode(name)}=${encode(String(single))}`);
		}
	}
	return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
