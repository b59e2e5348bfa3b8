/**
 * Reads a table of expectations as it would stand in the README: a row a fault, a column a kind of
 * operation, a word a cell.
 * @throws Error on a row, a column or a word that is missing or unknown, so that no cell drops out of the tests unseen
 */
export function readTable<Row extends string, Column extends string, Word extends string>(
	text: string,
	{ columns, rows, words }: { readonly rows: readonly Row[]; readonly columns: readonly Column[]; readonly words: readonly Word[] },
): (row: Row, column: Column) => Word {
	const [head, , ...lines] = text
		.trim()
		.split('\n')
		.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
	const named = head.slice(1);
	expectSame('columns', named, columns);
	expectSame('rows', lines.map(([name]) => name), rows);
	const cells = new Map<string, Word>();
	for (const [row, ...values] of lines) {
		if (values.length !== named.length) throw new Error(`The row "${row}" has ${values.length} cells`);
		for (const [index, value] of values.entries()) {
			const word = words.find((known) => known === value);
			if (word === undefined) throw new Error(`"${value}" in the row "${row}" is none of: ${words.join(', ')}`);
			cells.set(`${row}|${named[index]}`, word);
		}
	}
	return (row, column) => {
		const word = cells.get(`${row}|${column}`);
		if (word === undefined) throw new Error(`No cell ${row}, ${column}`);
		return word;
	};
}

function expectSame(what: string, found: readonly string[], wanted: readonly string[]): void {
	if ([...found].sort().join('|') === [...wanted].sort().join('|')) return;
	throw new Error(`The ${what} of the table are ${found.join(', ')}, and should be ${wanted.join(', ')}`);
}
