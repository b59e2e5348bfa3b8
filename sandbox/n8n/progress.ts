const PLAIN_INTERVAL_MS = 15_000;

/** One line about a long step: rewritten in place on a terminal, repeated now and then in a log. */
export class ProgressLine {
	private lastPlainAt = 0;

	constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

	update(text: string): void {
		if (this.stream.isTTY) {
			this.stream.write(`\r\u001b[2K${text}`);
		} else if (Date.now() - this.lastPlainAt >= PLAIN_INTERVAL_MS) {
			this.lastPlainAt = Date.now();
			this.stream.write(`${text}\n`);
		}
	}

	/** Ends the line with its last text. */
	finish(text: string): void {
		this.stream.write(this.stream.isTTY ? `\r\u001b[2K${text}\n` : `${text}\n`);
		this.lastPlainAt = 0;
	}
}

export function formatDuration(ms: number): string {
	const seconds = Math.round(ms / 1000);
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
