import { outcomeOfTransportError, type Outcome, type TransportError } from '../../../nodes/shared/http/outcome';

const error = (code: string | undefined, facts: Partial<TransportError> = {}): TransportError => ({ code, message: '', ...facts });

/** What a code means for the request: whether it may have arrived, and whether another try can help. */
const KINDS: ReadonlyArray<readonly [Outcome['kind'], readonly TransportError[]]> = [
	[
		'notSent',
		[
			error('ECONNREFUSED', { syscall: 'connect' }),
			error('ECONNREFUSED'),
			error('ENOTFOUND', { syscall: 'getaddrinfo' }),
			error('EAI_AGAIN', { syscall: 'getaddrinfo' }),
			error('EHOSTUNREACH', { syscall: 'connect' }),
			error('ENETUNREACH', { syscall: 'connect' }),
			error('EADDRNOTAVAIL', { syscall: 'connect' }),
			error('ETIMEDOUT', { syscall: 'connect' }),
			error('ECONNRESET', { syscall: 'connect' }),
			error('EWHATEVER', { syscall: 'connect' }),
			error('EWHATEVER', { syscall: 'getaddrinfo' }),
			error('ECONNRESET', { message: 'Client network socket disconnected before secure TLS connection was established' }),
		],
	],
	[
		'blocked',
		[
			error('CERT_HAS_EXPIRED'),
			error('CERT_NOT_YET_VALID'),
			error('DEPTH_ZERO_SELF_SIGNED_CERT'),
			error('SELF_SIGNED_CERT_IN_CHAIN'),
			error('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
			error('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'),
			error('ERR_TLS_CERT_ALTNAME_INVALID'),
			error('ERR_SSL_WRONG_VERSION_NUMBER'),
			error('EPROTO', { syscall: 'write' }),
			error('ERR_INVALID_URL'),
			error('ERR_SSRF_BLOCKED_IP'),
			error(undefined, { message: 'The request was blocked by SSRF protection' }),
		],
	],
	[
		'lost',
		[
			error('ECONNRESET', { syscall: 'read' }),
			error('ECONNRESET', { message: 'socket hang up' }),
			error('EPIPE', { syscall: 'write' }),
			error('ECONNABORTED', { message: 'timeout of 1000ms exceeded' }),
			error('ETIMEDOUT', { syscall: 'read' }),
			error('ETIMEDOUT'),
			error('HPE_HEADER_OVERFLOW'),
			error('HPE_INVALID_CONSTANT'),
			error('ERR_STREAM_PREMATURE_CLOSE'),
			error('ERR_CANCELED'),
			error(undefined, { message: 'Something that nobody has seen before' }),
		],
	],
];

it.each(KINDS.flatMap(([kind, errors]) => errors.map((error) => [error.code ?? error.message, kind, error] as const)))(
	'%s is %s',
	(_name, kind, transportError) => {
		expect(outcomeOfTransportError(transportError).kind).toBe(kind);
	},
);

it('in doubt the request may have arrived', () => {
	expect(outcomeOfTransportError({ message: '' })).toEqual({
		kind: 'lost',
		timedOut: false,
		problem: 'the connection broke off before the answer',
	});
});

it.each([
	['ECONNABORTED', true],
	['ETIMEDOUT', true],
	['ESOCKETTIMEDOUT', true],
	['ECONNRESET', false],
])('%s is a timeout: %s', (code, timedOut) => {
	expect(outcomeOfTransportError(error(code))).toMatchObject({ kind: 'lost', timedOut });
});

it('every problem is said in words, with the code where only an expert can help', () => {
	const problems = KINDS.flatMap(([, errors]) => errors.map((error) => outcomeOfTransportError(error)));
	for (const outcome of problems) expect('problem' in outcome && outcome.problem).toMatch(/^[a-z].* .*[^.]$/);
	expect(outcomeOfTransportError(error('CERT_HAS_EXPIRED'))).toMatchObject({
		problem: 'its TLS certificate or protocol is not accepted (CERT_HAS_EXPIRED)',
	});
});
