import type { VirtualClock } from './virtualClock';

/** How a server counts and what it tells. What is unknown of the vendors is varied here. */
export interface WindowServerOptions {
	readonly clock: VirtualClock;
	readonly limit: number;
	readonly windowMs: number;
	/** Windows at fixed times of the clock, or from the first request after the last one ended. */
	readonly windows: 'fromFirstRequest' | 'ofTheClock';
	readonly resetUnit: 'epochMs' | 'epochSeconds' | 'none' | 'secondsLeft';
	/** How seconds are rounded. */
	readonly rounding: 'ceil' | 'floor';
	readonly retryAfter: 'date' | 'none' | 'seconds';
	/** How far the server's clock is ahead of ours. */
	readonly skewMs: number;
}

export interface WindowServerAnswer {
	readonly status: 200 | 429;
	readonly headers: Record<string, string>;
}

/** A server that counts requests in fixed windows and says so in its headers. */
export class WindowServer {
	/** Requests that were let in and refused, by window. */
	readonly windows: Array<{ readonly startMs: number; readonly endMs: number; served: number; refused: number }> = [];

	constructor(private readonly options: WindowServerOptions) {}

	get refused(): number {
		return this.windows.reduce((total, { refused }) => total + refused, 0);
	}

	get served(): number {
		return this.windows.reduce((total, { served }) => total + served, 0);
	}

	receive(): WindowServerAnswer {
		const { clock, limit } = this.options;
		const window = this.currentWindow();
		const isServed = window.served < limit;
		if (isServed) window.served += 1;
		else window.refused += 1;
		return {
			status: isServed ? 200 : 429,
			headers: {
				date: new Date(clock.now() + this.options.skewMs).toUTCString(),
				...this.windowHeaders(limit - window.served, window.endMs),
				...(isServed ? {} : this.retryAfter(window.endMs)),
			},
		};
	}

	/** When a request that arrives now would be let in. */
	opensAtMs(): number {
		const { clock, limit } = this.options;
		const window = this.currentWindow();
		return window.served < limit ? clock.now() : window.endMs;
	}

	private currentWindow(): WindowServer['windows'][number] {
		const { clock, windowMs, windows } = this.options;
		const last = this.windows.at(-1);
		if (last && clock.now() < last.endMs) return last;
		const nowMs = clock.now();
		const startMs = windows === 'fromFirstRequest' ? nowMs : nowMs - (nowMs % windowMs);
		const window = { startMs, endMs: startMs + windowMs, served: 0, refused: 0 };
		this.windows.push(window);
		return window;
	}

	private windowHeaders(remaining: number, endMs: number): Record<string, string> {
		const { clock, limit, resetUnit, skewMs } = this.options;
		if (resetUnit === 'none') return {};
		const reset = {
			epochMs: endMs + skewMs,
			epochSeconds: this.rounded((endMs + skewMs) / 1000),
			secondsLeft: this.rounded((endMs - clock.now()) / 1000),
		}[resetUnit];
		return {
			'x-ratelimit-limit': String(limit),
			'x-ratelimit-remaining': String(remaining),
			'x-ratelimit-reset': String(reset),
		};
	}

	private retryAfter(endMs: number): Record<string, string> {
		const { clock, retryAfter, skewMs } = this.options;
		if (retryAfter === 'none') return {};
		if (retryAfter === 'seconds') return { 'retry-after': String(this.rounded((endMs - clock.now()) / 1000)) };
		return { 'retry-after': new Date(this.rounded((endMs + skewMs) / 1000) * 1000).toUTCString() };
	}

	private rounded(seconds: number): number {
		return this.options.rounding === 'ceil' ? Math.ceil(seconds) : Math.floor(seconds);
	}
}
