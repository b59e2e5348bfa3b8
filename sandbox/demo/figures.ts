/** What a run of the demo came to: counted in the sandbox, which knows what was done, and in the output. */
export interface DemoFigures {
	/** n8n's status of the execution. */
	status: string;
	/** Leads that the sandbox created. */
	created: number;
	/** Different emails among them: a lead that was created twice makes this the smaller number. */
	createdEmails: number;
	/** Leads that the workflow put out. */
	output: number;
	/** The reason of each refused row; empty where it carries none. */
	refused: readonly string[];
	moved: number;
	closed: number;
	/** Answers with status 429. */
	limited: number;
	/** Whether OutboundSync told its account. */
	accountKnown: boolean;
}

/** What leads.csv and the example workflow must come to. */
const LEADS = 598;
const REFUSED = 2;
const DEALS = 50;
/** The first request of a window that others have used up finds out by a 429; a second one would be carelessness. */
const MOST_LIMITED = 1;

/** What is wrong with a run, one line each; nothing where all is as it must be. */
export function wrongFigures(figures: DemoFigures): string[] {
	const { accountKnown, closed, created, createdEmails, limited, moved, output, refused, status } = figures;
	const unexplained = refused.filter((reason) => reason.trim() === '').length;
	const checks: ReadonlyArray<[holds: boolean, problem: string]> = [
		[status === 'success', `The execution ended as ${status}`],
		[created === LEADS, `${created} leads created, not ${LEADS}`],
		[createdEmails === created, `${created} leads created for ${createdEmails} emails`],
		[output === created, `${output} leads in the output, ${created} created`],
		[refused.length === REFUSED, `${refused.length} rows refused, not ${REFUSED}`],
		[unexplained === 0, `${unexplained} rows refused without a reason`],
		[moved === DEALS, `${moved} deals moved, not ${DEALS}`],
		[closed === DEALS, `${closed} deals closed as won, not ${DEALS}`],
		[limited <= MOST_LIMITED, `${limited} answers with 429, more than ${MOST_LIMITED}`],
		[accountKnown, 'OutboundSync did not tell its account'],
	];
	return checks.filter(([holds]) => !holds).map(([, problem]) => problem);
}
