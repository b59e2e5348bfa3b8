import type { Clock } from './clock';
import type { Faults } from './http/faults';
import type { Journal } from './http/journal';
import type { CommonSettings } from './settings';

/** What all parts of one sandbox share. */
export interface Surroundings {
	/** The loopback address that everything listens on. */
	host: string;
	clock: Clock;
	journal: Journal;
	faults: Faults;
	common: CommonSettings;
}
