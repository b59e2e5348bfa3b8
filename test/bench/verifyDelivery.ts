/**
 * What verifying a 10 kB delivery costs, beside the one HMAC nobody can do without.
 * Run: npx tsx test/bench/verifyDelivery.ts
 */
import { createHmac } from 'node:crypto';

import { AUTO_SCHEMES } from '../../nodes/shared/webhook/schemes';
import { signDelivery } from '../../nodes/shared/webhook/sign';
import { verifyDelivery, type Delivery } from '../../nodes/shared/webhook/verify';

const ROUNDS = 15;
const CALLS_PER_ROUND = 2_000;
const BODY_BYTES = 10_000;

const NOW_MS = 1_790_000_000_000;
const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'];
const rawBody = Buffer.from(JSON.stringify({ id: 'evt_1', data: { note: 'n'.repeat(BODY_BYTES - 33) } }));

/** Median, fastest and slowest round, in microseconds a call. */
function measure(call: () => unknown): { medianUs: number; minUs: number; maxUs: number } {
	const rounds = Array.from({ length: ROUNDS }, () => {
		const started = process.hrtime.bigint();
		for (let index = 0; index < CALLS_PER_ROUND; index++) call();
		return Number(process.hrtime.bigint() - started) / 1000 / CALLS_PER_ROUND;
	})
		.slice(1) // the first one warms up
		.sort((a, b) => a - b);
	return { medianUs: rounds[rounds.length >> 1], minUs: rounds[0], maxUs: rounds[rounds.length - 1] };
}

function report(name: string, call: () => unknown) {
	const { medianUs, minUs, maxUs } = measure(call);
	const range = `${minUs.toFixed(1)} to ${maxUs.toFixed(1)}`;
	process.stdout.write(`${name.padEnd(52)} ${medianUs.toFixed(1).padStart(8)} µs   (${range})\n`);
}

function delivery(headers: Delivery['headers'], scheme: Delivery['scheme']): Delivery {
	return { rawBody, headers, secrets, scheme, toleranceSeconds: 300, nowMs: NOW_MS };
}

function verifying(subject: Delivery, expected: boolean) {
	return () => {
		if (verifyDelivery(subject).ok !== expected) throw new Error('The verdict is wrong');
	};
}

process.stdout.write(
	`${rawBody.length} bytes, Node ${process.version}, ${ROUNDS - 1} rounds of ${CALLS_PER_ROUND}\n`,
);
report('one HMAC-SHA256', () => createHmac('sha256', secrets[0]).update(rawBody).digest());
report('JSON.parse', () => JSON.parse(rawBody.toString('utf8')) as unknown);
for (const scheme of AUTO_SCHEMES) {
	const signed = (secret: string) =>
		signDelivery({ rawBody, secret, scheme, timestamp: NOW_MS / 1000, id: 'msg_1' });
	report(`${scheme}, genuine`, verifying(delivery(signed(secrets[0]), scheme), true));
	report(`${scheme}, genuine, found by auto`, verifying(delivery(signed(secrets[0]), 'auto'), true));
	report(
		`${scheme}, genuine, previous secret, auto`,
		verifying(delivery(signed(secrets[1]), 'auto'), true),
	);
	report(`${scheme}, forged, auto`, verifying(delivery(signed('another secret'), 'auto'), false));
}
const worst = {
	'x-signature': Array.from(
		{ length: 7 },
		(_, index) => `t=${1790000000 + index},v1=${'a'.repeat(64)},${'b'.repeat(64)}`,
	),
	'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
	'webhook-id': 'msg_1',
	'x-timestamp': ['1', '2', '3'],
	'webhook-timestamp': '1790000000',
};
report('the most expensive forgery the bounds allow, auto', verifying(delivery(worst, 'auto'), false));
