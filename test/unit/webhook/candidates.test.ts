import { readCandidates, timestampMsOf } from '../../../nodes/shared/webhook/candidates';
import { SCHEMES } from '../../../nodes/shared/webhook/schemes';

/** What of a delivery's headers is read as a signature, and where reading ends. */

const HEX = 'ab'.repeat(32);
const BASE64 = Buffer.from(HEX, 'hex').toString('base64');
const DIGEST = Buffer.from(HEX, 'hex');
const times = (count: number, of = HEX) => Array.from({ length: count }, () => of);

describe('a Unix time', () => {
	it.each([
		['1', 1_000],
		['99999999999', 99_999_999_999_000],
		['100000000000', 100_000_000_000],
		['1614265330', 1_614_265_330_000],
		['1614265330123', 1_614_265_330_123],
	])('%s is %d ms', (text, ms) => {
		expect(timestampMsOf(text)).toBe(ms);
	});

	it.each(['', '0', '01', '-1', '+1', '1.5', '1e9', ' 1', '1 ', '1614265330junk', '10000000000000000'])('is not %j', (text) => {
		expect(timestampMsOf(text)).toBeUndefined();
	});
});

describe('signatures in headers', () => {
	const read = (value: string[] | string | undefined, scheme: keyof typeof SCHEMES = 'bareBody') =>
		readCandidates(SCHEMES[scheme], { 'X-Signature': value });
	const refused = (reason: string) => ({ candidates: [], reasons: [reason] });

	it('are read in hex and in Base64, whatever blanks are around them', () => {
		expect(read(` ${HEX.toUpperCase()} , ${BASE64}`)).toEqual({ candidates: [{ before: '', after: '', digests: [DIGEST, DIGEST] }], reasons: [] });
	});

	it.each([undefined, '', ' ', []])('are missing where the header is %j', (value) => {
		expect(read(value)).toEqual(refused('missingSignature'));
	});

	it('are missing where no header is one of signatures', () => {
		expect(readCandidates(SCHEMES.bareBody, { 'X-Signature-Of': HEX, Host: 'n8n' })).toEqual(refused('missingSignature'));
	});

	it.each([HEX.slice(1), `${HEX}a`, `x${HEX}`, HEX.replace('a', 'g'), BASE64.slice(0, -1), `${BASE64}=`])('are malformed as %j', (value) => {
		expect(read(value)).toEqual(refused('malformedSignature'));
	});

	it('in Base64 are none where the scheme is written in hex', () => {
		expect(read(`sha256=${BASE64}`, 'prefixedBody')).toEqual(refused('malformedSignature'));
		expect(read(`sha256=${HEX}`, 'prefixedBody').candidates).toHaveLength(1);
	});

	it('in hex are none where the scheme is written in Base64', () => {
		const headers = (signature: string) => ({ 'webhook-signature': signature, 'webhook-id': 'msg_1', 'webhook-timestamp': '1614265330' });
		expect(readCandidates(SCHEMES.standardWebhooks, headers(`v1,${HEX}`)).reasons).toEqual(['malformedSignature']);
		expect(readCandidates(SCHEMES.standardWebhooks, headers(`v1,${BASE64}`)).candidates).toMatchObject([{ timestampMs: 1_614_265_330_000 }]);
	});

	it('are read from eight headers, and from none of nine', () => {
		expect(read(times(8))).toMatchObject({ candidates: times(8).map(() => ({ digests: [DIGEST] })), reasons: [] });
		expect(read(times(9))).toEqual(refused('tooManySignatures'));
	});

	it('are read up to 16 in a header, and none of 17', () => {
		expect(read(times(16).join()).candidates[0].digests).toHaveLength(16);
		expect(read(times(17).join())).toEqual(refused('tooManySignatures'));
	});

	it('are read from 4,096 characters, and not from more', () => {
		const padded = (length: number) => `${HEX},${'x'.repeat(length - HEX.length - 1)}`;
		expect(read(padded(4096)).candidates).toHaveLength(1);
		expect(read(padded(4097))).toEqual(refused('oversizedHeader'));
	});

	it('that can be read count beside those that cannot', () => {
		expect(read([HEX, 'none'])).toMatchObject({ candidates: [{ digests: [DIGEST] }], reasons: ['malformedSignature'] });
	});
});

describe('a timestamp in a header of its own', () => {
	const read = (timestamp: string[] | string | undefined) => readCandidates(SCHEMES.headerTimestamp, { 'X-Signature': HEX, 'X-Timestamp': timestamp });

	it('stands in front of the body as received', () => {
		expect(read(' 1614265330 ').candidates).toEqual([{ before: '1614265330.', after: '', digests: [DIGEST], timestampMs: 1_614_265_330_000 }]);
	});

	it('may be any of four, and none of five', () => {
		expect(read(times(4, '1')).candidates).toHaveLength(4);
		expect(read(['1', 'soon']).candidates).toHaveLength(1);
		expect(read(times(5, '1')).reasons).toEqual(['malformedTimestamp']);
	});

	it('is told missing and malformed', () => {
		expect(read(undefined).reasons).toEqual(['missingTimestamp']);
		expect(read('soon').reasons).toEqual(['malformedTimestamp']);
	});
});

describe('a timestamp beside the signature', () => {
	const read = (value: string) => readCandidates(SCHEMES.timestamped, { 'X-Signature': value });

	it('is believed where there is one', () => {
		expect(read(`t=7,v1=${HEX}`).candidates).toMatchObject([{ before: '7.', timestampMs: 7_000 }]);
		expect(read(`t=7,t=8,v1=${HEX}`).reasons).toEqual(['malformedTimestamp']);
		expect(read(`v1=${HEX}`).reasons).toEqual(['missingTimestamp']);
	});
});

describe('a message ID', () => {
	const read = (id: string[] | string | undefined) =>
		readCandidates(SCHEMES.standardWebhooks, { 'Webhook-Signature': `v1,${BASE64}`, 'Webhook-Timestamp': '7', 'Webhook-Id': id });

	it('stands in front of timestamp and body', () => {
		expect(read('msg_1:~-').candidates).toMatchObject([{ before: 'msg_1:~-.7.', after: '' }]);
		expect(read('x'.repeat(256)).candidates).toHaveLength(1);
	});

	it.each([undefined, ' '])('is missing as %j', (id) => {
		expect(read(id).reasons).toEqual(['missingId']);
	});

	it.each([['a.b'], ['{"a"'], ['x'.repeat(257)], [['msg_1', 'msg_1']]])('is malformed as %j', (id) => {
		expect(read(id).reasons).toEqual(['malformedId']);
	});
});
