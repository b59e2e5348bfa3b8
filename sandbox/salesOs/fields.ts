import type { RefusalDetail } from '../http/refusal';
import { invalid } from './answers';

/** Says what is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const emailShape = /^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@.,;<>]{2,}$/;
const dateShape = /^\d{4}-\d{2}-\d{2}$/;
const timeShape = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuidShape.test(value);
export const isEmail = (value: unknown): value is string => typeof value === 'string' && emailShape.test(value);
export const isDate = (value: unknown): value is string =>
	typeof value === 'string' &&
	dateShape.test(value) &&
	!Number.isNaN(Date.parse(value)) &&
	new Date(value).toISOString().startsWith(value);
export const isTime = (value: unknown): value is string =>
	typeof value === 'string' && timeShape.test(value) && !Number.isNaN(Date.parse(value));
export const isObject = (value: unknown): value is Record<string, unknown> =>
	value !== null && typeof value === 'object' && !Array.isArray(value);

const unless = (holds: (value: unknown) => boolean, complaint: string): Check => {
	return (value) => (holds(value) ? undefined : complaint);
};

export const text: Check = unless((value) => typeof value === 'string', 'must be a string');
export const nonEmptyText: Check = unless(
	(value) => typeof value === 'string' && value.trim() !== '',
	'must be a non-empty string',
);
export const email: Check = unless(isEmail, 'must be a valid email address');
export const uuid: Check = unless(isUuid, 'must be a UUID');
export const date: Check = unless(isDate, 'must be a date (YYYY-MM-DD)');
export const time: Check = unless(isTime, 'must be an ISO 8601 date-time');
export const amount: Check = unless(
	(value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
	'must be a number of at least 0',
);
export const flag: Check = unless((value) => typeof value === 'boolean', 'must be true or false');
export const object: Check = unless(isObject, 'must be an object');
export const texts: Check = unless(
	(value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
	'must be an array of strings',
);
export const oneOf = (choices: readonly string[]): Check =>
	unless((value) => typeof value === 'string' && choices.includes(value), `must be one of ${choices.join(', ')}`);
export const orNull =
	(check: Check): Check =>
	(value) =>
		value === null ? undefined : check(value);

export interface BodyRules {
	checks: Record<string, Check>;
	required?: readonly string[];
}

/**
 * The known fields of a JSON body; throws VALIDATION_ERROR with one detail per wrong field.
 * Fields the sandbox does not know are dropped without a word (what the vendor does is unknown).
 */
export function readBody(body: unknown, { checks, required = [] }: BodyRules): Record<string, unknown> {
	const given = body === undefined ? {} : body;
	if (!isObject(given)) throw invalid([{ message: 'must be a JSON object' }], 'The request body must be a JSON object');
	const details: RefusalDetail[] = [];
	for (const field of required) {
		if (given[field] === undefined) details.push({ field, message: 'is required' });
	}
	const read: Record<string, unknown> = {};
	for (const [field, check] of Object.entries(checks)) {
		const value = given[field];
		if (value === undefined) continue;
		const complaint = check(value);
		if (complaint === undefined) read[field] = value;
		else details.push({ field, message: complaint });
	}
	if (details.length > 0) throw invalid(details);
	return read;
}
