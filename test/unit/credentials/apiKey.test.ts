import { apiKeyProblem } from '../../../nodes/OutboundSync/apiKey';

test.each(['osapi_abc123', 'osapi_0b7c-9', '  osapi_pasted_with_blanks\n'])('%j may be a key', (key) => {
	expect(apiKeyProblem(key)).toBeUndefined();
});

test.each([
	['', 'is empty'],
	['   ', 'is empty'],
	['osapi_', 'is incomplete or has a blank in it'],
	['osapi_two words', 'is incomplete or has a blank in it'],
	['Bearer osapi_abc123', 'looks like a whole Authorization header'],
	['oswhsec_abc123', 'looks like an OutboundSync webhook signing secret'],
	['oswhk_abc123', 'looks like the ID of an OutboundSync webhook'],
	['sk_live_abc123', 'looks like a SalesOS key'],
	['pat-na1-5d0c', 'looks like a HubSpot private app token'],
	['4b1e93b0-8a0b-4f0e-9b0a-3d4c5b6a7f8e_x1y2z3', 'sequencer (Smartlead, Instantly, EmailBison or HeyReach)'],
	['12|Zm9vYmFy', 'sequencer (Smartlead, Instantly, EmailBison or HeyReach)'],
	['OSAPI_abc123', 'sequencer (Smartlead, Instantly, EmailBison or HeyReach)'],
])('%j is told apart without being repeated', (key, says) => {
	const problem = apiKeyProblem(key);
	expect(problem).toContain(says);
	expect(problem).toContain('starts with "osapi_"');
	if (key.trim().length > 'osapi_'.length) expect(problem).not.toContain(key);
});
