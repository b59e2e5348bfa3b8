export interface RefusalDetail {
	field?: string;
	message: string;
	index?: number;
}

export interface RefusalOptions {
	/** The vendor's error code, where the vendor has codes. */
	code?: string;
	details?: RefusalDetail[];
	/** Several messages at once; OutboundSync answers them as an array. */
	messages?: string[];
	headers?: Record<string, string>;
	/** Seconds to wait that the vendor names in the body rather than in a header. */
	bodyRetryAfterSeconds?: number;
}

/** A request the vendor answers with an error; each vendor has its own way to write it down. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly options: RefusalOptions = {},
	) {
		super(message);
	}
}
