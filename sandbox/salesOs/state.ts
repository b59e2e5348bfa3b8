import type { Clock } from '../clock';
import type { SalesOsSettings } from '../settings';
import { Table, type RecordSink } from '../store/store';
import type { Activity, Collaborator, Deal, Lead, Stage, Team, User, Webhook } from './model';
import { seedStages, seedTeams, seedUsers } from './seed';

/** A webhook event as SalesOS raises it; the deliverer wraps it in an envelope. */
export type Emit = (type: string, data: unknown) => void;

/** All records of the one SalesOS account. */
export class SalesOsState {
	readonly leads: Table<Lead>;
	readonly deals: Table<Deal>;
	readonly stages: Table<Stage>;
	readonly teams: Table<Team>;
	readonly users: Table<User>;
	readonly collaborators: Table<Collaborator>;
	readonly activities: Table<Activity>;
	readonly webhooks: Table<Webhook>;
	/** Replaced by the deliverer; until then events go nowhere. */
	emit: Emit = () => {};
	/** Drops the retries that wait for a webhook; replaced by the deliverer too. */
	abandonDeliveries: (webhookId: string) => void = () => {};

	constructor(
		readonly settings: SalesOsSettings,
		readonly clock: Clock,
		sink?: RecordSink,
	) {
		this.leads = new Table('salesOs.leads', sink);
		this.deals = new Table('salesOs.deals', sink);
		this.stages = new Table('salesOs.stages', sink);
		this.teams = new Table('salesOs.teams', sink);
		this.users = new Table('salesOs.users', sink);
		this.collaborators = new Table('salesOs.collaborators', sink);
		this.activities = new Table('salesOs.activities', sink);
		this.webhooks = new Table('salesOs.webhooks', sink);
		if (this.stages.size === 0) this.seed();
	}

	tables(): Record<string, Table<{ id: string }>> {
		return {
			leads: this.leads,
			deals: this.deals,
			stages: this.stages,
			teams: this.teams,
			users: this.users,
			collaborators: this.collaborators,
			activities: this.activities,
			webhooks: this.webhooks,
		} as unknown as Record<string, Table<{ id: string }>>;
	}

	/** A stage by its id or name. */
	stage(idOrName: string): Stage | undefined {
		return this.stages.get(idOrName) ?? this.stages.all().find((stage) => stage.name === idOrName);
	}

	reset(): void {
		for (const table of Object.values(this.tables())) table.clear();
		this.seed();
	}

	private seed(): void {
		for (const stage of seedStages) this.stages.put(stage);
		for (const team of seedTeams) this.teams.put(team);
		for (const user of seedUsers) this.users.put(user);
	}
}
