import { delimiter, dirname, join } from 'node:path';
import type { N8nInstallation } from './install';

/** What of the surroundings reaches n8n: enough to find programs, a home and a place for temporary files. */
const PASSED_ON = [
	'HOME',
	'USERPROFILE',
	'LANG',
	'LC_ALL',
	'TZ',
	'TMPDIR',
	'TEMP',
	'TMP',
	'SystemRoot',
	'APPDATA',
	'LOCALAPPDATA',
];

/** Nothing calls home, asks for news, or shows what needs n8n's cloud. */
const QUIET: Readonly<Record<string, string>> = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
	N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
	EXTERNAL_FRONTEND_HOOKS_URLS: '',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	// n8n asks npm for newer versions whenever it lists the community packages; offline that would take minutes.
	npm_config_fetch_retries: '0',
};

/** A sandbox's key: credentials stay readable when n8n's settings file is lost, and queue workers share it. */
const ENCRYPTION_KEY = 'sandbox-encryption-key-never-for-real-credentials';

export interface EnvironmentOptions {
	installation: N8nInstallation;
	userFolder: string;
	/** Folders, beside n8n's own, whose files workflows may read. */
	readableFolders?: readonly string[];
}

/**
 * n8n's environment, built from nothing: a stray `N8N_…`, `DB_…` or `NODE_ENV=test` of the surroundings would
 * make another n8n of it.
 */
export function n8nEnvironment({ installation, userFolder, readableFolders = [] }: EnvironmentOptions): Record<string, string> {
	const env: Record<string, string> = { ...QUIET };
	for (const name of PASSED_ON) {
		const value = process.env[name];
		if (value !== undefined) env[name] = value;
	}
	// Unknown to n8n 1, which refuses to start with a module it does not know.
	if (!installation.version.startsWith('1.')) env['N8N_DISABLED_MODULES'] = 'mcp-registry';
	return {
		...env,
		PATH: [dirname(installation.node), process.env['PATH']].join(delimiter),
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'true',
		N8N_RESTRICT_FILE_ACCESS_TO: [join(userFolder, '.n8n-files'), ...readableFolders].join(';'),
		EXTERNAL_HOOK_FILES: join(__dirname, 'register-packages.js'),
		// Plain http on loopback: Safari drops a Secure cookie there.
		N8N_SECURE_COOKIE: 'false',
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
	};
}
