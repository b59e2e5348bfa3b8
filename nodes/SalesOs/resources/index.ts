import type { Operation } from '../../shared/operation/operation';
import type { Resource } from '../../shared/operation/properties';
import { syncActivities } from './activity/sync';
import { sendApiRequest } from './apiRequest/request';
import { syncCollaborators } from './collaborator/sync';
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
import { getManyTeams } from './team/getAll';
import { inviteUser } from './user/create';
import { deactivateUser } from './user/delete';
import { getUser } from './user/get';
import { getManyUsers } from './user/getAll';
import { getUserStats } from './user/getStats';
import { updateUser } from './user/update';
import { deleteWebhook } from './webhook/delete';
import { getManyWebhooks } from './webhook/getAll';

export const SALES_OS_RESOURCES: readonly Resource[] = [
	{ id: 'activity', label: 'Activity' },
	{ id: 'apiRequest', label: 'API Request' },
	{ id: 'collaborator', label: 'Collaborator' },
	{ id: 'deal', label: 'Deal' },
	{ id: 'lead', label: 'Lead' },
	{ id: 'stage', label: 'Stage' },
	{ id: 'team', label: 'Team' },
	{ id: 'user', label: 'User' },
	{ id: 'webhook', label: 'Webhook' },
];

/** Everything the SalesOS node can do. */
export const SALES_OS_OPERATIONS: readonly Operation[] = [
	syncActivities,
	sendApiRequest,
	syncCollaborators,
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
	getManyTeams,
	inviteUser,
	deactivateUser,
	getUser,
	getManyUsers,
	getUserStats,
	updateUser,
	deleteWebhook,
	getManyWebhooks,
];
