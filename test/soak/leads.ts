import type { Lead } from '../../sandbox/salesOs/model';

/** Create, update, get, and create or update. */
export const OPERATIONS_A_LEAD = 4;

/** What the workflow gets for one lead. */
export interface LeadInput {
	name: string;
	email: string;
	company: string;
	position: string;
	/** Of create or update: for every second lead its own address, for the others a new one. */
	secondEmail: string;
	secondCompany: string;
}

export function leadsOfRound(round: number, count: number): LeadInput[] {
	return Array.from({ length: count }, (_, index) => {
		const label = `${round}-${index}`;
		const email = `lead-${label}@soak.example.com`;
		return {
			name: `Lead ${label}`,
			email,
			company: `Company ${label}`,
			position: `Position ${label}`,
			secondEmail: index % 2 === 0 ? email : `second-${label}@soak.example.com`,
			secondCompany: `Second company ${label}`,
		};
	});
}

/** The fields of a lead that the workflow writes. */
export type WrittenLead = Pick<Lead, 'name' | 'email' | 'company' | 'position' | 'source' | 'status'>;

/** What SalesOS must hold for these inputs: one line a lead. */
export function expectedLeads(inputs: readonly LeadInput[]): string[] {
	const leads = inputs.flatMap(({ company, email, name, position, secondCompany, secondEmail }): WrittenLead[] => {
		const created = { name, email, company, position, source: 'soak', status: 'contacted' } as const;
		if (secondEmail === email) return [{ ...created, company: secondCompany }];
		return [created, { name, email: secondEmail, company: secondCompany, position, source: null, status: 'new' }];
	});
	return leads.map(lineOf);
}

export function lineOf({ company, email, name, position, source, status }: WrittenLead): string {
	return JSON.stringify([email, name, company, position, source, status]);
}
