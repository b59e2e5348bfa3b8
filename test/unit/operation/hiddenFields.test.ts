import { text } from '../../../nodes/shared/operation/readers';
import { readInput } from './inputNode';

/** Fields that the panel does not show, of which n8n gives no value and no default. */

it('a required one is empty, and no fault of n8n', async () => {
	const { error } = await readInput((input) => input.required('hidden', text), { name: 'Ana' });
	expect(error?.message).toBe('Hidden Name is empty');
});

it('an optional one is nothing', async () => {
	const { values } = await readInput((input) => input.optional('hidden', text) ?? 'nothing', { name: 'Ana' });
	expect(values).toEqual(['nothing']);
});
