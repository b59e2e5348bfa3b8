import fc from 'fast-check';

import { AUTO_SCHEMES, SCHEMES, type CustomScheme } from '../../../nodes/shared/webhook/schemes';
import { signDelivery, type DeliveryToSign } from '../../../nodes/shared/webhook/sign';
import { verifyDelivery } from '../../../nodes/shared/webhook/verify';
import { BODY, CUSTOM, DRESSES, NOW_MS, OTHER_SECRET, SECRET, genuine } from './referenceSigner';

const TO_SIGN = { rawBody: BODY, secret: SECRET, timestamp: NOW_MS / 1000, id: 'msg_1' };

const accepts = (delivery: DeliveryToSign, secrets: string[], scheme: DeliveryToSign['scheme'] | 'auto') =>
	verifyDelivery({
		...genuine(DRESSES.custom),
		rawBody: delivery.rawBody,
		headers: signDelivery(delivery),
		secrets,
		scheme,
		custom: delivery.custom,
	});

describe('signDelivery', () => {
	it.each([
		['timestamped', 'timestamped', 'acme-signature'],
		['prefixedBody', 'prefixedBody', 'x-hub-signature-256'],
		['bareBody', 'bareBodyHex', 'x-acme-signature'],
		['standardWebhooks', 'standardWebhooks', undefined],
		['custom', 'custom', undefined],
	] as const)('%s: the headers of a vendor written by hand', (scheme, dress, signatureHeader) => {
		const signed = signDelivery({ ...TO_SIGN, scheme, signatureHeader, custom: CUSTOM });
		expect(signed).toEqual(genuine(DRESSES[dress]).headers);
	});

	it('puts a header timestamp beside the signature', () => {
		const names = (signatureHeader?: string) =>
			Object.keys(signDelivery({ ...TO_SIGN, scheme: 'headerTimestamp', signatureHeader }));
		expect(names('X-SalesOS-Signature')).toEqual(['X-SalesOS-Timestamp', 'X-SalesOS-Signature']);
		expect(names('x-hub-signature-256')).toEqual(['x-hub-Timestamp', 'x-hub-signature-256']);
		expect(names('Signature')).toEqual(['Timestamp', 'Signature']);
		expect(names()).toEqual(['X-Timestamp', 'X-Signature']);
	});

	it('is accepted in its own scheme and in auto, with either secret, whatever body, secret and time', () => {
		const unixTimes = fc
			.integer({ min: NOW_MS - 299_000, max: NOW_MS + 299_000 })
			.chain((nowMs) => fc.constantFrom(nowMs, Math.floor(nowMs / 1000)));
		const schemes = fc.constantFrom(...AUTO_SCHEMES).chain((scheme) =>
			fc.record({
				scheme: fc.constant(scheme),
				encoding: fc.constantFrom(...SCHEMES[scheme].encodings),
			}),
		);
		const objects = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
		const deliveries = fc.record({
			rawBody: objects.map((object) => Buffer.from(JSON.stringify(object))),
			secret: fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== ''),
			timestamp: unixTimes,
			id: fc.stringMatching(/^[\w:~-]{1,40}$/),
			signatureHeader: fc.constantFrom(
				'X-SalesOS-Signature',
				'OutboundSync-Signature',
				'x-hub-signature-256',
			),
		});
		fc.assert(
			fc.property(deliveries, schemes, (delivery, scheme) => {
				for (const tried of [scheme.scheme, 'auto'] as const) {
					const signed = { ...delivery, ...scheme };
					const accepted = { ok: true, scheme: scheme.scheme };
					expect(accepts(signed, [delivery.secret, OTHER_SECRET], tried)).toMatchObject({
						...accepted,
						secretIndex: 0,
					});
					expect(accepts(signed, [OTHER_SECRET, delivery.secret], tried)).toMatchObject({
						...accepted,
						secretIndex: 1,
					});
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('refuses what its scheme cannot express', () => {
		expect(() => signDelivery({ ...TO_SIGN, scheme: 'timestamped', encoding: 'base64' })).toThrow(
			'not written in base64',
		);
		expect(() => signDelivery({ ...TO_SIGN, scheme: 'standardWebhooks', id: undefined })).toThrow(
			'message id',
		);
		const unsound: CustomScheme = { signatureHeader: 'X-Mac', encoding: 'hex', content: '{timestamp}' };
		expect(() => signDelivery({ ...TO_SIGN, scheme: 'custom', custom: unsound })).toThrow('{body} once');
	});
});
