/** `npm run sign`: signs a test delivery the way a vendor would, for trying a workflow's webhook by hand. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { AUTO_SCHEMES, type CustomScheme, type TabledScheme } from '../nodes/shared/webhook/schemes';
import { signDelivery, type DeliveryToSign } from '../nodes/shared/webhook/sign';
import { DEFAULT_TOLERANCE_SECONDS, REFUSAL_TEXT, verifyDelivery } from '../nodes/shared/webhook/verify';

const SIGNABLE: ReadonlyArray<TabledScheme | 'custom'> = [...AUTO_SCHEMES, 'custom'];

const USAGE = `Signs a webhook delivery and prints its headers and a curl line that sends it.

  WEBHOOK_SECRET=… npm run -s sign -- --scheme <scheme> [options] body.json

The secret is read from WEBHOOK_SECRET, so that it stays out of the shell's history and
the process list; --secret <secret> works too. It is never printed. The signature covers the
file's bytes as they are: send the file itself, not a re-formatted copy.

  --scheme <scheme>          ${SIGNABLE.join(', ')}
  --url <url>                the trigger's webhook URL   [http://localhost:5678/webhook-test/<path>]
  --header <name>            signature header, where the scheme leaves it open   [X-Signature]
  --encoding hex|base64      where the scheme allows both   [hex]
  --timestamp <unix>         seconds or milliseconds   [now, in seconds]
  --id <id>                  message id, where the scheme signs one   [a random one]

For --scheme custom, as in the trigger's options:
  --content <text>           the signed bytes, e.g. 'v0:{timestamp}:{body}'
  --label <text>             what stands before the signature, e.g. v0=
  --timestamp-header <name>  the header of {timestamp}
  --id-header <name>         the header of {id}
`;

class UsageError extends Error {}

interface Arguments {
	delivery: DeliveryToSign;
	bodyPath: string;
	url: string;
}

function readArguments(argv: string[], env: NodeJS.ProcessEnv, nowMs: number): Arguments {
	const { values, positionals } = parseArguments(argv);
	const [bodyPath, ...rest] = positionals;
	const secret = values.secret ?? env.WEBHOOK_SECRET ?? '';
	const scheme = SIGNABLE.find((name) => name === values.scheme);
	const encoding = (['hex', 'base64'] as const).find((name) => name === (values.encoding ?? 'hex'));
	const timestamp = values.timestamp ?? String(Math.floor(nowMs / 1000));

	if (!scheme) throw new UsageError(`--scheme must be one of ${SIGNABLE.join(', ')}`);
	if (secret.trim() === '')
		throw new UsageError("Set WEBHOOK_SECRET to the webhook's secret, or give --secret");
	if (bodyPath === undefined || rest.length > 0) throw new UsageError('Give one file with the body');
	if (!encoding) throw new UsageError('--encoding must be hex or base64');
	if (!/^[1-9]\d{0,15}$/.test(timestamp))
		throw new UsageError('--timestamp must be a whole number of seconds or milliseconds');

	const custom: CustomScheme | undefined =
		scheme === 'custom'
			? {
					signatureHeader: values.header ?? 'X-Signature',
					label: values.label,
					encoding,
					content: values.content ?? '',
					timestampHeader: values['timestamp-header'],
					idHeader: values['id-header'],
				}
			: undefined;
	return {
		bodyPath,
		url: values.url ?? 'http://localhost:5678/webhook-test/<path>',
		delivery: {
			// npm runs scripts in the package's folder; a path is meant from where the user stands.
			rawBody: readFileSync(resolve(env.INIT_CWD ?? '.', bodyPath)),
			secret,
			scheme,
			timestamp: Number(timestamp),
			id: values.id ?? `msg_${randomUUID()}`,
			signatureHeader: values.header,
			encoding: values.encoding === undefined ? undefined : encoding,
			custom,
		},
	};
}

function parseArguments(argv: string[]) {
	const text = { type: 'string' } as const;
	try {
		return parseArgs({
			args: argv,
			allowPositionals: true,
			options: {
				scheme: text,
				secret: text,
				url: text,
				header: text,
				encoding: text,
				timestamp: text,
				id: text,
				content: text,
				label: text,
				'timestamp-header': text,
				'id-header': text,
			},
		});
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

function shellQuoted(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}

function curlLine(url: string, headers: Record<string, string>, bodyPath: string): string {
	const sent = Object.entries({ 'Content-Type': 'application/json', ...headers });
	return [
		`curl -X POST ${shellQuoted(url)}`,
		...sent.map(([name, value]) => `-H ${shellQuoted(`${name}: ${value}`)}`),
		`--data-binary ${shellQuoted(`@${bodyPath}`)}`,
	].join(' ');
}

/** What a trigger with this scheme and secret would say to the delivery if it came now. */
function refusal(
	{ rawBody, secret, scheme, custom }: DeliveryToSign,
	headers: Record<string, string>,
): string | undefined {
	const verdict = verifyDelivery({
		rawBody,
		headers,
		secrets: [secret],
		scheme,
		toleranceSeconds: DEFAULT_TOLERANCE_SECONDS,
		nowMs: Date.now(),
		custom,
	});
	return verdict.ok ? undefined : REFUSAL_TEXT[verdict.reason];
}

try {
	const { delivery, bodyPath, url } = readArguments(process.argv.slice(2), process.env, Date.now());
	const headers = signDelivery(delivery);
	const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
	process.stdout.write(`${lines.join('\n')}\n\n${curlLine(url, headers, bodyPath)}\n`);
	const reason = refusal(delivery, headers);
	if (reason) process.stderr.write(`Note: a trigger will refuse this delivery: ${reason}.\n`);
} catch (error) {
	const message = error instanceof Error ? error.message : String(error);
	process.stderr.write(error instanceof UsageError ? `${message}\n\n${USAGE}` : `${message}\n`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
