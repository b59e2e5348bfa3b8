import type { RefusalDetail } from '../http/refusal';
import { invalid } from './answers';
import type { SalesOsState } from './state';

/** Refuses ids of owners, teams, stages and leads that do not exist. */
export function checkReferences(state: SalesOsState, fields: Record<string, unknown>): void {
	const tables = { owner_id: state.users, team_id: state.teams, stage_id: state.stages, lead_id: state.leads };
	const details: RefusalDetail[] = [];
	for (const [field, table] of Object.entries(tables)) {
		const id = fields[field];
		if (typeof id === 'string' && !table.get(id)) details.push({ field, message: 'does not exist' });
	}
	if (details.length > 0) throw invalid(details);
}
