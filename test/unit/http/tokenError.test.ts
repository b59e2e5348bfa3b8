import { tokenOutcome } from '../../../nodes/shared/http/tokenError';

/** Which of n8n's errors are about the token, in the forms of both lines; the engine's tests make them for real. */

const URL_OF_REQUEST = 'https://api.example.com/v1/leads?page=2';
const REFUSED = (reason: string) => ({ kind: 'blocked', code: 'NO_TOKEN', problem: `no access token could be obtained, because ${reason}` });
const FAILED = (reason: string) => ({ ...REFUSED(reason), kind: 'notSent' });

const wrapped = (cause: unknown, message = 'Bad request') => Object.assign(new Error(message), { cause });
const ofAuthServer = (more: object) => ({ config: { url: 'https://auth.example.com/oauth/token' }, ...more });
const ofRequest = (more: object) => ({ config: { url: URL_OF_REQUEST }, ...more });

describe('an error about the token', () => {
	it.each<[string, unknown, object]>([
		['an error code', wrapped({ code: 'EAUTH', message: 'm', body: { error: 'invalid_client' } }), { ...REFUSED('the authorization server answered invalid_client'), sends: 1 }],
		['an error code that nobody knows', wrapped({ code: 'EAUTH', message: 'secret', body: { error: 'secret' } }), REFUSED('the authorization server refused the client')],
		['a temporary error code', wrapped({ code: 'EAUTH', body: { error: 'temporarily_unavailable' } }), FAILED('the authorization server answered temporarily_unavailable')],
		['a status', wrapped({ code: 'ESTATUS', status: 404 }), REFUSED('the authorization server answered with status 404')],
		['the status 429', wrapped({ code: 'ESTATUS', status: 429 }), FAILED('the authorization server answered with status 429')],
		['a status of the API’s own server', wrapped({ config: { url: 'https://api.example.com/oauth/token' }, response: { status: 500 } }), FAILED('the authorization server answered with status 500')],
		['a status of another server under the path of the request', wrapped({ config: { url: 'https://auth.example.com/v1/leads' }, response: { status: 500 } }), FAILED('the authorization server answered with status 500')],
		['a status under a base URL', wrapped({ config: { baseURL: 'https://auth.example.com', url: '/oauth/token' }, response: { status: 500 } }), FAILED('the authorization server answered with status 500')],
		['a status beside a base URL that is empty', wrapped({ config: { baseURL: '', url: 'https://auth.example.com/oauth/token' }, response: { status: 500 } }), FAILED('the authorization server answered with status 500')],
		['the status 500', wrapped(ofAuthServer({ response: { status: 500 } })), FAILED('the authorization server answered with status 500')],
		['a refused connection', wrapped(ofAuthServer({ code: 'ECONNREFUSED' })), FAILED('the authorization server could not be reached (the server refuses connections)')],
		['a connection that was not made in time', wrapped(ofAuthServer({ code: 'ETIMEDOUT', syscall: 'connect' })), FAILED('the authorization server could not be reached (the connection could not be opened)')],
		['an answer that did not come in time', wrapped(ofAuthServer({ code: 'ETIMEDOUT', cause: {} })), FAILED('the authorization server could not be reached (the server did not answer in time)')],
		['a handshake that was cut off', wrapped(ofAuthServer({ message: 'Client network socket disconnected before secure TLS connection was established' })), FAILED('the authorization server could not be reached (the connection could not be opened)')],
		['a name that only the library knows', wrapped(ofAuthServer({ message: 'm', cause: { code: 'ENOTFOUND', syscall: 'getaddrinfo' } })), FAILED('the authorization server could not be reached (there is no server of that name)')],
		[
			'a certificate that is not trusted',
			wrapped(ofAuthServer({ code: 'CERT_HAS_EXPIRED' })),
			REFUSED('the authorization server could not be reached (its TLS certificate or protocol is not accepted (CERT_HAS_EXPIRED))'),
		],
		['the first fetch of all', wrapped(wrapped({ code: 'EAUTH', body: { error: 'access_denied' } }, 'Failed to acquire OAuth2 access token: x')), { ...REFUSED('the authorization server answered access_denied'), sends: 0 }],
		['the first fetch, with no more to it', wrapped(new Error('Failed to acquire OAuth2 access token: x')), { kind: 'blocked', code: 'NO_TOKEN', problem: 'no access token could be obtained', sends: 0 }],
		['no connected account', wrapped(new Error('OAuth credentials not connected')), { ...REFUSED('the credential has not been connected to an account yet'), code: 'NOT_CONNECTED', sends: 0 }],
		['a token that is empty', wrapped(new Error('Unable to sign without access token')), { kind: 'blocked', code: 'NOT_CONNECTED', sends: 0 }],
		['an account whose access has ended', new Error('The credential "SalesOS" needs to be reconnected.'), { ...REFUSED('the access that the credential was given has ended'), code: 'RECONNECT', sends: 1 }],
	])('of n8n 2.x tells of %s', (_what, error, outcome) => {
		expect(tokenOutcome(error, URL_OF_REQUEST)).toMatchObject(outcome);
	});

	it.each<[string, unknown, object]>([
		['the sentence for a code', { message: 'Forbidden', messages: ['Client authentication failed (e.g., unknown client …)'], context: {} }, REFUSED('the authorization server answered invalid_client')],
		['the sentence for a temporary code', { messages: ['The authorization server encountered an unexpected condition'], context: {} }, FAILED('the authorization server answered server_error')],
		['a status without a body', { httpCode: '503', messages: ['Request failed with status code 503'], context: {} }, FAILED('the authorization server answered with status 503')],
		['a status with a text', { httpCode: '502', context: { data: '<html>' } }, FAILED('the authorization server answered with status 502')],
		['a status in a text', { message: 'HTTP status 404' }, REFUSED('the authorization server answered with status 404')],
	])('of n8n 1.x tells by %s', (_what, error, outcome) => {
		expect(tokenOutcome(error, URL_OF_REQUEST)).toMatchObject(outcome);
	});
});

it.each<[string, unknown]>([
	['an answer of the API', wrapped(ofRequest({ response: { status: 503 } }))],
	['an answer of the API, whatever it says', wrapped(ofRequest({ response: { status: 400 }, message: 'Client authentication failed' }))],
	['an answer of the API under another query', wrapped({ config: { url: 'https://api.example.com/v1/leads' }, response: { status: 503 } })],
	['an answer of the API under a base URL', wrapped({ config: { baseURL: 'https://api.example.com', url: '/v1/leads' }, response: { status: 503 } })],
	['a connection to the API', wrapped(ofRequest({ code: 'ECONNRESET' }))],
	['a URL that is none', wrapped({ config: { url: 'nowhere' }, code: 'ERR_INVALID_URL' })],
	['an answer of the API on n8n 1.x', { httpCode: '503', messages: ['Request failed with status code 503'], context: { data: { statusCode: 503 } } }],
	['a connection on n8n 1.x', { message: 'connect ECONNREFUSED 127.0.0.1:1', context: {} }],
	['a status that is none', { httpCode: null, context: {} }],
	['a status that is no number', { httpCode: 'ERR_BAD', context: {} }],
	['a status that is empty', { httpCode: '', context: {} }],
	['a text with a status in its midst', { message: 'The HTTP status 404 was seen' }],
	['a text that goes on behind a status', { message: 'HTTP status 404 was seen' }],
	['a text that ends with a status', { message: 'Seen: HTTP status 404' }],
	['any other error', new Error('failed')],
	['no error', 'text'],
	['a circle of causes', (() => {
		const error: { cause?: unknown; message: string } = { message: 'round' };
		error.cause = error;
		return error;
	})()],
])('%s is not about the token', (_what, error) => {
	expect(tokenOutcome(error, URL_OF_REQUEST)).toBeUndefined();
});
