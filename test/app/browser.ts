import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import type { Browser, Locator, Page } from 'playwright-core';
import { selectors } from 'playwright-core';
import { stateFolder } from '../../sandbox/n8n/paths';
import { DEMO_OWNER } from '../../sandbox/n8n/session';
import { startChromium } from './chromium';

/** Where every step leaves a picture, in light and in dark. */
export const SCREENSHOTS = join(stateFolder, 'screenshots');

const WAIT_MS = 20_000;
const VIEWPORT = { width: 1280, height: 800 };

/** n8n's editor in a browser, driven as a person would: by what is on the screen. */
export class Editor {
	private pictures = 0;

	private constructor(
		private readonly browser: Browser,
		readonly page: Page,
		private readonly origin: string,
	) {}

	/** Opens the editor and signs the owner in. */
	static async open(origin: string): Promise<Editor> {
		selectors.setTestIdAttribute('data-test-id');
		// Pictures of an earlier run would stand among those of this one under other numbers.
		await rm(SCREENSHOTS, { recursive: true, force: true });
		await mkdir(SCREENSHOTS, { recursive: true });
		const browser = await startChromium();
		const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: 'light', reducedMotion: 'reduce', locale: 'en-GB' });
		const page = await context.newPage();
		page.setDefaultTimeout(WAIT_MS);
		const editor = new Editor(browser, page, origin);
		await page.goto(`${origin}/signin`);
		await page.locator('input[name=emailOrLdapLoginId]').fill(DEMO_OWNER.email);
		await page.locator('input[name=password]').fill(DEMO_OWNER.password);
		await page.locator('input[name=password]').press('Enter');
		await page.waitForURL((url) => !url.pathname.includes('signin'));
		return editor;
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	/** Takes the picture in both themes. n8n follows the system's unless told otherwise. */
	async picture(name: string, { messages = false } = {}): Promise<void> {
		this.pictures += 1;
		const file = join(SCREENSHOTS, `${String(this.pictures).padStart(2, '0')}-${name}`);
		// Off everything that would show a tooltip; and messages of a moment cover what is under them.
		await this.page.mouse.move(VIEWPORT.width / 2, 2);
		if (!messages) await this.dismissMessages();
		await this.page.screenshot({ path: `${file}.light.png`, animations: 'disabled' });
		await this.page.emulateMedia({ colorScheme: 'dark' });
		// The icons follow by script, a frame later than the colours.
		await this.repainted();
		await this.page.screenshot({ path: `${file}.dark.png`, animations: 'disabled' });
		await this.page.emulateMedia({ colorScheme: 'light' });
	}

	/** Resolves when what has arrived is on the screen. */
	async repainted(): Promise<void> {
		await this.page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
	}

	/** Dismisses the messages that n8n shows for some seconds in the lower right corner. */
	async dismissMessages(): Promise<void> {
		const close = this.page.locator('.el-notification__closeBtn');
		while ((await close.count()) > 0) {
			const message = this.page.locator('.el-notification').first();
			const handle = await message.elementHandle({ timeout: 1000 }).catch(() => null);
			await close.first().click({ timeout: 1000 }).catch(ignoreGone);
			await handle?.waitForElementState('hidden').catch(ignoreGone);
		}
	}

	// --- Credentials

	/** Opens the dialog for a new credential of this type, from the list of credentials. */
	async newCredential(typeName: string): Promise<CredentialDialog> {
		await this.page.goto(`${this.origin}/home/credentials`);
		await this.page.getByTestId('add-resource-credential').click();
		const types = this.page.getByTestId('new-credential-type-select');
		await types.locator('input').fill(typeName);
		await this.page.getByTestId('new-credential-type-select-option').getByText(typeName, { exact: true }).click();
		await this.page.getByTestId('new-credential-type-button').click();
		const dialog = new CredentialDialog(this, this.page.getByTestId('editCredential-modal'));
		await dialog.root.getByTestId('credential-save-button').waitFor();
		return dialog;
	}

	// --- The canvas

	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/new`);
		await this.page.getByTestId('canvas-plus-button').waitFor();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.origin}/workflow/${id}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id=canvas-node][data-node-name="${name}"]`);
	}

	async openNode(name: string): Promise<NodePanel> {
		await this.node(name).dblclick();
		return await this.panel();
	}

	async panel(): Promise<NodePanel> {
		const root = this.page.getByTestId('ndv');
		await root.getByTestId('ndv-close-button').waitFor();
		return new NodePanel(this, root);
	}

	/** Opens the panel of nodes: with the first step of a new workflow, or for a further one. */
	async openNodeCreator(): Promise<void> {
		await this.page.getByTestId('canvas-plus-button').or(this.page.getByTestId('node-creator-plus-button')).first().click();
		await this.searchBar.waitFor();
	}

	/** Types into the search of the panel of nodes; resolves to the names found once `expected` is among them. */
	async search(query: string, expected: string): Promise<string[]> {
		await this.searchBar.fill(query);
		const names = this.page.getByTestId('node-creator-item-name');
		// The list follows the typing after a moment, and before that it may show the name for another reason.
		for (let shown: string[] = []; !shown.includes(expected) || shown.join('\n') === this.shownBefore; ) {
			await this.repainted();
			shown = (await names.allInnerTexts()).map((name) => name.trim());
		}
		const found = (await names.allInnerTexts()).map((name) => name.trim());
		this.shownBefore = found.join('\n');
		return found;
	}

	/** Adds a node from the open panel, by its action where it has several. */
	async addNode(query: string, name: string, action?: string): Promise<void> {
		this.shownBefore = (await this.page.getByTestId('node-creator-item-name').allInnerTexts()).join('\n');
		await this.search(query, name);
		const names = this.page.getByTestId('node-creator-item-name');
		await names.getByText(name, { exact: true }).first().click();
		if (action !== undefined) await names.getByText(action, { exact: true }).click();
	}

	/** What stands below the name of a node on the canvas. */
	subtitle(name: string): Locator {
		return this.node(name).locator('[class*=_subtitle_]');
	}

	/** Brings all nodes into sight. */
	async fit(): Promise<void> {
		await this.page.getByTestId('zoom-to-fit').click();
		await this.repainted();
	}

	/**
	 * Runs the workflow by the button below the canvas.
	 * @param event what a trigger waits for, once it says so with `waiting`
	 */
	async execute(event?: { waiting: string; happen: () => Promise<void> }): Promise<void> {
		await this.dismissMessages();
		await this.page.getByTestId('execute-workflow-button').first().click();
		if (event) {
			await this.page.getByText(event.waiting).first().waitFor();
			await event.happen();
		}
		await this.page.getByText('Workflow executed successfully').waitFor();
	}

	/** Publishes the workflow; what becomes of it shows later. */
	async publish(): Promise<void> {
		await this.dismissMessages();
		await this.page.getByTestId('workflow-open-publish-modal-button').click();
		await this.page.getByTestId('workflow-publish-button').click();
		await this.page.getByTestId('workflowPublish-modal').waitFor({ state: 'hidden' });
	}

	/** The descriptions of node types, as the editor fetches them. */
	async nodeTypes(): Promise<INodeTypeDescription[]> {
		return await (await this.page.request.get(`${this.origin}/types/nodes.json`)).json();
	}

	private shownBefore = '';

	private get searchBar(): Locator {
		return this.page.getByTestId('node-creator-search-bar');
	}
}

/** Fields as both a credential's dialog and a node's panel have them. */
class Fields {
	constructor(
		protected readonly editor: Editor,
		readonly root: Locator,
	) {}

	field(name: string): Locator {
		return this.root.getByTestId(`parameter-input-${name}`);
	}

	async fill(values: Readonly<Record<string, string>>): Promise<void> {
		for (const [name, value] of Object.entries(values)) {
			await this.field(name).locator('input, textarea').first().fill(value);
		}
	}

	async choose(name: string, option: string): Promise<void> {
		await this.field(name).click();
		await this.option(option).click();
	}

	/** An entry of the drop-down that is open; they lie outside of the dialog. */
	option(name: string): Locator {
		const { page } = this.editor;
		return page.getByRole('option').filter({ has: page.getByText(name, { exact: true }), visible: true }).first();
	}
}

export class CredentialDialog extends Fields {
	/** Saves, upon which n8n tests the credential, and returns what n8n then shows, details unfolded. */
	async saveAndTest(): Promise<string> {
		await this.editor.dismissMessages();
		const tested = this.editor.page.waitForResponse((response) => response.url().endsWith('/rest/credentials/test'));
		await this.root.getByTestId('credential-save-button').click();
		await (await tested).finished();
		await this.editor.repainted();
		await this.root.getByText(/Connection tested successfully|Couldn’t connect with these settings/).filter({ visible: true }).first().waitFor();
		const more = this.root.getByText('More details', { exact: true });
		if (await more.isVisible()) {
			await more.click();
			await more.waitFor({ state: 'hidden' });
		}
		return await this.root.innerText();
	}
}

export class NodePanel extends Fields {
	get input(): Locator {
		return this.root.getByTestId('ndv-input-panel');
	}

	get output(): Locator {
		return this.root.getByTestId('output-panel');
	}

	get errorMessage(): Locator {
		return this.output.getByTestId('node-error-message');
	}

	get errorDescription(): Locator {
		return this.output.getByTestId('node-error-description');
	}

	async chooseCredential(name: string): Promise<void> {
		await this.root.getByTestId('node-credentials-select').click();
		await this.editor.page.getByRole('option').filter({ has: this.editor.page.getByText(name, { exact: true }) }).click();
	}

	/** Adds an entry of a collection such as Additional Fields, by its place among the panel's collections. */
	async addField(label: string, collection = 0): Promise<void> {
		await this.root.getByTestId('collection-parameter-add').nth(collection).click();
		await this.option(label).click();
	}

	/** Opens the list of a resource locator; resolves to its entries. */
	async openList(name: string): Promise<Locator> {
		await this.list(name).click();
		const items = this.editor.page.getByTestId('rlc-item');
		await items.first().waitFor();
		return items;
	}

	/** Types into the search of the list that is open. */
	async searchList(text: string): Promise<void> {
		const { page } = this.editor;
		await page.getByTestId('rlc-search').locator('input').or(page.locator('input[data-test-id=rlc-search]')).first().fill(text);
	}

	/** Opens a list that cannot be loaded; resolves to what n8n says instead. */
	async listError(name: string): Promise<string> {
		await this.list(name).click();
		return await this.editor.page.getByTestId('rlc-error-container').innerText();
	}

	private list(name: string): Locator {
		return this.root.getByTestId(`resource-locator-${name}`).getByTestId('rlc-input');
	}

	/** Runs the node and what comes before it; resolves when there is an output or an error. */
	async executeStep(): Promise<void> {
		const { page } = this.editor;
		await this.editor.dismissMessages();
		// Leaving a field that was typed into changes the panel, and a click at that moment is lost.
		await page.evaluate('document.activeElement.blur()');
		await this.editor.repainted();
		const itemCount = this.output.getByText(/^\d+ items?$/);
		const isFirstRun = (await itemCount.count()) === 0;
		const started = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/run'));
		await this.root.getByTestId('node-execute-button').click();
		await started;
		const told = page.getByText(/^(Node executed successfully|Problem in node .*)$/);
		// n8n takes its message away after some seconds, which a busy machine may spend elsewhere; an output that was not there before stays.
		await (isFirstRun ? told.or(itemCount).or(this.errorMessage) : told).first().waitFor();
	}

	async close(): Promise<void> {
		await this.root.getByTestId('ndv-close-button').click();
		await this.root.waitFor({ state: 'hidden' });
	}
}

/** A message that went by itself while it was being dismissed is what was wanted. */
function ignoreGone(): void {}
