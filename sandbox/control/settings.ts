import { resetUnits } from '../http/window';
import type { Sandbox } from '../index';
import {
	plans,
	requestIdPlaces,
	webhookEnvelopes,
	type CommonSettings,
	type OutboundSyncSettings,
	type SalesOsSettings,
} from '../settings';
import { signatureEncodings, signatureSchemes } from '../webhooks/sign';

/** Whether a value may become a setting. */
type Accepts = (value: unknown) => boolean;

const flag: Accepts = (value) => typeof value === 'boolean';
const positive: Accepts = (value) => typeof value === 'number' && value > 0;
const notNegative: Accepts = (value) => typeof value === 'number' && value >= 0;
const orNull =
	(accepts: Accepts): Accepts =>
	(value) =>
		value === null || accepts(value);
const among =
	(choices: readonly string[]): Accepts =>
	(value) =>
		typeof value === 'string' && choices.includes(value);
const listOfNumbers: Accepts = (value) => Array.isArray(value) && value.every((item) => typeof item === 'number');
const listsByName: Accepts = (value) =>
	value !== null && typeof value === 'object' && Object.values(value).every((list) => Array.isArray(list));

type Rules<T> = { [Name in keyof T]: Accepts };

const commonRules: Rules<CommonSettings> = {
	windowMs: positive,
	latencyMs: notNegative,
	webhookTimeCompression: positive,
};

const salesOsRules: Rules<SalesOsSettings> = {
	plan: among(plans),
	requestsPerWindow: orNull(notNegative),
	signedKeyRequestsPerHour: notNegative,
	resetUnit: among(resetUnits),
	signedPathIncludesQuery: flag,
	requestIdPlace: among(requestIdPlaces),
	tokenLifetimeSeconds: positive,
	updatedAfterFilter: flag,
	requiredFieldsByStage: listsByName,
	requireHttpsWebhooks: flag,
	webhookScheme: among(signatureSchemes),
	webhookEncoding: among(signatureEncodings),
	webhookEnvelope: among(webhookEnvelopes),
};

const outboundSyncRules: Rules<OutboundSyncSettings> = {
	apiAccess: flag,
	canUseWebhooks: flag,
	blockListsDisabledFor: listOfNumbers,
	requestsPerWindowPerIp: notNegative,
	requestsPerWindowPerAccount: notNegative,
	outreachRequestsPerWindow: notNegative,
	resetUnit: among(resetUnits),
	shortPages: flag,
	heavyRangeDays: orNull(notNegative),
	resyncRunsMs: notNegative,
	testNotQueued: flag,
	requireHttpsWebhooks: flag,
	webhookScheme: among(signatureSchemes),
	webhookEncoding: among(signatureEncodings),
};

export interface AllSettings {
	common: CommonSettings;
	salesOs: SalesOsSettings;
	outboundSync: OutboundSyncSettings;
}

export function allSettings(sandbox: Sandbox): AllSettings {
	return { common: sandbox.settings, salesOs: sandbox.salesOs.settings, outboundSync: sandbox.outboundSync.settings };
}

const rules: { [Part in keyof AllSettings]: Record<string, Accepts> } = {
	common: commonRules,
	salesOs: salesOsRules,
	outboundSync: outboundSyncRules,
};

/** Changes settings by part and name; throws on the first name or value it does not know, having changed nothing. */
export function changeSettings(sandbox: Sandbox, changes: Record<string, unknown>): AllSettings {
	const settings = allSettings(sandbox);
	const parts = Object.entries(changes).map(([part, values]) => {
		if (!Object.hasOwn(rules, part)) throw new Error(`No settings named ${part}: they are common, salesOs, outboundSync`);
		if (values === null || typeof values !== 'object') throw new Error(`${part} must be an object`);
		const known = part as keyof AllSettings;
		for (const [name, value] of Object.entries(values)) {
			if (!Object.hasOwn(rules[known], name)) throw new Error(`No setting ${part}.${name}`);
			if (!rules[known][name](value)) throw new Error(`Not a value for ${part}.${name}: ${JSON.stringify(value)}`);
		}
		return [known, values] as const;
	});
	for (const [part, values] of parts) Object.assign(settings[part], values);
	return settings;
}
