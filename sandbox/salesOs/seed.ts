import { isoTime } from '../clock';
import { SeededRandom } from '../random';
import { leadStatuses, priorities, type Deal, type Lead, type Stage, type Team, type User } from './model';
import type { SalesOsState } from './state';

const stageId = (position: number): string => `5a1e5000-0000-4000-a000-00000000000${position}`;
const teamId = (position: number): string => `7ea10000-0000-4000-a000-00000000000${position}`;
const userId = (position: number): string => `05e20000-0000-4000-a000-00000000000${position}`;
const startOfAccount = '2026-01-05T12:00:00.000Z';

/** The documented default stages. */
export const seedStages: readonly Stage[] = (
	[
		['Prospecting', 10],
		['Qualification', 25],
		['Proposal', 50],
		['Negotiation', 75],
		['Closed Won', 100],
		['Closed Lost', 0],
	] as const
).map(([name, probability], index) => ({ id: stageId(index + 1), name, probability, position: index + 1 }));

export const seedTeams: readonly Team[] = ['Inside Sales', 'Field Sales', 'Partners'].map((name, index) => ({
	id: teamId(index + 1),
	name,
	created_at: startOfAccount,
}));

export const seedUsers: readonly User[] = (
	[
		['Ana Ribeiro', 'admin', null, 'active', 'diamond', 9120],
		['Marcos Teixeira', 'manager', 1, 'active', 'gold', 6480],
		['Júlia Nogueira', 'manager', 2, 'active', 'gold', 5975],
		['Pedro Álvares', 'sales_rep', 1, 'active', 'silver', 3310],
		['Beatriz Conceição', 'sales_rep', 1, 'active', 'silver', 2890],
		['Tiago Fontes', 'sales_rep', 2, 'active', 'bronze', 1240],
		['Helena Prado', 'sales_rep', 3, 'invited', 'bronze', 0],
		['Otávio Seixas', 'sales_rep', 2, 'deactivated', 'bronze', 415],
	] as const
).map(([name, role, team, status, tier, points], index) => ({
	id: userId(index + 1),
	name,
	email: `${name.normalize('NFD').replace(/[^A-Za-z ]/g, '').toLowerCase().replace(' ', '.')}@sandbox.example`,
	phone: null,
	avatar_url: null,
	role,
	team_id: team === null ? null : teamId(team),
	status,
	ranking_tier: tier,
	total_points: points,
	created_at: startOfAccount,
	last_active_at: status === 'active' ? '2026-02-02T09:30:00.000Z' : null,
}));

const firstNames = ['Amélie', 'Bruno', 'Carla', 'Dênis', 'Elif', 'Fátima', 'Gustavo', 'Inês', 'João', 'Katarzyna'];
const lastNames = ['Almeida', 'Barros', "D'Ávila", 'Esteves', 'Farias', 'García', 'Höfer', 'Lacerda', 'Moura', 'Silva'];
const companies = ['Aurora Móveis', 'Boreal Energia', 'Cais Logística', 'Dunas & Filhos', 'Estúdio Íris', 'Farol Seguros'];
const sources = ['website', 'referral', 'event', 'outbound'];

const hourMs = 3_600_000;

/** Adds made-up leads, one an hour up to now; the same seed gives the same people. */
export function seedLeads(state: SalesOsState, count: number, seed = 1): Lead[] {
	const random = new SeededRandom(seed);
	const nowMs = state.clock.now();
	return Array.from({ length: count }, (_, index) => {
		const name = `${random.pick(firstNames)} ${random.pick(lastNames)}`;
		const createdAt = isoTime(nowMs - (count - index) * hourMs);
		const owner = random.pick(seedUsers);
		return state.leads.put({
			id: random.uuid(),
			name,
			email: `lead${index + 1}@seed${seed}.example`,
			phone: `+55 11 9${random.below(9000) + 1000}-${random.below(9000) + 1000}`,
			company: random.pick(companies),
			position: random.pick(['CEO', 'Head of Sales', 'Buyer', 'IT Manager']),
			source: random.pick(sources),
			status: random.pick(leadStatuses.slice(0, 4)),
			owner_id: owner.id,
			team_id: owner.team_id,
			custom_fields: { region: random.pick(['north', 'south', 'east', 'west']) },
			tags: random.below(3) === 0 ? ['priority'] : [],
			created_at: createdAt,
			updated_at: createdAt,
		});
	});
}

/** Adds made-up open deals, one an hour up to now. */
export function seedDeals(state: SalesOsState, count: number, seed = 1): Deal[] {
	const random = new SeededRandom(seed + 7919);
	const nowMs = state.clock.now();
	return Array.from({ length: count }, (_, index) => {
		const company = random.pick(companies);
		const createdAt = isoTime(nowMs - (count - index) * hourMs);
		const owner = random.pick(seedUsers);
		return state.deals.put({
			id: random.uuid(),
			name: `${company} #${index + 1}`,
			value: (random.below(200) + 1) * 250,
			stage_id: random.pick(seedStages.slice(0, 4)).id,
			status: 'open',
			contact_name: `${random.pick(firstNames)} ${random.pick(lastNames)}`,
			contact_email: `contact${index + 1}@seed${seed}.example`,
			company,
			owner_id: owner.id,
			team_id: owner.team_id,
			expected_close_date: isoTime(nowMs + (random.below(90) + 1) * 24 * hourMs).slice(0, 10),
			priority: random.pick(priorities),
			lead_id: null,
			loss_reason: null,
			custom_fields: {},
			closed_at: null,
			created_at: createdAt,
			updated_at: createdAt,
		});
	});
}
