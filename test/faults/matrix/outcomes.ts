import { FAULT_NAMES, type FaultName } from './faults';
import { COLUMNS, operationOf, serviceOf, type Column, type OperationName } from './operations';
import { readTable } from './tables';

/**
 * How an operation ends. "Sent" is what reached the server.
 * - `done`: as if nothing had happened, sent once.
 * - `again`: sent a second time, and done.
 * - `found`: sent once and found by its email: that is the result.
 * - `believed`: sent once and taken for done, although the sandbox has not done it.
 * - `fails`: sent once, and the error says what the server said.
 * - `later`: sent once, and the error says when to try again.
 * - `unknown`: sent once, and the error says that nobody knows whether it was carried out.
 * - `gives up`: sent as often as Max Retries allows, and the error says what went wrong the last time.
 * - `not created`: as `gives up`, each time after it was looked up and was not there, and the error says so.
 */
const WORDS = ['done', 'again', 'found', 'believed', 'fails', 'later', 'unknown', 'gives up', 'not created'] as const;
export type Word = (typeof WORDS)[number];

const shape = { columns: COLUMNS, rows: FAULT_NAMES, words: WORDS };

/** A fault that strikes once. */
const ONCE = readTable<FaultName, Column, Word>(
	`
	| the fault strikes once | read  | delete   | write   | deduped | lead  |
	| ---------------------- | ----- | -------- | ------- | ------- | ----- |
	| 429, seconds           | again | again    | again   | again   | again |
	| 429, date              | again | again    | again   | again   | again |
	| 429, in the body       | again | again    | again   | again   | again |
	| 429, no hint           | again | again    | again   | again   | again |
	| 429, above Max Wait    | later | later    | later   | later   | later |
	| 401                    | again | again    | again   | again   | again |
	| 403                    | fails | fails    | fails   | fails   | fails |
	| 422                    | fails | fails    | fails   | fails   | fails |
	| a redirect             | fails | fails    | fails   | fails   | fails |
	| 500                    | fails | fails    | unknown | fails   | again |
	| 500 after the work     | fails | fails    | unknown | fails   | found |
	| 502, HTML              | again | again    | unknown | again   | again |
	| 503                    | again | again    | unknown | again   | again |
	| 504                    | again | again    | unknown | again   | again |
	| reset before the work  | again | again    | unknown | again   | again |
	| reset after the work   | again | again    | unknown | again   | found |
	| too slow an answer     | again | again    | unknown | again   | found |
	| truncated JSON         | again | again    | unknown | again   | found |
	| not JSON               | again | again    | unknown | again   | found |
	| an empty body          | again | done     | unknown | again   | found |
	| other JSON             | again | believed | unknown | again   | again |
	`,
	shape,
);

/** A fault that strikes every time. A deletion that got through is known by the 404 of the next one. */
const LASTING = readTable<FaultName, Column, Word>(
	`
	| the fault lasts        | read     | delete   | write    | deduped  | lead        |
	| ---------------------- | -------- | -------- | -------- | -------- | ----------- |
	| 429, seconds           | gives up | gives up | gives up | gives up | gives up    |
	| 429, date              | gives up | gives up | gives up | gives up | gives up    |
	| 429, in the body       | gives up | gives up | gives up | gives up | gives up    |
	| 429, no hint           | gives up | gives up | gives up | gives up | gives up    |
	| 429, above Max Wait    | later    | later    | later    | later    | later       |
	| 401                    | fails    | fails    | fails    | fails    | fails       |
	| 403                    | fails    | fails    | fails    | fails    | fails       |
	| 422                    | fails    | fails    | fails    | fails    | fails       |
	| a redirect             | fails    | fails    | fails    | fails    | fails       |
	| 500                    | fails    | fails    | unknown  | fails    | not created |
	| 500 after the work     | fails    | fails    | unknown  | fails    | found       |
	| 502, HTML              | gives up | gives up | unknown  | gives up | not created |
	| 503                    | gives up | gives up | unknown  | gives up | not created |
	| 504                    | gives up | gives up | unknown  | gives up | not created |
	| reset before the work  | gives up | gives up | unknown  | gives up | not created |
	| reset after the work   | gives up | again    | unknown  | gives up | found       |
	| too slow an answer     | gives up | gives up | unknown  | gives up | found       |
	| truncated JSON         | gives up | again    | unknown  | gives up | found       |
	| not JSON               | gives up | again    | unknown  | gives up | found       |
	| an empty body          | gives up | done     | unknown  | gives up | found       |
	| other JSON             | gives up | believed | unknown  | gives up | not created |
	`,
	shape,
);

export const TABLES = { once: ONCE, lasting: LASTING };
export type Duration = keyof typeof TABLES;

/**
 * Two rows hold for some operations only: just an OAuth2 token has a successor to fetch, and an API key
 * that is revoked stays so; and some writes need no body to be known as done.
 */
export function wordFor(duration: Duration, fault: FaultName, name: OperationName): Word {
	const operation = operationOf(name);
	if (fault === '401' && serviceOf(operation) === 'OutboundSync') return 'fails';
	if (fault === 'an empty body' && operation.withoutBody) return 'done';
	// One that is still under way would come last, and undo the second.
	if (fault === 'too slow an answer' && operation.unlessLate) return 'unknown';
	return TABLES[duration](fault, operation.column);
}
