import { rawPartsOf, verificationSettings, wantedEvents } from '../../../nodes/shared/webhook/triggerOptions';
import { OwnTrigger } from './triggerNode';

describe('how deliveries are verified', () => {
	it('is by any known scheme within five minutes, where nothing is chosen', () => {
		expect(verificationSettings({})).toEqual({ scheme: 'auto', toleranceSeconds: 300, allowHttp: false, custom: undefined });
	});

	it('is as chosen', () => {
		const scheme = { signatureHeader: 'X-Own', encoding: 'hex', content: '{body}' };
		expect(verificationSettings({ scheme: 'custom', toleranceSeconds: 5, allowHttp: true, customScheme: { scheme } })).toEqual({
			scheme: 'custom',
			toleranceSeconds: 5,
			allowHttp: true,
			custom: scheme,
		});
	});

	it.each([
		[{ scheme: 'unheard of' }, { scheme: 'auto' }],
		[{ scheme: 'none' }, { scheme: 'none' }],
		[{ allowHttp: 'true' }, { allowHttp: false }],
		[{ customScheme: {} }, { custom: undefined }],
		[{ customScheme: { scheme: 'text' } }, { custom: undefined }],
		[{ customScheme: 'text' }, { custom: undefined }],
		// Refused when a delivery comes; see verifyDelivery.
		[{ toleranceSeconds: 'soon' }, { toleranceSeconds: Number.NaN }],
	])('of %j it is %j', (options, settings) => {
		expect(verificationSettings(options as Parameters<typeof verificationSettings>[0])).toMatchObject(settings);
	});
});

describe('wanted events', () => {
	it.each([
		[['b', 'a'], undefined, ['a', 'b']],
		[['b'], ' c , a,b,, ', ['a', 'b', 'c']],
		[undefined, 'x', ['x']],
		['a', '', []],
		[[], undefined, []],
		[[7], '', ['7']],
	])('of %j and %j are %j', (chosen, additional, wanted) => {
		expect(wantedEvents(chosen, additional)).toEqual(wanted);
	});
});

describe('body and headers of a delivery', () => {
	const parts = async (includeRaw: unknown, headers: Record<string, string> = {}, proofHeader?: string) => {
		let read: unknown;
		await new OwnTrigger().deliver(
			(context) => {
				read = rawPartsOf(context, { includeRaw: includeRaw as boolean }, proofHeader);
				return {};
			},
			{ body: '{"a": "é"}', headers },
		);
		return read;
	};

	it('are put out where that is asked for', async () => {
		expect(await parts(true, { 'X-Trace': '1', Host: 'n8n' })).toEqual({ rawBody: '{"a": "é"}', headers: { 'x-trace': '1', host: 'n8n' } });
		expect(await parts(false)).toEqual({});
		expect(await parts('true')).toEqual({});
	});

	it.each(['X-Proof', ' x-PROOF '])('are put out without the header that the user has named as proof: %j', async (proofHeader) => {
		expect(await parts(true, { 'X-Proof': 'shown', 'X-Trace': '1' }, proofHeader)).toMatchObject({ headers: { 'x-trace': '1' } });
		expect(JSON.stringify(await parts(true, { 'X-Proof': 'shown' }, proofHeader))).not.toContain('shown');
	});

	it.each(['Authorization', 'Cookie', 'Proxy-Authorization', 'X-Auth', 'X-Api-Key', 'X-Token', 'Client-Secret', 'X-Signature-256'])(
		'are put out without %s, by which a delivery is believed',
		async (name) => {
			expect(await parts(true, { [name]: 'secret', 'X-Trace': '1' })).toMatchObject({ headers: { 'x-trace': '1' } });
			expect(JSON.stringify(await parts(true, { [name]: 'secret' }))).not.toContain('secret');
		},
	);

	it('are put out with headers that only look like cookies', async () => {
		expect(await parts(true, { 'Cookie-Consent': 'yes', 'X-Cookie': 'no' })).toMatchObject({ headers: { 'cookie-consent': 'yes', 'x-cookie': 'no' } });
	});
});
