import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/**
 * A header that an Additional Endpoint of OutboundSync sends along with forwarded events. Whether its
 * dashboard offers custom headers is not documented; a proxy in between can add one just as well.
 */
export class OutboundSyncForwardingApi implements ICredentialType {
	name = 'outboundSyncForwardingApi';

	displayName = 'OutboundSync Forwarding API';

	icon: Icon = {
		light: 'file:../nodes/OutboundSync/outboundSync.svg',
		dark: 'file:../nodes/OutboundSync/outboundSync.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-salesos-outboundsync/n8n-nodes-salesos-outboundsync#credentials';

	properties: INodeProperties[] = [
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			required: true,
			default: 'X-Forwarding-Secret',
			description: 'Header that every forwarded event must carry',
		},
		{
			displayName: 'Header Value',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'What the header must hold: at least 16 characters that nobody can guess',
		},
	];
}
