/** Hostile deliveries: none is accepted, none throws, none costs much more than a genuine one. */
import crypto from 'node:crypto';

import fc from 'fast-check';

import type { DeliveryHeaders } from '../../../nodes/shared/webhook/candidates';
import { verifyDelivery, type Delivery } from '../../../nodes/shared/webhook/verify';
import {
	BODY,
	DRESSES,
	DRESS_NAMES,
	NOW_MS,
	SECRET,
	TIMESTAMP,
	genuine,
	signatureOf,
	type Dress,
	type Parts,
} from './referenceSigner';

const TOTAL_MUTATIONS = 100_000;
const MUTATIONS_PER_SAMPLE = 10;

/** A genuine delivery, and what its attacker knows and may throw. */
interface Sample {
	dress: Dress;
	parts: Parts;
	secret: string;
	signature: string;
	delivery: Delivery;
}

/** Two random numbers and a random text, for a mutation to make of them what it needs. */
interface Dice {
	a: number;
	b: number;
	text: string;
}

type Mutation = (sample: Sample, dice: Dice) => Partial<Delivery>;

const pick = <T>(choices: readonly T[], number: number): T => choices[number % choices.length];

const withBody = (rawBody: Buffer): Partial<Delivery> => ({ rawBody });

const withHeaders = (headers: unknown): Partial<Delivery> => ({ headers: headers as DeliveryHeaders });

/** The same headers around another signature. */
const withSignature = ({ dress, parts }: Sample, signature: string) =>
	withHeaders(dress.headers(signature, parts));

/** Other parts under the signature made for the genuine ones. */
const withParts = ({ dress, parts, signature }: Sample, changed: Partial<Parts>) =>
	withHeaders(dress.headers(signature, { ...parts, ...changed }));

/** Signed properly, but with a key that is not the secret. */
const withKey = (sample: Sample, key: Buffer) =>
	withSignature(sample, signatureOf(sample.dress, sample.parts, key));

/** For schemes without what a mutation is about. */
const flipBit: Mutation = ({ parts }, { a, b }) => {
	const rawBody = Buffer.from(parts.body);
	rawBody[a % rawBody.length] ^= 1 << (b % 8);
	return withBody(rawBody);
};

const timedOnly =
	(mutation: Mutation): Mutation =>
	(sample, dice) =>
		(sample.dress.timed ? mutation : flipBit)(sample, dice);

const spliced = (body: Buffer, at: number, removed: number, added: Buffer) =>
	Buffer.concat([body.subarray(0, at), added, body.subarray(at + removed)]);

const digest = (sample: Sample, algorithm: string) =>
	crypto.createHmac(algorithm, sample.dress.key(sample.secret)).update(sample.dress.content(sample.parts));

const OTHER_DIGIT: Record<string, (character: string, number: number) => string> = {
	hex: (character, number) => ((parseInt(character, 16) + 1 + (number % 15)) % 16).toString(16),
	base64: (character, number) => {
		const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/='];
		return pick(
			alphabet.filter((other) => other !== character),
			number,
		);
	},
};

const MUTATIONS: Record<string, Mutation> = {
	// The body's bytes
	flipBit,
	insertByte: ({ parts }, { a, b }) =>
		withBody(spliced(parts.body, a % (parts.body.length + 1), 0, Buffer.from([b % 256]))),
	deleteByte: ({ parts }, { a }) =>
		withBody(spliced(parts.body, a % parts.body.length, 1, Buffer.alloc(0))),
	truncateBody: ({ parts }, { a }) => withBody(parts.body.subarray(0, a % parts.body.length)),
	appendText: ({ parts }, { text }) => withBody(Buffer.concat([parts.body, Buffer.from(`${text}\n`)])),
	prependText: ({ parts }, { text }) => withBody(Buffer.concat([Buffer.from(`\uFEFF${text}`), parts.body])),
	reindent: ({ parts }) =>
		withBody(Buffer.from(JSON.stringify(JSON.parse(parts.body.toString()), null, 1))),
	doubleBody: ({ parts }) => withBody(Buffer.concat([parts.body, parts.body])),
	utf16Body: ({ parts }) => withBody(Buffer.from(parts.body.toString(), 'utf16le')),
	emptyBody: () => withBody(Buffer.alloc(0)),
	hugeBody: ({ parts }, { b }) => withBody(Buffer.concat([parts.body, Buffer.alloc(100_000, b)])),
	otherObject: (_, { a, text }) => withBody(Buffer.from(JSON.stringify({ id: `evt_${a}`, text }))),
	noBody: () => ({ rawBody: undefined }),
	textForBody: ({ parts }) => ({ rawBody: parts.body.toString() as unknown as Buffer }),
	parsedBody: ({ parts }) => ({ rawBody: JSON.parse(parts.body.toString()) as unknown as Buffer }),
	signedBytesAsBody: (sample) => ({
		...withHeaders({ ...sample.delivery.headers, 'x-signature': sample.signature }),
		rawBody: Buffer.concat([Buffer.from('1.'), sample.dress.content(sample.parts)]),
	}),
	signedBytesAsBareBody: timedOnly((sample) => ({
		...withHeaders({ 'x-signature': sample.signature, 'x-signature-256': `sha256=${sample.signature}` }),
		rawBody: sample.dress.content(sample.parts),
	})),

	// The signature's text
	otherDigit: (sample, { a, b }) => {
		const at = a % sample.signature.length;
		const other = OTHER_DIGIT[sample.dress.encoding](sample.signature[at], b);
		return withSignature(sample, sample.signature.slice(0, at) + other + sample.signature.slice(at + 1));
	},
	shortenSignature: (sample, { a }) =>
		withSignature(sample, sample.signature.slice(0, a % sample.signature.length)),
	lengthenSignature: (sample, { a }) => withSignature(sample, sample.signature + pick([...'0aA=+/'], a)),
	doubleSignature: (sample) => withSignature(sample, sample.signature + sample.signature),
	zeroSignature: (sample) => withSignature(sample, Buffer.alloc(32).toString(sample.dress.encoding)),
	encodeTwice: (sample, { a }) =>
		withSignature(
			sample,
			Buffer.from(sample.signature).toString(pick(['hex', 'base64', 'base64url'] as const, a)),
		),
	unicodeInSignature: (sample, { a }) => {
		const at = a % sample.signature.length;
		const lookalike = String.fromCharCode(sample.signature.charCodeAt(at) + 0xfee0);
		return withSignature(
			sample,
			sample.signature.slice(0, at) + lookalike + sample.signature.slice(at + 1),
		);
	},
	textInSignature: (sample, { a, text }) => {
		const at = 1 + (a % (sample.signature.length - 1));
		return withSignature(
			sample,
			`${sample.signature.slice(0, at)}\0${text}${sample.signature.slice(at)}`,
		);
	},
	textForSignature: (sample, { text }) => withSignature(sample, text),
	hugeSignature: (sample, { a }) => withSignature(sample, pick([...'0, =v\t'], a).repeat(100_000)),
	quotedSignature: (sample, { a }) =>
		withSignature(
			sample,
			pick(['"#"', '<#>', ':#:', '{#}', '0x#', '#;', '-#', '#.'], a).replace('#', sample.signature),
		),
	otherAlgorithm: (sample, { a }) =>
		withSignature(
			sample,
			digest(sample, pick(['sha1', 'sha512', 'md5', 'sha3-256', 'sha512-256'], a)).digest(
				sample.dress.encoding,
			),
		),
	plainHash: (sample, { a }) => {
		const content = sample.dress.content(sample.parts);
		const hash = crypto
			.createHash('sha256')
			.update(pick(['', sample.secret], a))
			.update(content);
		return withSignature(sample, hash.digest(sample.dress.encoding));
	},
	swappedKeyAndText: (sample) => {
		const swapped = crypto.createHmac('sha256', sample.dress.content(sample.parts)).update(sample.secret);
		return withSignature(sample, swapped.digest(sample.dress.encoding));
	},
	otherLabel: (sample, { a }) => {
		const label = pick(['v9=', 'v1:', 'sha1=', 'sha512=', 'SHA256=', 'v2:', 'V1='], a);
		const value = String(sample.delivery.headers[sample.dress.signatureHeader]);
		const marked = value.replace(/(?:v1=|v0=|sha256=|v1,)?(?=[\w+/=]{44,}$)/, label);
		return withHeaders({ ...sample.delivery.headers, [sample.dress.signatureHeader]: marked });
	},

	// The headers
	dropSignature: ({ delivery, dress }) =>
		withHeaders({ ...delivery.headers, [dress.signatureHeader]: undefined }),
	renameHeader: ({ delivery, dress }, { a }) => {
		const { [dress.signatureHeader]: value, ...others } = delivery.headers;
		const name = pick(
			['x-sig', 'signature-x', 'authorization', 'x-signaturé', 'signature-512', '', 'x-signature '],
			a,
		);
		return withHeaders({ ...others, [name]: value });
	},
	oddHeaderValue: ({ delivery, dress }, { a }) => {
		const odd = [
			null,
			0,
			true,
			[],
			[[]],
			{},
			['', ''],
			[null],
			{ 0: 'a' },
			[{ length: 64 }],
			'',
			' ',
			NaN,
		];
		return withHeaders({ ...delivery.headers, [dress.signatureHeader]: pick<unknown>(odd, a) });
	},
	inheritedHeaders: ({ delivery }) => withHeaders(Object.create(delivery.headers) as object),
	noHeaders: () => withHeaders({}),
	everythingIsText: ({ delivery }, { text }) =>
		withHeaders(Object.fromEntries(Object.keys(delivery.headers).map((name) => [name, text]))),
	manyHeaders: ({ delivery, signature }) => {
		const forged = signature.replace(/[0-9a-zA-Z]/g, (character) => (character === '0' ? '1' : '0'));
		const many = Array.from({ length: 100 }, (_, index) => [
			`x${index}-signature`,
			`t=${TIMESTAMP},v1=${forged}`,
		]);
		return {
			...withHeaders({ ...Object.fromEntries(many), 'x-timestamp': TIMESTAMP }),
			rawBody: Buffer.concat([delivery.rawBody ?? BODY, BODY]),
		};
	},

	// The timestamp
	moveTimestamp: timedOnly((sample, { a, b }) => {
		const moved = Number(sample.parts.timestamp) + (1 + (a % 250)) * (b % 2 ? 1 : -1);
		return withParts(sample, { timestamp: String(moved) });
	}),
	otherUnit: timedOnly((sample) => withParts(sample, { timestamp: `${sample.parts.timestamp}000` })),
	junkTimestamp: timedOnly((sample, { a, text }) => {
		const { timestamp } = sample.parts;
		const spellings = [
			`${timestamp}junk`,
			`${timestamp}.0`,
			`+${timestamp}`,
			`0${timestamp}`,
			`${timestamp}e0`,
			`0x${timestamp}`,
		];
		spellings.push(
			`-${timestamp}`,
			`${timestamp} ${timestamp}`,
			`${timestamp}\0`,
			`${timestamp}_`,
			'',
			`x${text}`,
			'９'.repeat(10),
		);
		// Signed as it stands, so that nothing but the strictness about timestamps refuses it.
		const parts = { ...sample.parts, timestamp: pick(spellings, a) };
		return withHeaders(
			sample.dress.headers(signatureOf(sample.dress, parts, sample.dress.key(sample.secret)), parts),
		);
	}),
	staleDelivery: timedOnly((sample, { a, b }) => ({
		nowMs: Number(sample.parts.timestamp) * 1000 + (300_001 + a) * (b % 2 ? 1 : -1),
	})),
	twoTimestamps: timedOnly((sample, { a }) =>
		withParts(sample, { timestamp: `${NOW_MS / 1000 + 1 + (a % 100)},t=${sample.parts.timestamp}` }),
	),
	otherId: (sample, dice) =>
		sample.dress.scheme === 'standardWebhooks'
			? withParts(sample, { id: `${sample.parts.id}${dice.a}` })
			: flipBit(sample, dice),

	// The key
	foreignKey: (sample, { text }) => withKey(sample, Buffer.from(`${text}x`)),
	guessableKey: (sample, { a }) => {
		const { secret, parts, dress } = sample;
		const guesses = [
			'',
			'undefined',
			'null',
			'secret',
			'whsec_',
			'[object Object]',
			parts.id,
			parts.timestamp,
			dress.signatureHeader,
		];
		guesses.push(
			parts.body.toString(),
			sample.signature,
			secret.slice(1),
			`${secret}x`,
			[...secret].reverse().join(''),
			`${secret} `,
		);
		return withKey(sample, Buffer.from(pick(guesses, a)));
	},
	blankSecret: (sample, { a }) => {
		const blank = pick(['', ' ', '\t\n', '\u00a0'], a);
		return { ...withKey(sample, Buffer.from(blank)), secrets: pick([[], [blank], [blank, blank]], a) };
	},
	otherSecretKnown: ({ secret }, { a, text }) => ({
		secrets: pick([[], [`${text}x`], [`${secret}x`, text], [secret.toLowerCase() + 'x']], a),
	}),
};

const MUTATION_NAMES = Object.keys(MUTATIONS);

const bodies = fc
	.record({
		id: fc.string({ minLength: 1, maxLength: 12 }),
		text: fc.string({ unit: 'grapheme', maxLength: 12 }),
		n: fc.double(),
	})
	.map((record) => Buffer.from(JSON.stringify(record)));

const secrets = fc.oneof(
	fc
		.uint8Array({ minLength: 24, maxLength: 48 })
		.map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`),
	fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
);

const samples = (dress: Dress): fc.Arbitrary<Sample> =>
	fc
		.record({
			body: bodies,
			secret: secrets,
			ageSeconds: fc.integer({ min: -290, max: 290 }),
			id: fc.stringMatching(/^msg_[0-9a-zA-Z]{4,10}$/),
		})
		.map(({ body, secret, ageSeconds, id }) => {
			const parts = { body, timestamp: String(NOW_MS / 1000 - ageSeconds), id };
			return {
				dress,
				parts,
				secret,
				signature: signatureOf(dress, parts, dress.key(secret)),
				delivery: genuine(dress, { body, secret, timestamp: parts.timestamp, id }),
			};
		});

const mutations = fc.record({
	name: fc.constantFrom(...MUTATION_NAMES),
	dice: fc.record({ a: fc.nat(), b: fc.nat(), text: fc.string({ unit: 'binary', maxLength: 8 }) }),
});

describe('mutated deliveries', () => {
	const tried = new Map<string, number>();

	it.each(DRESS_NAMES)('of %s: none accepted, none throws', (name) => {
		const numRuns = Math.ceil(TOTAL_MUTATIONS / DRESS_NAMES.length / MUTATIONS_PER_SAMPLE);
		const several = fc.array(mutations, {
			minLength: MUTATIONS_PER_SAMPLE,
			maxLength: MUTATIONS_PER_SAMPLE,
		});
		fc.assert(
			fc.property(samples(DRESSES[name]), several, (sample, list) => {
				// Nothing is shown by refusing what would be refused unmutated.
				expect(verifyDelivery(sample.delivery).ok).toBe(true);
				for (const { name: mutation, dice } of list) {
					const mutated = { ...sample.delivery, ...MUTATIONS[mutation](sample, dice) };
					const verdicts = [
						verifyDelivery(mutated),
						verifyDelivery({ ...mutated, scheme: 'auto' }),
					];
					if (verdicts.some(({ ok }) => ok))
						throw new Error(`${mutation} was accepted: ${JSON.stringify(verdicts)}`);
					tried.set(mutation, (tried.get(mutation) ?? 0) + 1);
				}
			}),
			{ numRuns },
		);
	});

	it(`were ${TOTAL_MUTATIONS} or more, each kind of mutation among them often`, () => {
		const counts = MUTATION_NAMES.map((name) => tried.get(name) ?? 0);
		expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(TOTAL_MUTATIONS);
		expect(Math.min(...counts)).toBeGreaterThan(TOTAL_MUTATIONS / MUTATION_NAMES.length / 2);
	});
});

describe('arbitrary requests', () => {
	it('are never accepted and never throw', () => {
		const headerNames = fc.oneof(
			fc.constantFrom(
				'x-signature',
				'webhook-signature',
				'webhook-id',
				'webhook-timestamp',
				'x-timestamp',
				'__proto__',
				'constructor',
			),
			fc.string({ maxLength: 20 }),
		);
		const values = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 80 }),
			fc.array(fc.string({ maxLength: 80 })),
			fc.anything(),
		);
		const requests = fc.record({
			rawBody: fc.oneof(
				fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
				fc.json().map((text) => Buffer.from(text)),
			),
			headers: fc.dictionary(headerNames, values, { maxKeys: 8 }),
			scheme: fc.constantFrom('auto' as const, ...Object.values(DRESSES).map(({ scheme }) => scheme)),
		});
		fc.assert(
			fc.property(requests, ({ headers, ...request }) => {
				const delivery = { ...genuine(DRESSES.custom), ...request, ...withHeaders(headers) };
				expect(verifyDelivery(delivery).ok).toBe(false);
			}),
			{ numRuns: 5000 },
		);
	});
});

describe('the work a stranger can cause', () => {
	/** How many MACs over the body a delivery makes us compute. */
	const macsFor = (headers: Record<string, string | string[]>, scheme: Delivery['scheme'] = 'auto') => {
		const delivery = {
			...genuine(DRESSES.timestamped),
			headers,
			scheme,
			secrets: [SECRET, `${SECRET}x`],
		};
		const createHmac = jest.spyOn(crypto, 'createHmac');
		try {
			expect(verifyDelivery(delivery).ok).toBe(false);
			return createHmac.mock.calls.length;
		} finally {
			createHmac.mockRestore();
		}
	};
	const mac = 'a'.repeat(64);

	it('is one MAC a secret for an ordinary forgery', () => {
		expect(macsFor({ 'x-signature': `t=${TIMESTAMP},v1=${mac}` })).toBe(2);
		expect(macsFor({ 'x-signature': `sha256=${mac}` })).toBe(2);
		expect(macsFor({ 'x-signature': mac })).toBe(2);
	});

	it('is one MAC a secret for any number of signatures over the same bytes', () => {
		const signatures = Array.from(
			{ length: 12 },
			(_, index) => `v1=${index.toString(16).padStart(64, '0')}`,
		);
		expect(macsFor({ 'x-signature': [`t=${TIMESTAMP}`, ...signatures].join(',') })).toBe(2);
		expect(
			macsFor({ 'a-signature': mac, 'b-signature': `sha256=${mac}`, 'c-signature': `sha256=${mac}` }),
		).toBe(2);
	});

	it('stays below 30 MACs whatever the headers hold', () => {
		const eight = Array.from(
			{ length: 8 },
			(_, index) => `t=${1790000000 + index},v1=${mac},sha256=${mac},${mac}`,
		);
		const headers = {
			'x-signature': eight.slice(1),
			'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
			'webhook-id': 'msg_1',
			'a-timestamp': ['1', '2', '3'],
			'webhook-timestamp': '4',
		};
		const macs = macsFor(headers);
		expect(macs).toBeGreaterThan(20);
		expect(macs).toBeLessThan(30);
		expect(macsFor({ ...headers, 'x-signature': Array<string>(9).fill(eight[0]) })).toBeLessThan(30);
	});

	it('is none for headers beyond the bounds', () => {
		expect(
			macsFor(Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}-signature`, mac]))),
		).toBe(0);
		expect(macsFor({ 'x-signature': Array<string>(100).fill(mac).join(',') })).toBe(0);
		expect(macsFor({ 'x-signature': `${mac},${' '.repeat(10_000)}x` })).toBe(0);
		const times = Array.from({ length: 5 }, (_, index) => `${1790000000 + index}`);
		expect(macsFor({ 'x-signature': mac, 'x-timestamp': times }, 'headerTimestamp')).toBe(0);
	});

	it('grows no faster than the header, for headers made to be slow to read', () => {
		const units = [' ', ' \t', ',', ', ', 't=', 'v1=', 'v1,', '=', 't=1,', `v1=${mac},`];
		const started = process.hrtime.bigint();
		for (const unit of units) {
			const value = `${mac}${unit.repeat(50_000 / unit.length)}x`;
			expect(macsFor({ 'x-signature': value, 'webhook-signature': value, 'x-timestamp': value })).toBe(
				0,
			);
		}
		// Linear reading takes a few ms; one quadratic pass over one of these values alone takes longer than this.
		expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(1000);
	});

	it('does not grow into a stack overflow for a deep body', () => {
		const deep = Buffer.from(`{"a":${'['.repeat(2_000_000)}`);
		expect(verifyDelivery(genuine(DRESSES.bareBodyHex, { body: deep }))).toEqual({
			ok: false,
			reason: 'bodyNotJsonObject',
		});
	});

	it('leaves prototypes alone', () => {
		const body = Buffer.from(
			'{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
		);
		const verdict = verifyDelivery(genuine(DRESSES.timestamped, { body }));
		expect(verdict.ok && Object.keys(verdict.payload)).toEqual(['__proto__', 'constructor']);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});
});
