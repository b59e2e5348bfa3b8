/** Documented: above this, the vendor asks to be contacted. */
const ANNOUNCED_FROM = 10_000;

export function importHint(itemCount: number): string | undefined {
	if (itemCount <= ANNOUNCED_FROM) return undefined;
	return `This run has ${itemCount} records. SalesOS asks its users to contact support before importing more than ${ANNOUNCED_FROM}.`;
}
