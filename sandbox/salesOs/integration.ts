import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { RefusalDetail } from '../http/refusal';
import type { Answer } from '../http/server';
import { invalid, recordAnswer } from './answers';
import { isEmail, isObject, isTime } from './fields';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';

/** Documented maxima of one request. */
const maxCollaborators = 500;
const maxActivities = 1000;

type Item = Record<string, unknown>;

function readItems(body: Item, field: string, max: number): Item[] {
	const items = body[field];
	if (!Array.isArray(items) || items.length === 0) throw invalid([{ field, message: 'must be a non-empty array' }]);
	if (items.length > max) throw invalid([{ field, message: `must have at most ${max} items` }]);
	return items.map((item: unknown) => (isObject(item) ? item : {}));
}

function isFilled(value: unknown): value is string {
	return typeof value === 'string' && value.trim() !== '';
}

/** Malformed activities are refused as a whole with `index` and `field`, as in the vendor's 400 sample. */
function checkActivities(items: Item[]): void {
	const details: RefusalDetail[] = [];
	items.forEach((item, index) => {
		const report = (field: string, message: string): void => void details.push({ index, field, message });
		const code = item.activity_code;
		if (typeof code !== 'string' || !/^\d{3}$/.test(code) || code === '000') {
			report('activity_code', 'must be three digits from 001 to 999');
		}
		if (!isFilled(item.external_id)) report('external_id', 'is required');
		if (!isEmail(item.collaborator_email)) report('collaborator_email', 'must be a valid email address');
		if (item.occurred_at !== undefined && !isTime(item.occurred_at)) report('occurred_at', 'must be an ISO 8601 date-time');
	});
	if (details.length > 0) throw invalid(details);
}

function syncCollaborators(state: SalesOsState, body: Item): Answer {
	const items = readItems(body, 'collaborators', maxCollaborators);
	const known = new Map(state.collaborators.all().map((collaborator) => [collaborator.email.toLowerCase(), collaborator]));
	const result = { created: 0, existing: 0, errors: [] as string[], total: items.length };
	const optionalText = (value: unknown): string | null => (typeof value === 'string' ? value : null);
	items.forEach((item, index) => {
		const label = `Collaborator ${index}`;
		const { external_id: externalId, name, email, document } = item;
		// Partial failure is documented: a wrong collaborator is reported and the others are taken.
		if (!isFilled(externalId) || !isFilled(name)) {
			result.errors.push(`${label}: external_id, name and email are required`);
		} else if (!isEmail(email)) {
			result.errors.push(`${label}: email is not valid`);
		} else if (document !== undefined && (typeof document !== 'string' || document.length > 20)) {
			result.errors.push(`${label}: document must be a string of at most 20 characters`);
		} else if (known.has(email.toLowerCase())) {
			result.existing += 1;
		} else {
			const collaborator = state.collaborators.put({
				id: randomUUID(),
				external_id: externalId,
				name,
				email,
				phone: optionalText(item.phone),
				document: optionalText(document),
				team: optionalText(item.team),
				role: optionalText(item.role),
				metadata: isObject(item.metadata) ? item.metadata : {},
				created_at: isoTime(state.clock.now()),
			});
			known.set(email.toLowerCase(), collaborator);
			result.created += 1;
		}
	});
	return recordAnswer(result, state.clock);
}

/**
 * Repeats of an `external_id` count as duplicates. An activity of an email that is neither a collaborator nor a user
 * is skipped and named in `errors` (inferred from the counters' names).
 */
function syncActivities(state: SalesOsState, body: Item): Answer {
	const items = readItems(body, 'activities', maxActivities);
	checkActivities(items);
	const people = new Set(
		[...state.collaborators.all(), ...state.users.all()].map((person) => person.email.toLowerCase()),
	);
	const result = { processed: 0, skipped: 0, duplicates: 0, errors: [] as string[], total: items.length };
	items.forEach((item, index) => {
		const externalId = item.external_id as string;
		const collaboratorEmail = item.collaborator_email as string;
		if (state.activities.get(externalId)) {
			result.duplicates += 1;
		} else if (!people.has(collaboratorEmail.toLowerCase())) {
			result.skipped += 1;
			result.errors.push(`Activity ${index}: no collaborator with the email ${collaboratorEmail}`);
		} else {
			state.activities.put({
				id: externalId,
				activity_code: item.activity_code as string,
				external_id: externalId,
				collaborator_email: collaboratorEmail,
				data: item.data ?? null,
				occurred_at: (item.occurred_at as string | undefined) ?? null,
				created_at: isoTime(state.clock.now()),
			});
			result.processed += 1;
		}
	});
	return recordAnswer(result, state.clock);
}

/** The vendor's integration endpoint. */
export function integrationRoutes(state: SalesOsState): SalesOsRoute[] {
	return [
		{
			method: 'POST',
			path: '/functions/v1/default-integration',
			scope: 'default:sync',
			handle: (call) => {
				const body = isObject(call.body) ? call.body : {};
				if (body.action === 'sync_collaborators') return syncCollaborators(state, body);
				if (body.action === 'sync_activities') return syncActivities(state, body);
				throw invalid([{ field: 'action', message: 'must be sync_collaborators or sync_activities' }]);
			},
		},
	];
}
