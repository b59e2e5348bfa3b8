import { Problem, type Reader } from '../readers';

/** Where a request that the user made up goes, below the address in the credential. */
export interface Target {
	/** Begins with a slash, percent-encoded, without a query. */
	readonly path: string;
	/** The query that was typed into the path, in its order. */
	readonly query: ReadonlyArray<readonly [name: string, value: string]>;
}

const TAKE_PATH = 'Enter the path alone, such as /v1/leads. The address of the server comes from the credential.';

/**
 * Texts that would lead the request, and the credentials with it, away from the vendor's API, and
 * texts that mean something else to a server than to the reader.
 */
const REFUSED: ReadonlyArray<{ readonly looks: RegExp; readonly what: string; readonly howToFix: string }> = [
	{
		looks: /\p{Cc}/u,
		what: 'has a line break or another control character in it',
		howToFix: 'Remove it; an expression may have brought it in.',
	},
	{ looks: /\\/, what: 'has a backslash in it', howToFix: 'Separate the parts of the path with /, and write a backslash that is meant as %5C.' },
	{ looks: /^[a-z][a-z\d+.-]*:/i, what: 'is a whole address', howToFix: TAKE_PATH },
	{ looks: /^\/\//, what: 'begins with //, which names another server', howToFix: TAKE_PATH },
	{ looks: /^[^/?]*@/, what: 'begins with a user name or an email address', howToFix: `${TAKE_PATH} Begin with a slash.` },
	{ looks: /^[^/?]*:/, what: 'begins with the name of a server', howToFix: TAKE_PATH },
	{ looks: /#/, what: 'has a # in it, which is never sent to a server', howToFix: 'Write a # that is meant as %23, or remove it and what follows.' },
];

/** A relative path, with or without leading slash and query. Never leads to another server or up the path. */
export const target: Reader<Target> = (raw) => {
	if (typeof raw !== 'string') return new Problem('is not text', 'Enter a path, such as /v1/leads.');
	const typed = raw.trim();
	const refused = REFUSED.find(({ looks }) => looks.test(typed));
	if (refused) return new Problem(refused.what, refused.howToFix);
	const [typedPath] = typed.split('?', 1);
	const segments = typedPath.replace(/^\//, '').split('/');
	const encoded: string[] = [];
	for (const segment of segments) {
		const plain = decode(segment);
		if (plain === undefined) {
			return new Problem('is not validly encoded', 'Write a percent sign that is meant as %25.');
		}
		if (plain.split(/[/\\]/).some((part) => part === '..' || part === '.')) {
			return new Problem('has a part that is . or .., which leads to another path', 'Write the path out in full.');
		}
		// What is already encoded stays as it is, blanks and letters beyond ASCII are encoded.
		encoded.push(encodeURI(segment).replaceAll('%25', '%'));
	}
	return { path: `/${encoded.join('/')}`, query: [...new URLSearchParams(typed.slice(typedPath.length + 1))] };
};

/** Undefined for a broken encoding, and for half a character, which cannot be encoded. */
function decode(segment: string): string | undefined {
	try {
		encodeURI(segment);
		return decodeURIComponent(segment);
	} catch {
		return undefined;
	}
}
