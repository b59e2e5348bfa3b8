import { randomUUID } from 'node:crypto';
import { isoTime } from '../clock';
import type { Call } from '../http/server';
import { invalid, notFound, recordAnswer } from './answers';
import { email, nonEmptyText, oneOf, orNull, readBody, text, uuid } from './fields';
import { listAnswer, sameId, sameText, searches, type ListRules } from './list';
import { roles, userStatuses, type User } from './model';
import { checkReferences } from './references';
import type { SalesOsRoute } from './route';
import type { SalesOsState } from './state';

const inviteChecks = { name: nonEmptyText, email, role: oneOf(roles), team_id: orNull(uuid) };
const updateChecks = {
	name: nonEmptyText,
	phone: orNull(text),
	avatar_url: orNull(text),
	role: oneOf(roles),
	team_id: orNull(uuid),
	status: oneOf(['active', 'deactivated']),
};

const listRules: Omit<ListRules<User>, 'show'> = {
	filters: {
		role: sameText((user) => user.role, roles),
		team_id: sameId((user) => user.team_id),
		status: sameText((user) => user.status, userStatuses),
		search: searches((user) => [user.name, user.email]),
	},
	sortable: {
		name: (user) => user.name,
		email: (user) => user.email,
		created_at: (user) => user.created_at,
		total_points: (user) => user.total_points,
	},
};

/** `/v1/users`, `/v1/teams` and `/v1/stages`. */
export function peopleRoutes(state: SalesOsState): SalesOsRoute[] {
	const find = (call: Call): User => {
		const user = state.users.get(call.params.id.toLowerCase());
		if (!user) throw notFound('User');
		return user;
	};
	const show = ({ team_id: teamId, ...user }: User): Record<string, unknown> => {
		const team = teamId === null ? undefined : state.teams.get(teamId);
		return { ...user, team: team ? { id: team.id, name: team.name } : null };
	};

	return [
		{
			method: 'GET',
			path: '/v1/users',
			scope: 'users:read',
			handle: (call) => listAnswer(state.users.all(), call.query, { ...listRules, show }),
		},
		{
			method: 'GET',
			path: '/v1/users/:id',
			scope: 'users:read',
			handle: (call) => recordAnswer(show(find(call)), state.clock),
		},
		{
			method: 'GET',
			path: '/v1/users/:id/stats',
			scope: 'users:read',
			handle: (call) => recordAnswer(stats(state, find(call)), state.clock),
		},
		{
			method: 'POST',
			path: '/v1/users',
			scope: 'users:write',
			handle: (call) => {
				const fields = readBody(call.body, { checks: inviteChecks, required: ['name', 'email', 'role'] }) as Partial<User>;
				checkReferences(state, fields);
				const taken = state.users.all().some((user) => user.email.toLowerCase() === fields.email?.toLowerCase());
				if (taken) throw invalid([{ field: 'email', message: 'belongs to another user' }]);
				const user = state.users.put({
					id: randomUUID(),
					name: '',
					email: '',
					phone: null,
					avatar_url: null,
					role: 'sales_rep',
					team_id: null,
					ranking_tier: 'bronze',
					total_points: 0,
					created_at: isoTime(state.clock.now()),
					last_active_at: null,
					...fields,
					status: 'invited',
				});
				state.emit('user.created', show(user));
				return recordAnswer(show(user), state.clock, 201);
			},
		},
		{
			method: 'PATCH',
			path: '/v1/users/:id',
			scope: 'users:write',
			handle: (call) => {
				const before = find(call);
				const fields = readBody(call.body, { checks: updateChecks }) as Partial<User>;
				checkReferences(state, fields);
				const user = state.users.change(before.id, fields);
				state.emit('user.updated', show(user));
				if (user.status !== before.status) {
					state.emit(user.status === 'active' ? 'user.activated' : 'user.deactivated', show(user));
				}
				return recordAnswer(show(user), state.clock);
			},
		},
		{
			method: 'DELETE',
			path: '/v1/users/:id',
			scope: 'users:write',
			handle: (call) => {
				const user = state.users.change(find(call).id, { status: 'deactivated' });
				state.emit('user.deactivated', show(user));
				return { status: 204 };
			},
		},
		{
			method: 'GET',
			path: '/v1/teams',
			scope: 'users:read',
			handle: (call) =>
				listAnswer(state.teams.all().reverse(), call.query, { filters: {}, sortable: { name: (team) => team.name }, show: (team) => team }),
		},
		{
			method: 'GET',
			path: '/v1/stages',
			scope: 'deals:read',
			handle: (call) =>
				listAnswer(state.stages.all().reverse(), call.query, {
					filters: {},
					sortable: { name: (stage) => stage.name, position: (stage) => stage.position },
					show: (stage) => stage,
				}),
		},
	];
}

/** The figures of `/stats` are not published; these follow from the sandbox's own records. */
function stats(state: SalesOsState, user: User): Record<string, unknown> {
	const deals = state.deals.all().filter((deal) => deal.owner_id === user.id);
	const won = deals.filter((deal) => deal.status === 'won');
	const lost = deals.filter((deal) => deal.status === 'lost');
	const closed = won.length + lost.length;
	return {
		user_id: user.id,
		total_points: user.total_points,
		ranking_tier: user.ranking_tier,
		leads_count: state.leads.all().filter((lead) => lead.owner_id === user.id).length,
		deals_open: deals.length - closed,
		deals_won: won.length,
		deals_lost: lost.length,
		revenue_won: won.reduce((sum, deal) => sum + deal.value, 0),
		win_rate: closed === 0 ? null : won.length / closed,
	};
}
