import type { ApiAnswer } from '../../http/request';

const FALLBACK = 'download';
const LONGEST_NAME = 200;

/**
 * The name of a downloaded file: from `Content-Disposition` (RFC 6266), else the end of the path.
 * What the server sends is not trusted: no folders, no control characters, not endless.
 */
export function fileNameOf(headers: ApiAnswer['headers'], path: string): string {
	const disposition = headers['content-disposition'] ?? '';
	const names = [extendedName(disposition), plainName(disposition), decoded(path)];
	return names.map(safeName).find((name) => name !== '') ?? FALLBACK;
}

/** `filename*=UTF-8''…` comes first: a sender adds the plain one for old clients. */
function extendedName(disposition: string): string {
	const found = /(?:^|;)\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition);
	return found ? decoded(found[1]) : '';
}

function plainName(disposition: string): string {
	const found = /(?:^|;)\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))/i.exec(disposition);
	return (found?.[1]?.replace(/\\(.)/g, '$1') ?? found?.[2] ?? '').trim();
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return '';
	}
}

function safeName(name: string): string {
	const bare = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replace(/\p{Cc}/gu, '');
	return /^\.*$/.test(bare) ? '' : bare.slice(0, LONGEST_NAME);
}
