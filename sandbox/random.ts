/** A small seeded generator (mulberry32), so that seed data is the same on every machine. */
export class SeededRandom {
	constructor(private state: number) {}

	/** A number in [0, 1). */
	next(): number {
		this.state = (this.state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	}

	/** An integer in [0, bound). */
	below(bound: number): number {
		return Math.floor(this.next() * bound);
	}

	pick<T>(choices: readonly T[]): T {
		return choices[this.below(choices.length)];
	}

	hex(digits: number): string {
		return Array.from({ length: digits }, () => this.below(16).toString(16)).join('');
	}

	/** A UUID with version 4's shape. */
	uuid(): string {
		return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
	}
}
