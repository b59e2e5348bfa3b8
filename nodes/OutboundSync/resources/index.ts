import type { Operation } from '../../shared/operation/operation';
import type { Resource } from '../../shared/operation/properties';
import { getMe } from './account/getMe';

export const OUTBOUND_SYNC_RESOURCES: readonly Resource[] = [{ id: 'account', label: 'Account' }];

/** Everything the OutboundSync node can do. */
export const OUTBOUND_SYNC_OPERATIONS: readonly Operation[] = [getMe];
