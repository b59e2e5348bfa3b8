import type { RecordSink } from './store';
import Database from 'libsql';

/** Keeps every table's records in one SQLite file, so that a sandbox can be stopped and started again. */
export function openSqliteSink(file: string): RecordSink {
	const database = new Database(file);
	database.exec('PRAGMA journal_mode = WAL');
	database.exec('PRAGMA synchronous = NORMAL');
	database.exec(
		`CREATE TABLE IF NOT EXISTS records (
			position INTEGER PRIMARY KEY AUTOINCREMENT,
			collection TEXT NOT NULL,
			id TEXT NOT NULL,
			json TEXT NOT NULL,
			UNIQUE (collection, id)
		)`,
	);
	const load = database.prepare('SELECT json FROM records WHERE collection = ? ORDER BY position');
	const save = database.prepare(
		'INSERT INTO records (collection, id, json) VALUES (?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET json = excluded.json',
	);
	const remove = database.prepare('DELETE FROM records WHERE collection = ? AND id = ?');
	const clear = database.prepare('DELETE FROM records WHERE collection = ?');
	return {
		load: (table) => (load.all(table) as Array<{ json: string }>).map((row) => row.json),
		save: (table, id, json) => void save.run(table, String(id), json),
		remove: (table, id) => void remove.run(table, String(id)),
		clear: (table) => void clear.run(table),
		close: () => void database.close(),
	};
}
