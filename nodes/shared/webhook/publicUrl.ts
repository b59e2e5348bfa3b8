/**
 * Whether a vendor on the internet can reach a webhook URL, judged by the URL alone. A public name that resolves to a
 * private address passes: only the vendor's resolver could tell.
 */

/** Names that never leave a machine or a local network (RFC 6761, 6762, 7686, 8375, 9476, ICANN's `.internal`, habit). */
const LOCAL_DOMAINS = [
	'local',
	'localhost',
	'localdomain',
	'internal',
	'intranet',
	'private',
	'corp',
	'home',
	'lan',
	'home.arpa',
	'test',
	'example',
	'invalid',
	'onion',
	'alt',
];

/** IPv4 blocks that are not globally reachable (IANA special-purpose registry), multicast and reserved ones. */
const LOCAL_IPV4: ReadonlyArray<[network: string, prefixBits: number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.0.0.0', 24],
	['192.0.2.0', 24],
	['192.168.0.0', 16],
	['198.18.0.0', 15],
	['198.51.100.0', 24],
	['203.0.113.0', 24],
	['224.0.0.0', 3],
];

/** Global unicast IPv6, and the blocks of it that lead nowhere or into an embedded IPv4 address. */
const GLOBAL_IPV6: [network: bigint, prefixBits: number] = [0x2000n << 112n, 3];
const LOCAL_IPV6: ReadonlyArray<[network: bigint, prefixBits: number]> = [
	[0x2001n << 112n, 23],
	[0x20010db8n << 96n, 32],
	[0x2002n << 112n, 16],
	[0x3fffn << 112n, 20],
];

/**
 * Why a vendor's server could not deliver to this URL, as a text for the user; undefined where it could.
 * `allowHttp` admits http and https to this machine's loopback, for a sandbox that runs beside n8n. Nothing else.
 */
export function publicUrlProblem(url: string, { allowHttp = false } = {}): string | undefined {
	const parsed = parseUrl(url);
	if (!parsed || !['http:', 'https:'].includes(parsed.protocol))
		return advice('The webhook URL is not a web address');
	// Only the origin is named: the path of a webhook URL can be a secret.
	const { origin, hostname } = parsed;
	const host = hostname.replace(/\.$/, '').toLowerCase();
	if (allowHttp && isLoopback(host)) return undefined;
	if (isLocal(host)) {
		const problem = advice(`The webhook URL starts with ${origin}, which cannot be reached from the internet`);
		return isLoopback(host) ? `${problem} For a sandbox beside n8n, turn on Allow HTTP on This Machine.` : problem;
	}
	if (parsed.username || parsed.password)
		return advice('The webhook URL carries a user name or a password');
	if (parsed.protocol !== 'https:')
		return advice(`The webhook URL starts with ${origin}, which is not https`);
	return undefined;
}

function advice(problem: string): string {
	return `${problem}. Set the environment variable WEBHOOK_URL to the public https address of this n8n, restart n8n, and try again.`;
}

function parseUrl(url: string): URL | undefined {
	try {
		// The parser also turns 2130706433, 0x7f.1, 0177.0.0.1 and full-width digits into 127.0.0.1.
		return new URL(url);
	} catch {
		return undefined;
	}
}

function isLoopback(host: string): boolean {
	return (
		host === 'localhost' ||
		host.endsWith('.localhost') ||
		host === '[::1]' ||
		/^127(\.\d+){3}$/.test(host)
	);
}

function isLocal(host: string): boolean {
	if (host.startsWith('[')) return isLocalIpv6(ipv6Value(host.slice(1, -1)));
	if (/^\d+(\.\d+){3}$/.test(host)) return isLocalIpv4(ipv4Value(host));
	return (
		!host.includes('.') || LOCAL_DOMAINS.some((domain) => host.endsWith(`.${domain}`) || host === domain)
	);
}

function isLocalIpv4(address: bigint): boolean {
	return LOCAL_IPV4.some(([network, prefixBits]) => inNetwork(address, ipv4Value(network), prefixBits, 32));
}

function isLocalIpv6(address: bigint): boolean {
	return (
		!inNetwork(address, ...GLOBAL_IPV6, 128) ||
		LOCAL_IPV6.some(([network, prefixBits]) => inNetwork(address, network, prefixBits, 128))
	);
}

function inNetwork(address: bigint, network: bigint, prefixBits: number, bits: number): boolean {
	const hostBits = BigInt(bits - prefixBits);
	return address >> hostBits === network >> hostBits;
}

function ipv4Value(address: string): bigint {
	return address.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** The 128 bits of an address as `URL` writes it: hexadecimal groups, at most one `::`. */
function ipv6Value(address: string): bigint {
	const [head, tail] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
	const groups = tail
		? [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
		: head;
	return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}
