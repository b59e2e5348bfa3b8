import crypto from 'node:crypto';

import { SCHEME_NAMES, type CustomScheme, type SchemeName } from '../../../nodes/shared/webhook/schemes';
import { REFUSAL_TEXT, verifyDelivery, type Delivery } from '../../../nodes/shared/webhook/verify';
import {
	signatureEncodings,
	signatureSchemes,
	signDelivery as signAsSandbox,
} from '../../../sandbox/webhooks/sign';
import {
	AUTO_DRESS_NAMES,
	BODY,
	DRESSES,
	DRESS_NAMES,
	NOW_MS,
	OTHER_SECRET,
	SECRET,
	TIMESTAMP,
	genuine,
	signatureOf,
} from './referenceSigner';

const refusal = (delivery: Delivery) => {
	const verdict = verifyDelivery(delivery);
	return verdict.ok ? `accepted as ${verdict.scheme}` : verdict.reason;
};

const hmacHex = (key: string, text: string) => crypto.createHmac('sha256', key).update(text).digest('hex');

describe('vectors', () => {
	const OUTBOUND_BODY =
		'{"id":"osevt_test","type":"test.ping","created":"2026-09-21T14:13:20.000Z","summary":"Test","data":{}}';
	const vectors: Array<[name: string, delivery: Partial<Delivery>, scheme: SchemeName]> = [
		[
			'Standard Webhooks, published',
			{
				rawBody: Buffer.from('{"test": 2432232314}'),
				headers: {
					'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
					'webhook-timestamp': '1614265330',
					'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
				},
				secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
				nowMs: 1_614_265_330_000,
			},
			'standardWebhooks',
		],
		[
			'Standard Webhooks, the key without its prefix',
			{
				rawBody: Buffer.from('{"test": 2432232314}'),
				headers: {
					'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
					'webhook-timestamp': '1614265330',
					'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
				},
				secrets: ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
				nowMs: 1_614_265_330_000,
			},
			'standardWebhooks',
		],
		[
			'timestamped, computed',
			{
				rawBody: Buffer.from(OUTBOUND_BODY),
				headers: {
					'outboundsync-signature':
						't=1790000000,v1=05e037485bc466b91db8dee67337d9b2bfd51a14d09274012c6a0d4c2266d082',
				},
				secrets: ['oswhsec_test_secret'],
			},
			'timestamped',
		],
		[
			'body only, computed',
			{
				rawBody: Buffer.from('{"id":"evt_1","type":"lead.created"}'),
				headers: {
					'x-salesos-signature': 'ad90a1be870126a6fdbc877964d587d0751fcc102a65b3def443e20cd69a9f1b',
				},
				secrets: ['whsec_test_secret'],
			},
			'bareBody',
		],
		[
			'body only, computed, with a prefix',
			{
				rawBody: Buffer.from('{"id":"evt_1","type":"lead.created"}'),
				headers: {
					'x-salesos-signature':
						'sha256=ad90a1be870126a6fdbc877964d587d0751fcc102a65b3def443e20cd69a9f1b',
				},
				secrets: ['whsec_test_secret'],
			},
			'prefixedBody',
		],
	];

	it.each(vectors)('%s', (_, vector, scheme) => {
		const base = { ...genuine(DRESSES.timestamped), ...vector };
		expect(verifyDelivery({ ...base, scheme })).toMatchObject({ ok: true, scheme, secretIndex: 0 });
		expect(verifyDelivery({ ...base, scheme: 'auto' })).toMatchObject({
			ok: true,
			scheme,
			secretIndex: 0,
		});
	});

	it('GitHub, published: the MAC matches, and the body is no JSON', () => {
		const delivery: Delivery = {
			...genuine(DRESSES.prefixedBody),
			rawBody: Buffer.from('Hello, World!'),
			headers: {
				'x-hub-signature-256':
					'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
			},
			secrets: ["It's a Secret to Everybody"],
		};
		expect(refusal(delivery)).toBe('bodyNotJsonObject');
		expect(refusal({ ...delivery, rawBody: Buffer.from('Hello, world!') })).toBe('signatureMismatch');
	});
});

describe('genuine deliveries', () => {
	const cases = DRESS_NAMES.flatMap((name) =>
		[name === 'custom' ? [] : ['auto' as const], [DRESSES[name].scheme]]
			.flat()
			.map((scheme) => [name, scheme] as const),
	);

	it.each(cases)('%s is accepted as %s, with either secret', (name, scheme) => {
		const delivery = { ...genuine(DRESSES[name]), scheme };
		const accepted = {
			ok: true,
			scheme: DRESSES[name].scheme,
			...(DRESSES[name].timed && { timestampMs: NOW_MS }),
			payload: JSON.parse(BODY.toString()),
		};
		expect(verifyDelivery({ ...delivery, secrets: [SECRET, OTHER_SECRET] })).toEqual({
			...accepted,
			secretIndex: 0,
		});
		expect(verifyDelivery({ ...delivery, secrets: [OTHER_SECRET, SECRET] })).toEqual({
			...accepted,
			secretIndex: 1,
		});
	});

	it('are found in any header whose name ends like a signature header, in any case', () => {
		const signature = hmacHex(SECRET, BODY.toString());
		for (const name of [
			'Signature',
			'X-SalesOS-Signature',
			'x-payload-signature-256',
			'WEBHOOK-SIGNATURE',
		]) {
			expect(
				verifyDelivery({
					...genuine(DRESSES.bareBodyHex),
					scheme: 'auto',
					headers: { [name]: signature },
				}).ok,
			).toBe(true);
		}
		for (const name of ['x-signed', 'x-signature-version', 'authorization']) {
			const headers = { [name]: signature };
			expect(refusal({ ...genuine(DRESSES.bareBodyHex), scheme: 'auto', headers })).toBe(
				'missingSignature',
			);
		}
	});

	it('of Standard Webhooks may use the secret as text, since the caller may have chosen it', () => {
		for (const secret of [
			'plain text secret',
			SECRET,
			'whsec_',
			'whsec_short',
			'0123456789abcdef'.repeat(4),
		]) {
			const signed = { ...DRESSES.standardWebhooks, key: (text: string) => Buffer.from(text) };
			expect(verifyDelivery(genuine(signed, { secret })).ok).toBe(true);
		}
	});

	it.each(signatureSchemes.filter((scheme) => scheme !== 'none'))(
		'of the sandbox, signed as %s',
		(scheme) => {
			for (const secret of ['whsec_', 'oswhsec_', ''].map((prefix) =>
				SECRET.replace('whsec_', prefix),
			)) {
				for (const encoding of signatureEncodings) {
					const headers = signAsSandbox(scheme, {
						secret,
						rawBody: BODY.toString(),
						eventId: 'osevt_1',
						timestampSeconds: NOW_MS / 1000,
						headerPrefix: 'X-SalesOS',
						encoding,
					});
					const delivery = { ...genuine(DRESSES.timestamped), headers, secrets: [secret] };
					expect(refusal({ ...delivery, scheme })).toBe(`accepted as ${scheme}`);
					expect(refusal({ ...delivery, scheme: 'auto' })).toBe(`accepted as ${scheme}`);
				}
			}
		},
	);

	it('name the scheme and not the header that carried it', () => {
		const both = { ...genuine(DRESSES.timestamped).headers, 'x-other-signature': 'nonsense' };
		expect(
			verifyDelivery({ ...genuine(DRESSES.timestamped), headers: both, scheme: 'auto' }),
		).toMatchObject({
			ok: true,
			scheme: 'timestamped',
		});
	});
});

describe('rule 1: only the raw bytes count', () => {
	it.each(DRESS_NAMES)('%s: re-serialised JSON of the same meaning is refused', (name) => {
		const delivery = genuine(DRESSES[name], { body: Buffer.from('{"id": "evt_1", "n": 1.0}') });
		const reserialised = Buffer.from(JSON.stringify(JSON.parse(String(delivery.rawBody))));
		expect(verifyDelivery(delivery).ok).toBe(true);
		expect(refusal({ ...delivery, rawBody: reserialised })).toBe('signatureMismatch');
	});

	it.each(['auto', 'bareBody', 'none'] as const)('%s: no raw body, no acceptance', (scheme) => {
		expect(refusal({ ...genuine(DRESSES.bareBodyHex), scheme, rawBody: undefined })).toBe('noRawBody');
		const parsed = JSON.parse(BODY.toString()) as Buffer;
		expect(refusal({ ...genuine(DRESSES.bareBodyHex), scheme, rawBody: parsed })).toBe('noRawBody');
	});
});

describe('rule 2: every candidate, every v1, two secrets, constant time', () => {
	const wrong = 'a'.repeat(64);

	it('accepts whichever v1 is right', () => {
		const parts = { body: BODY, timestamp: TIMESTAMP, id: '' };
		const right = signatureOf(DRESSES.timestamped, parts, Buffer.from(SECRET));
		for (const elements of [
			[right, wrong],
			[wrong, right],
			[wrong, wrong, right, wrong],
		]) {
			const headers = {
				'acme-signature': [`t=${TIMESTAMP}`, ...elements.map((mac) => `v1=${mac}`)].join(','),
			};
			expect(verifyDelivery({ ...genuine(DRESSES.timestamped), headers }).ok).toBe(true);
		}
	});

	it('accepts whichever space-separated Standard Webhooks signature is right', () => {
		const { headers, ...delivery } = genuine(DRESSES.standardWebhooks);
		const right = String(headers['webhook-signature']);
		const other = `v1,${Buffer.alloc(32).toString('base64')}`;
		for (const value of [`${other} ${right}`, `${right} ${other}`, `v1a,xyz ${other} ${right}`]) {
			expect(
				verifyDelivery({ ...delivery, headers: { ...headers, 'webhook-signature': value } }).ok,
			).toBe(true);
		}
	});

	it('accepts whichever header, repeated header or list of values is right', () => {
		const { headers, ...delivery } = genuine(DRESSES.prefixedBody);
		const right = String(headers['x-hub-signature-256']);
		for (const several of [
			{ 'a-signature': `sha256=${wrong}`, 'b-signature': right },
			{ 'a-signature': right, 'b-signature': `sha256=${wrong}` },
			{ 'x-hub-signature-256': `sha256=${wrong}, ${right}` },
			{ 'x-hub-signature-256': [`sha256=${wrong}`, right] },
		]) {
			expect(verifyDelivery({ ...delivery, headers: several }).ok).toBe(true);
			expect(verifyDelivery({ ...delivery, headers: several, scheme: 'auto' }).ok).toBe(true);
		}
	});

	it('compares MACs with timingSafeEqual, all of them, and never at unequal lengths', () => {
		const compare = jest.spyOn(crypto, 'timingSafeEqual');
		try {
			const headers = {
				'x-signature': [...'abcdef'].map((digit) => `sha256=${digit.repeat(64)}`).join(','),
			};
			expect(
				refusal({ ...genuine(DRESSES.prefixedBody), headers, secrets: [SECRET, OTHER_SECRET] }),
			).toBe('signatureMismatch');
			expect(compare).toHaveBeenCalledTimes(6 * 2);
			expect(
				refusal({ ...genuine(DRESSES.prefixedBody), headers: { 'x-signature': 'sha256=abcd' } }),
			).toBe('malformedSignature');
			expect(compare).toHaveBeenCalledTimes(6 * 2);
		} finally {
			compare.mockRestore();
		}
	});
});

describe('rule 3: timestamps', () => {
	const timed = DRESS_NAMES.filter((name) => DRESSES[name].timed);

	it.each(timed)('%s: within the tolerance on either side, and no further', (name) => {
		const at = (ageMs: number, toleranceSeconds = 300) =>
			refusal({ ...genuine(DRESSES[name]), nowMs: NOW_MS + ageMs, toleranceSeconds });
		expect(at(300_000)).toMatch('accepted');
		expect(at(300_001)).toBe('timestampTooOld');
		expect(at(-300_000)).toMatch('accepted');
		expect(at(-300_001)).toBe('timestampInFuture');
		expect(at(60_000, 60)).toMatch('accepted');
		expect(at(60_001, 60)).toBe('timestampTooOld');
		expect(at(1, 0)).toBe('timestampTooOld');
	});

	it.each(timed)('%s: milliseconds are read as such', (name) => {
		const delivery = genuine(DRESSES[name], { timestamp: '1790000000123' });
		expect(verifyDelivery(delivery)).toMatchObject({ ok: true, timestampMs: 1_790_000_000_123 });
		expect(refusal({ ...delivery, nowMs: NOW_MS + 301_000 })).toBe('timestampTooOld');
	});

	it.each(timed)('%s: anything but a plain integer is refused, even when it is signed', (name) => {
		const spellings = [
			'1790000000junk',
			'1790000000.0',
			'+1790000000',
			'-1790000000',
			'01790000000',
			'1.79e9',
		];
		spellings.push(
			'0x6AB13B80',
			'１７９０００００００',
			'179 0000000',
			'17900000000000000',
			'NaN',
			'Infinity',
			'0',
			'now',
		);
		for (const timestamp of spellings) {
			expect(refusal(genuine(DRESSES[name], { timestamp }))).toBe('malformedTimestamp');
		}
	});

	it.each(timed)('%s: no timestamp, no acceptance', (name) => {
		expect(['missingTimestamp', 'malformedTimestamp']).toContain(
			refusal(genuine(DRESSES[name], { timestamp: '' })),
		);
	});

	it('is not believed where a header carries two of them', () => {
		const { headers, ...delivery } = genuine(DRESSES.timestamped);
		const value = `${String(headers['acme-signature'])},t=${TIMESTAMP}`;
		expect(refusal({ ...delivery, headers: { 'acme-signature': value } })).toBe('malformedTimestamp');
	});

	it.each([NaN, Infinity, -1])('a tolerance of %s refuses', (toleranceSeconds) => {
		expect(refusal({ ...genuine(DRESSES.timestamped), toleranceSeconds })).toBe('invalidSettings');
	});

	it('an unknown clock refuses', () => {
		expect(refusal({ ...genuine(DRESSES.timestamped), nowMs: NaN })).toBe('timestampTooOld');
	});
});

describe('rule 4: a JSON object, once the MAC has matched', () => {
	it.each([
		'[]',
		'[{"id":1}]',
		'null',
		'"text"',
		'1',
		'true',
		'',
		' ',
		'{',
		'{"a":1}{"b":2}',
		'\uFEFF{"a":1}',
	])('%j is refused, signed or not', (text) => {
		const signed = genuine(DRESSES.bareBodyHex, { body: Buffer.from(text) });
		expect(refusal(signed)).toBe('bodyNotJsonObject');
		expect(refusal({ ...signed, secrets: [OTHER_SECRET] })).toBe('signatureMismatch');
	});

	it.each(AUTO_DRESS_NAMES.filter((name) => DRESSES[name].timed))(
		'%s: its MAC does not pass as one over a bare body of the signed bytes',
		(name) => {
			const dress = DRESSES[name];
			const parts = { body: BODY, timestamp: TIMESTAMP, id: 'msg_1' };
			const mac = Buffer.from(signatureOf(dress, parts, dress.key(SECRET)), dress.encoding);
			const secret = dress.key(SECRET).toString('latin1') === SECRET ? SECRET : undefined;
			const replayed: Delivery = {
				...genuine(DRESSES.bareBodyHex),
				rawBody: dress.content(parts),
				headers: { 'x-acme-signature': mac.toString('hex') },
				scheme: 'auto',
			};
			// Standard Webhooks has a key of its own, so there the MAC does not even match.
			expect(refusal(replayed)).toBe(secret ? 'bodyNotJsonObject' : 'signatureMismatch');
		},
	);
});

describe('rule 5: no secret, no acceptance; off is explicit', () => {
	it.each([[[]], [['']], [[' \t\n']], [['', '  ']]])('secrets %j', (secrets) => {
		for (const key of ['', ' \t\n', '  ', 'undefined']) {
			const headers = { 'x-acme-signature': hmacHex(key, BODY.toString()) };
			expect(refusal({ ...genuine(DRESSES.bareBodyHex), headers, secrets, scheme: 'auto' })).toBe(
				'noSecret',
			);
		}
	});

	it('a blank secret beside a real one admits nobody, and the index stays that of the real one', () => {
		const forged = { 'x-acme-signature': hmacHex('', BODY.toString()) };
		expect(refusal({ ...genuine(DRESSES.bareBodyHex), headers: forged, secrets: ['', SECRET] })).toBe(
			'signatureMismatch',
		);
		expect(verifyDelivery({ ...genuine(DRESSES.bareBodyHex), secrets: ['', SECRET] })).toMatchObject({
			secretIndex: 1,
		});
	});

	it.each(['whsec_', 'whsec_YQ==', 'YWJj'])('what %s decodes to is too short to be a key', (secret) => {
		const forged = genuine(DRESSES.standardWebhooks, { secret });
		expect(refusal(forged)).toBe('signatureMismatch');
		expect(refusal({ ...forged, scheme: 'auto' })).toBe('signatureMismatch');
	});

	it('none accepts unsigned objects, and says that no secret was used', () => {
		const unsigned = { ...genuine(DRESSES.bareBodyHex), headers: {}, secrets: [] };
		expect(verifyDelivery({ ...unsigned, scheme: 'none' })).toEqual({
			ok: true,
			scheme: 'none',
			payload: JSON.parse(BODY.toString()),
		});
		expect(refusal({ ...unsigned, scheme: 'none', rawBody: Buffer.from('[]') })).toBe(
			'bodyNotJsonObject',
		);
		for (const scheme of SCHEME_NAMES.filter((name) => name !== 'none')) {
			expect(refusal({ ...unsigned, scheme })).toBe('noSecret');
		}
	});
});

describe('rule 6: the reason', () => {
	const cases: Array<[keyof typeof REFUSAL_TEXT, Partial<Delivery>]> = [
		['missingSignature', { headers: {} }],
		['missingSignature', { headers: { 'x-signature': '' } }],
		['malformedSignature', { headers: { 'x-signature': 'sha1=abcd' } }],
		['oversizedHeader', { headers: { 'x-signature': 'a'.repeat(5000) } }],
		[
			'tooManySignatures',
			{ headers: { 'x-signature': `t=1790000000${`,v1=${'a'.repeat(64)}`.repeat(17)}` } },
		],
		['missingTimestamp', { headers: { 'x-signature': `v1=${'a'.repeat(64)}` } }],
		['malformedTimestamp', { headers: { 'x-signature': `t=soon,v1=${'a'.repeat(64)}` } }],
		['signatureMismatch', { headers: { 'x-signature': `t=1790000000,v1=${'a'.repeat(64)}` } }],
		['timestampTooOld', { nowMs: NOW_MS * 2 }],
		['timestampInFuture', { nowMs: 0 }],
	];

	it.each(cases)('%s', (reason, change) => {
		const delivery = { ...genuine(DRESSES.timestamped), ...change };
		expect(refusal(delivery)).toBe(reason);
		expect(refusal({ ...delivery, scheme: 'auto' })).toBe(reason);
		expect(REFUSAL_TEXT[reason]).toMatch(/\w/);
	});

	it('tells a missing message id from a malformed one', () => {
		const { headers, ...delivery } = genuine(DRESSES.standardWebhooks);
		expect(refusal({ ...delivery, headers: { ...headers, 'webhook-id': undefined } })).toBe('missingId');
		for (const id of ['a.b', '{"a"', 'ä', 'x'.repeat(257), 'a b']) {
			expect(refusal(genuine(DRESSES.standardWebhooks, { id }))).toBe('malformedId');
		}
	});

	it('has a text of its own for each, and never a secret', () => {
		expect(new Set(Object.values(REFUSAL_TEXT)).size).toBe(Object.keys(REFUSAL_TEXT).length);
		expect(
			JSON.stringify(verifyDelivery({ ...genuine(DRESSES.timestamped), secrets: [OTHER_SECRET] })),
		).toBe('{"ok":false,"reason":"signatureMismatch"}');
	});
});

describe('rule 7: the scheme is settable', () => {
	// What is signed the same way is the same scheme to whoever reads only the other's headers: none of these pairs is.
	const pairs = DRESS_NAMES.flatMap((name) =>
		SCHEME_NAMES.filter((scheme) => !['auto', 'none', DRESSES[name].scheme].includes(scheme)).map(
			(scheme) => [name, scheme] as const,
		),
	);

	it.each(pairs)('a genuine %s delivery is refused where %s is set', (name, scheme) => {
		expect(verifyDelivery({ ...genuine(DRESSES[name]), scheme, custom: DRESSES.custom.custom }).ok).toBe(
			false,
		);
	});

	const customs: Array<[CustomScheme, (text: string) => Record<string, string>]> = [
		[
			{ signatureHeader: 'X-Mac', encoding: 'base64', content: '{body}' },
			(text) => ({ 'x-mac': crypto.createHmac('sha256', SECRET).update(text).digest('base64') }),
		],
		[
			{ signatureHeader: 'X-Mac', label: 'h=', encoding: 'hex', content: '{timestamp}{body}' },
			(text) => ({ 'x-mac': `t=${TIMESTAMP},h=${hmacHex(SECRET, TIMESTAMP + text)}` }),
		],
		[
			{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{body}|{id}', idHeader: 'X-Event-Id' },
			(text) => ({ 'x-mac': hmacHex(SECRET, `${text}|evt-1`), 'x-event-id': 'evt-1' }),
		],
		[
			{
				signatureHeader: 'svix-signature',
				label: 'v1,',
				encoding: 'base64',
				content: '{id}.{timestamp}.{body}',
				timestampHeader: 'svix-timestamp',
				idHeader: 'svix-id',
			},
			(text) => ({
				'svix-id': 'msg_1',
				'svix-timestamp': TIMESTAMP,
				'svix-signature': `v1,${crypto
					.createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'))
					.update(`msg_1.${TIMESTAMP}.${text}`)
					.digest('base64')}`,
			}),
		],
	];

	it.each(customs)('custom %j', (custom, headersFor) => {
		const delivery: Delivery = {
			...genuine(DRESSES.bareBodyHex),
			headers: headersFor(BODY.toString()),
			scheme: 'custom',
			custom,
		};
		expect(refusal(delivery)).toBe('accepted as custom');
		expect(refusal({ ...delivery, rawBody: Buffer.from(`${BODY.toString()} `) })).toBe(
			'signatureMismatch',
		);
	});

	const unsound: CustomScheme[] = [
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{timestamp}' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{body}{body}' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{url}{body}' },
		{ signatureHeader: '', encoding: 'hex', content: '{body}' },
		{ signatureHeader: 'X Mac:', encoding: 'hex', content: '{body}' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{id}.{body}' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{body}', timestampHeader: 'X-Time' },
		{ signatureHeader: 'X-Mac', encoding: 'hex', content: '{timestamp}{timestamp}{body}' },
	];

	it.each([...unsound, undefined])(
		'a custom scheme that does not bind the delivery is refused: %j',
		(custom) => {
			const headers = { 'x-mac': hmacHex(SECRET, BODY.toString()) };
			expect(refusal({ ...genuine(DRESSES.bareBodyHex), headers, scheme: 'custom', custom })).toBe(
				'invalidSettings',
			);
		},
	);

	it('a scheme nobody knows is refused', () => {
		for (const name of ['', 'AUTO', 'constructor', '__proto__', 'toString']) {
			const scheme = name as SchemeName;
			expect(refusal({ ...genuine(DRESSES.bareBodyHex), scheme })).toBe('invalidSettings');
		}
	});
});
