import type { ICredentialDataDecryptedObject, IConnections, INode, IRunExecutionData, IWorkflowSettings } from 'n8n-workflow';

/** A workflow as n8n exports it; the id is n8n's to give unless it is imported. */
export interface WorkflowRecord {
	id?: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	active?: boolean;
}

/** A credential with its data in the clear, as `n8n import:credentials` and the REST interface take it. */
export interface CredentialRecord {
	id?: string;
	name: string;
	type: string;
	data: ICredentialDataDecryptedObject;
}

export type SavedWorkflow = WorkflowRecord & { id: string; active: boolean };

export interface Execution {
	id: string;
	workflowId: string;
	status: 'new' | 'running' | 'waiting' | 'success' | 'error' | 'canceled' | 'crashed' | 'unknown';
	mode: string;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface ExecutionWithData extends Execution {
	data: IRunExecutionData;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface InstalledPackage {
	packageName: string;
	installedVersion: string;
	/** n8n 1 says so of failed ones only. */
	failedLoading?: boolean;
	installedNodes: Array<{ name: string; type: string; latestVersion: number }>;
}
