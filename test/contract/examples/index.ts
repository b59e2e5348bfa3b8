import { OUTBOUND_SYNC_OPERATIONS } from '../../../nodes/OutboundSync/resources';
import { SALES_OS_OPERATIONS } from '../../../nodes/SalesOs/resources';
import type { Operation } from '../../../nodes/shared/operation/operation';
import type { Sandbox } from '../../../sandbox';
import type { VendorName } from '../openApi';
import type { Examples } from './example';
import { outboundSyncExamples } from './outboundSync';
import { salesOsExamples } from './salesOs';

export interface NodeUnderContract {
	readonly vendor: VendorName;
	/** Name of the node's folder. */
	readonly folder: 'OutboundSync' | 'SalesOs';
	readonly operations: readonly Operation[];
	/** Fills the account anew and gives the runs that work on it. */
	examples(sandbox: Sandbox): Examples;
}

export const NODES: readonly NodeUnderContract[] = [
	{ vendor: 'salesOs', folder: 'SalesOs', operations: SALES_OS_OPERATIONS, examples: salesOsExamples },
	{ vendor: 'outboundSync', folder: 'OutboundSync', operations: OUTBOUND_SYNC_OPERATIONS, examples: outboundSyncExamples },
];
