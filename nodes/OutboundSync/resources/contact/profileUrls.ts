import { Problem, textList, type Reader } from '../../../shared/operation/readers';

/** Documented: at most so many in one look-up. */
const MAX_PROFILES = 5;

/**
 * Documented: profiles on LinkedIn (`/in/…`) and on X. Published in outboundsync/skills: LinkedIn's
 * `/pub/…` and the name Twitter as well, and that the scheme may be missing. Country and mobile
 * addresses of the two are taken too (inferred).
 */
const PROFILES: ReadonlyArray<{ readonly host: RegExp; readonly path: RegExp }> = [
	{ host: /^(?:[a-z]{2,3}\.)?linkedin\.com$/, path: /^\/(?:in\/[^/]+|pub\/.+)\/?$/ },
	{ host: /^(?:(?:mobile|www)\.)?(?:x|twitter)\.com$/, path: /^\/@?\w{1,30}\/?$/ },
];

/** The profile addresses of one person, as they were entered and each once. */
export const profileUrls: Reader<string[]> = (raw) => {
	const entered = textList(raw);
	if (entered instanceof Problem) return entered;
	const urls = [...new Set(entered)];
	const wrong = urls.find((url) => !isProfile(url));
	if (wrong !== undefined) {
		return new Problem(
			`holds what is no profile address: "${wrong.slice(0, 80)}"`,
			'Enter addresses of people, such as https://www.linkedin.com/in/name or https://x.com/name, not of companies or posts.',
		);
	}
	if (urls.length > MAX_PROFILES) {
		return new Problem(`holds ${urls.length} addresses`, `Enter at most ${MAX_PROFILES}, all of the same person.`);
	}
	return urls;
};

function isProfile(entered: string): boolean {
	const url = /^https?:\/\//i.test(entered) ? entered : `https://${entered}`;
	if (/\s/.test(url) || !URL.canParse(url)) return false;
	const { hostname, password, pathname, port, username } = new URL(url);
	if (username !== '' || password !== '' || port !== '') return false;
	return PROFILES.some(({ host, path }) => host.test(hostname) && path.test(pathname));
}
