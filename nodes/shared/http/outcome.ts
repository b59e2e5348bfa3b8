import type { ApiAnswer } from './request';

/** What became of one send, as plain data. */
export type Outcome =
	/** 2xx with the body that was expected. */
	| { readonly kind: 'success'; readonly answer: ApiAnswer }
	/** Any other status. `body` is the parsed JSON, the text when it is not JSON, or undefined when it could not be read. */
	| {
			readonly kind: 'refused';
			readonly status: number;
			readonly headers: ApiAnswer['headers'];
			readonly body: unknown;
			/** The Authorization header that was sent, where n8n's error tells. */
			readonly authorization?: string;
	  }
	/** 2xx, but the body is cut off, is no JSON or not of the expected form, or is larger than we read. */
	| {
			readonly kind: 'unreadable';
			readonly status: number;
			readonly headers: ApiAnswer['headers'];
			readonly problem: string;
			/** Another try would bring the same bytes. */
			readonly isTooLarge?: boolean;
	  }
	/** The request was provably not carried out: connection refused, no such host, no token just now. */
	| { readonly kind: 'notSent'; readonly problem: string; readonly code?: string; readonly sends?: number }
	/**
	 * As notSent, and trying again cannot help: TLS, a blocked address, a broken URL, no token. `sends` is
	 * how often it was sent all the same: once where it was answered with 401 and no new token came.
	 */
	| { readonly kind: 'blocked'; readonly problem: string; readonly code?: string; readonly sends?: number }
	/** The connection ended before an answer: the server may or may not have done the work. */
	| { readonly kind: 'lost'; readonly problem: string; readonly timedOut: boolean };

/** The headers of the answer, where there was one. */
export function headersOf(outcome: Outcome): ApiAnswer['headers'] | undefined {
	if (outcome.kind === 'success') return outcome.answer.headers;
	return 'headers' in outcome ? outcome.headers : undefined;
}

export function isStatus(outcome: Outcome, status: number): boolean {
	return outcome.kind === 'refused' && outcome.status === status;
}

/** The signs by which the errors of n8n's HTTP helper are told apart. */
export interface TransportError {
	readonly code?: string;
	readonly syscall?: string;
	readonly message: string;
}

/** Codes of a connection that was never made. */
const NOT_SENT: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'the server refuses connections',
	ENOTFOUND: 'there is no server of that name',
	EAI_AGAIN: 'the name of the server could not be looked up',
	EHOSTUNREACH: 'there is no route to the server',
	ENETUNREACH: 'there is no network route to the server',
	EADDRNOTAVAIL: 'this machine has no free network address left',
};

/** Codes with which Node.js ends a TLS handshake that it does not trust. */
const TLS_PROBLEM =
	/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECRYPT)_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|CRL_)/;

const TIMED_OUT = new Set(['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']);

/** Decides what a failed connection means for the request. Pure. */
export function outcomeOfTransportError(error: TransportError): Outcome {
	const code = error.code ?? '';
	if (code === 'ERR_INVALID_URL') return { kind: 'blocked', problem: 'the base URL is not a URL', code };
	if (/SSRF/i.test(`${code} ${error.message}`)) {
		return { kind: 'blocked', problem: 'n8n is set to refuse requests to this address', code };
	}
	if (TLS_PROBLEM.test(code)) {
		return { kind: 'blocked', problem: `its TLS certificate or protocol is not accepted (${code})`, code };
	}
	// A handshake that was cut off or a connect() that failed carried no request.
	const neverConnected =
		error.syscall === 'connect' || error.syscall === 'getaddrinfo' || /before secure TLS connection/.test(error.message);
	if (code in NOT_SENT || neverConnected) {
		return { kind: 'notSent', problem: NOT_SENT[code] ?? 'the connection could not be opened', code };
	}
	const timedOut = TIMED_OUT.has(code);
	return {
		kind: 'lost',
		timedOut,
		problem: timedOut ? 'the server did not answer in time' : 'the connection broke off before the answer',
	};
}
