import { accountDigest, originOf } from '../../../nodes/shared/http/connection';

it.each([
	['https://api.example.com', '/v1', 'https://api.example.com'],
	[' https://api.example.com/ ', '/v1', 'https://api.example.com'],
	['https://api.example.com//', '/v1', 'https://api.example.com'],
	['https://api.example.com/v1', '/v1', 'https://api.example.com'],
	['https://api.example.com/v1/', '/v1', 'https://api.example.com'],
	['https://api.example.com/v2', '/v1', 'https://api.example.com/v2'],
	['https://app.example.com/api/v1', '/api/v1', 'https://app.example.com'],
	['https://app.example.com/api', '/api/v1', 'https://app.example.com'],
	['https://app.example.com/proxy/api/v1', '/api/v1', 'https://app.example.com/proxy'],
	['https://app.example.com/proxy', '', 'https://app.example.com/proxy'],
])('%j with the path %j is %s', (typed, path, origin) => {
	expect(originOf(typed, path)).toBe(origin);
});

it('an account is told by a digest that is always the same and shows nothing of it', () => {
	// printf 'client-id' | sha256sum
	expect(accountDigest('client-id')).toBe('2d8aa0e8d580a04e05950569128da23d');
	expect(accountDigest('client-ie')).not.toBe(accountDigest('client-id'));
});
