import { publicUrlProblem } from '../../../nodes/shared/webhook/publicUrl';

const PUBLIC = [
	'https://n8n.acme.com/webhook/1',
	'https://n8n.acme.com:8443/webhook/1',
	'https://N8N.ACME.COM./webhook/1',
	'https://8.8.8.8/webhook/1',
	'https://172.32.0.1/',
	'https://100.128.0.1/',
	'https://223.255.255.255/',
	'https://[2606:4700::1111]/webhook/1',
	'https://[2a00:1450:4001:81b::200e]/',
	'https://münchen.de/webhook/1',
	'https://localhost.acme.com/',
	'https://mylocal.net/',
	'https://10.0.0.1.acme.com/',
	'https://127.0.0.1.acme.com/',
];

const LOCAL = [
	'localhost',
	'LOCALHOST.',
	'app.localhost',
	'n8n',
	'n8n.local',
	'n8n.local.',
	'n8n.internal',
	'n8n.lan',
	'router.home.arpa',
	'n8n.test',
	'n8n.example',
	'127.0.0.1',
	'127.1',
	'2130706433',
	'0x7f000001',
	'0x7f.1',
	'0177.0.0.1',
	'１２７.0.0.1',
	'0.0.0.0',
	'0',
	'10.1.2.3',
	'100.64.0.1',
	'169.254.169.254',
	'172.16.0.1',
	'172.31.255.255',
	'192.168.1.1',
	'192.0.2.1',
	'198.19.0.1',
	'198.51.100.7',
	'203.0.113.9',
	'224.0.0.1',
	'240.0.0.1',
	'255.255.255.255',
	'[::]',
	'[::1]',
	'[::ffff:127.0.0.1]',
	'[::ffff:8.8.8.8]',
	'[64:ff9b::7f00:1]',
	'[fe80::1]',
	'[fec0::1]',
	'[fd00::1]',
	'[fc00::1]',
	'[ff02::1]',
	'[2001::1]',
	'[2001:db8::1]',
	'[2002:7f00:1::]',
	'[3fff::1]',
];

it.each(PUBLIC)('%s is public', (url) => {
	expect(publicUrlProblem(url)).toBeUndefined();
	expect(publicUrlProblem(url, { allowHttp: true })).toBeUndefined();
});

it('names the option for a sandbox where the host is this machine, and nowhere else', () => {
	expect(publicUrlProblem('http://127.0.0.1:5678/webhook/1')).toMatch(/ turn on Allow HTTP on This Machine\.$/);
	expect(publicUrlProblem('http://10.1.2.3:5678/webhook/1')).toMatch(/ and try again\.$/);
});

it.each(LOCAL)('%s is not', (host) => {
	for (const scheme of ['https', 'http']) {
		expect(publicUrlProblem(`${scheme}://${host}:5678/webhook/1`)).toMatch(
			/cannot be reached from the internet\. Set the environment variable WEBHOOK_URL /,
		);
	}
});

/** First and last address of each block that is not public, and the public ones beside them where there are any. */
const EDGES: Array<[block: string, inside: string[], beside: string[]]> = [
	['0.0.0.0/8', ['0.0.0.1', '0.255.255.255'], ['1.0.0.0']],
	['10.0.0.0/8', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0']],
	['100.64.0.0/10', ['100.64.0.0', '100.127.255.255'], ['100.63.255.255', '100.128.0.0']],
	['127.0.0.0/8', ['127.0.0.0', '127.255.255.255'], ['126.255.255.255', '128.0.0.0']],
	['169.254.0.0/16', ['169.254.0.0', '169.254.255.255'], ['169.253.255.255', '169.255.0.0']],
	['172.16.0.0/12', ['172.16.0.0', '172.31.255.255'], ['172.15.255.255', '172.32.0.0']],
	['192.0.0.0/24', ['192.0.0.0', '192.0.0.255'], ['191.255.255.255', '192.0.1.0']],
	['192.0.2.0/24', ['192.0.2.0', '192.0.2.255'], ['192.0.1.255', '192.0.3.0']],
	['192.168.0.0/16', ['192.168.0.0', '192.168.255.255'], ['192.167.255.255', '192.169.0.0']],
	['198.18.0.0/15', ['198.18.0.0', '198.19.255.255'], ['198.17.255.255', '198.20.0.0']],
	['198.51.100.0/24', ['198.51.100.0', '198.51.100.255'], ['198.51.99.255', '198.51.101.0']],
	['203.0.113.0/24', ['203.0.113.0', '203.0.113.255'], ['203.0.112.255', '203.0.114.0']],
	['224.0.0.0/3', ['224.0.0.0', '255.255.255.255'], ['223.255.255.255']],
	['outside 2000::/3', ['[1fff:ffff::]', '[4000::]'], ['[2000::]', '[3ffe:ffff::]']],
	['2001::/23', ['[2001::]', '[2001:1ff:ffff::]'], ['[2001:200::]']],
	['2001:db8::/32', ['[2001:db8::]', '[2001:db8:ffff::]'], ['[2001:db7:ffff::]', '[2001:db9::]']],
	['2002::/16', ['[2002::]', '[2002:ffff::]'], ['[2001:ffff::]', '[2003::]']],
	['3fff::/20', ['[3fff::]', '[3fff:fff::]'], ['[3fff:1000::]']],
];

it.each(EDGES)('the block %s begins and ends where it does', (_block, inside, beside) => {
	const isRefused = (host: string) => publicUrlProblem(`https://${host}/`) !== undefined;
	expect(inside.filter((host) => !isRefused(host))).toEqual([]);
	expect(beside.filter(isRefused)).toEqual([]);
});

const DOMAINS = 'local localhost localdomain internal intranet private corp home lan home.arpa test example invalid onion alt';

it.each(DOMAINS.split(' '))('names under .%s never leave the network', (domain) => {
	expect(publicUrlProblem(`https://n8n.${domain}/`)).toContain('cannot be reached from the internet');
	expect(publicUrlProblem(`https://${domain}/`)).toContain('cannot be reached from the internet');
	expect(publicUrlProblem(`https://n8n.${domain}.acme.com/`)).toBeUndefined();
	expect(publicUrlProblem(`https://n8n${domain.replace('.', '')}.com/`)).toBeUndefined();
});

it.each(['http://n8n.acme.com/webhook/1', 'http://8.8.8.8/'])('%s is public and not https', (url) => {
	const problem = `The webhook URL starts with ${new URL(url).origin}, which is not https. Set the environment variable WEBHOOK_URL `;
	expect(publicUrlProblem(url)).toContain(problem);
	expect(publicUrlProblem(url, { allowHttp: true })).toContain(problem);
});

it.each([
	'',
	'n8n.acme.com/webhook',
	'/webhook/1',
	'ftp://n8n.acme.com/',
	'https://',
	'https://[::1',
	'javascript:1',
])('%j is no web address', (url) => {
	for (const allowHttp of [false, true]) {
		expect(publicUrlProblem(url, { allowHttp })).toMatch(
			/^The webhook URL is not a web address\..*WEBHOOK_URL/,
		);
	}
});

it('lets http and https to loopback through where a sandbox is allowed, and nothing else', () => {
	const loopback = [
		'localhost',
		'n8n.localhost',
		'127.0.0.1',
		'127.8.9.10',
		'2130706433',
		'[::1]',
		'[0:0:0:0:0:0:0:1]',
	];
	for (const host of LOCAL) {
		const expected = [
			...loopback,
			'LOCALHOST.',
			'app.localhost',
			'127.1',
			'0x7f000001',
			'0x7f.1',
			'0177.0.0.1',
			'１２７.0.0.1',
		].includes(host);
		expect([host, publicUrlProblem(`http://${host}/`, { allowHttp: true }) === undefined]).toEqual([
			host,
			expected,
		]);
	}
	for (const host of loopback) {
		expect(publicUrlProblem(`http://${host}:5678/webhook/1`, { allowHttp: true })).toBeUndefined();
		expect(publicUrlProblem(`https://${host}:5678/webhook/1`, { allowHttp: true })).toBeUndefined();
	}
});

it('names neither the path, which may be a secret, nor a password', () => {
	const problem = publicUrlProblem('http://user:hunter2@localhost:5678/webhook/token-123?key=456');
	expect(problem).toContain('http://localhost:5678,');
	expect(problem).not.toMatch(/hunter2|token-123|456/);
	expect(publicUrlProblem('https://user:hunter2@n8n.acme.com/')).toMatch(
		/carries a user name or a password\./,
	);
});

it.each(['https://user@n8n.acme.com/', 'https://:hunter2@n8n.acme.com/'])('%s carries a user name or a password', (url) => {
	expect(publicUrlProblem(url)).toContain('carries a user name or a password');
});
