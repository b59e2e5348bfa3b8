import { path } from '../../../shared/http/request';
import { listing, simplify } from '../../../shared/operation/listFields';
import type { Operation } from '../../../shared/operation/operation';
import { integerId } from '../../../shared/operation/readers';
import { endpoint } from '../../access';
import { rangeFields, sourceLocator } from '../../fields';
import { plainFields, readRange, unchanged } from '../../records';

export const getManyRequestsOfSource: Operation = {
	resource: 'request',
	value: 'getAllOfSource',
	name: 'Get Many of a Source',
	action: 'Get many requests to one source',
	description: 'List the requests that one source has received in a range of time, newest first. Use this where the source must be set: Get Many with the filter Source lists the same.',
	endpoints: [
		endpoint('GET /sources/:sourceId/requests', {
			published: 'that it is newest first, and that it is GET /requests filtered by the source',
			inferred: 'fields other than id',
		}),
	],
	fields: [{ ...sourceLocator, required: true }, ...rangeFields, ...listing, simplify],
	prepare(input, session) {
		return readRange(input, session, {
			path: path`/api/v1/sources/${input.required('sourceId', integerId)}/requests`,
			shape: input.flag('simplify') ? plainFields : unchanged,
		});
	},
};
