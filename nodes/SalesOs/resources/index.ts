import type { Operation } from '../../shared/operation/operation';
import type { Resource } from '../../shared/operation/properties';
import { closeDeal } from './deal/close';
import { createDeal } from './deal/create';
import { deleteDeal } from './deal/delete';
import { getDeal } from './deal/get';
import { getManyDeals } from './deal/getAll';
import { moveDeal } from './deal/move';
import { updateDeal } from './deal/update';
import { convertLead } from './lead/convert';
import { createLead } from './lead/create';
import { deleteLead } from './lead/delete';
import { getLead } from './lead/get';
import { getManyLeads } from './lead/getAll';
import { updateLead } from './lead/update';
import { upsertLead } from './lead/upsert';
import { getManyStages } from './stage/getAll';

export const SALES_OS_RESOURCES: readonly Resource[] = [
	{ id: 'deal', label: 'Deal' },
	{ id: 'lead', label: 'Lead' },
	{ id: 'stage', label: 'Stage' },
];

/** Everything the SalesOS node can do. */
export const SALES_OS_OPERATIONS: readonly Operation[] = [
	closeDeal,
	createDeal,
	deleteDeal,
	getDeal,
	getManyDeals,
	moveDeal,
	updateDeal,
	convertLead,
	createLead,
	deleteLead,
	getLead,
	getManyLeads,
	updateLead,
	upsertLead,
	getManyStages,
];
