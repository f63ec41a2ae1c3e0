// Studio flows and their executions, and the Conversations addresses that lead to one.
const assert = require("node:assert/strict");
const client = require("twilio")();

const refused = (promise, status, code) =>
  assert.rejects(promise, (err) => {
    assert.deepEqual([err.status, err.code], [status, code], String(err));
    return true;
  });
const sids = (rows) => rows.map((r) => r.sid).sort();

const asks = (body) => ({
  description: "asks",
  initial_state: "Trigger",
  flags: { allow_concurrent_calls: true },
  states: [
    {
      type: "trigger", name: "Trigger", properties: {},
      transitions: ["incomingMessage", "incomingCall", "incomingConversationMessage", "incomingRequest", "incomingParent"].map((event) =>
        event === "incomingMessage" || event === "incomingRequest" ? { event, next: "ask" } : { event }),
    },
    {
      type: "send-and-wait-for-reply", name: "ask",
      properties: { from: "{{flow.channel.address}}", body, timeout: "3600" },
      transitions: [{ event: "incomingMessage", next: "thank" }, { event: "timeout" }, { event: "deliveryFailure" }],
    },
    {
      type: "send-message", name: "thank",
      properties: { from: "{{flow.channel.address}}", to: "{{contact.channel.address}}", body: "Thanks" },
      transitions: [{ event: "sent" }, { event: "failed" }],
    },
  ],
});

async function flows() {
  const { flows, flowValidate } = client.studio.v2;
  assert.equal((await flowValidate.update({ friendlyName: "asks", status: "published", definition: asks("Well?") })).valid, true);
  await refused(flowValidate.update({ friendlyName: "asks", status: "published", definition: { ...asks("Well?"), initial_state: "nowhere" } }), 400, 81022);
  const made = [];
  for (const friendlyName of ["a", "b", "c"]) {
    const flow = await flows.create({ friendlyName, status: "draft", definition: asks(friendlyName), commitMessage: "first" });
    assert.match(flow.webhookUrl, new RegExp(`^https://webhooks\\.twilio\\.com/v1/Accounts/${flow.accountSid}/Flows/${flow.sid}$`));
    made.push(flow);
  }
  assert.deepEqual(sids(await flows.list({ pageSize: 1 })), sids(made));
  const flow = await flows(made[0].sid).update({ status: "published", commitMessage: "second" });
  assert.deepEqual([flow.status, flow.revision, flow.valid, flow.friendlyName], ["published", 2, true, "a"]);
  const revisions = await flows(flow.sid).revisions.list({ pageSize: 1 });
  assert.deepEqual(revisions.map((r) => [r.revision, r.status, r.commitMessage]), [[2, "published", "second"], [1, "draft", "first"]]);
  assert.equal((await flows(flow.sid).revisions("LatestPublished").fetch()).definition.states[1].properties.body, "a");
  assert.equal(await flows(made[1].sid).remove(), true);
  await refused(flows(made[1].sid).fetch(), 404, 20404);
  return flow;
}

async function executions(flow) {
  const executions = client.studio.v2.flows(flow.sid).executions;
  const begun = [];
  for (const to of ["+447946000001", "+447946000002", "+447946000003"]) {
    const execution = await executions.create({ to, from: "+12025550142", parameters: { name: "Zeke" } });
    assert.match(execution.sid, /^FN[0-9a-f]{32}$/);
    assert.deepEqual([execution.status, execution.contactChannelAddress, execution.flowSid], ["active", to, flow.sid]);
    begun.push(execution);
  }
  assert.deepEqual(sids(await executions.list({ pageSize: 1 })), sids(begun));
  assert.deepEqual(await executions.list({ dateCreatedTo: new Date(Date.now() - 3600e3) }), []);
  assert.equal((await executions.list({ dateCreatedFrom: new Date(Date.now() - 3600e3) })).length, 3);

  const one = executions(begun[0].sid);
  const { context } = await one.executionContext().fetch();
  assert.equal(context.flow.data.name, "Zeke");
  assert.equal(context.contact.channel.address, "+447946000001");
  const steps = await one.steps.list({ pageSize: 1 });
  assert.deepEqual(steps.map((s) => [s.transitionedFrom, s.transitionedTo]), [["Trigger", "ask"]]);
  const step = await one.steps(steps[0].sid).fetch();
  assert.deepEqual([step.executionSid, step.name], [begun[0].sid, "incomingRequest"]);
  assert.equal((await one.steps(step.sid).stepContext().fetch()).stepSid, step.sid);

  await refused(one.remove(), 409, 20409);
  assert.equal((await one.update({ status: "ended" })).status, "ended");
  assert.equal((await one.fetch()).status, "ended");
  assert.deepEqual(sids(await executions.list({ status: "active", pageSize: 1 })), sids(begun.slice(1)));
  assert.deepEqual(sids(await executions.list({ status: "ended" })), [begun[0].sid]);
  assert.equal(await one.remove(), true);
  await refused(one.fetch(), 404, 20404);
}

async function addresses(flow) {
  const addresses = client.conversations.v1.addressConfigurations;
  const made = [];
  for (const [type, address] of [["sms", "+12025550142"], ["sms", "+447700900123"], ["whatsapp", "whatsapp:+12025550142"]]) {
    const one = await addresses.create({ type, address, friendlyName: address, "autoCreation.enabled": true, "autoCreation.type": "studio", "autoCreation.studioFlowSid": flow.sid, "autoCreation.studioRetryCount": 2 });
    assert.match(one.sid, /^IG[0-9a-f]{32}$/);
    assert.deepEqual([one.type, one.address, one.autoCreation.type, one.autoCreation.studio_flow_sid, one.autoCreation.studio_retry_count], [type, address, "studio", flow.sid, 2]);
    made.push(one);
  }
  assert.deepEqual(sids(await addresses.list({ pageSize: 1 })), sids(made));
  assert.deepEqual(sids(await addresses.list({ type: "whatsapp" })), [made[2].sid]);
  const updated = await addresses(made[0].sid).update({ "autoCreation.enabled": true, "autoCreation.type": "webhook", "autoCreation.webhookUrl": "https://example.com/hook", "autoCreation.webhookFilters": ["onMessageAdded", "onMessageRemoved"] });
  assert.deepEqual([updated.autoCreation.type, updated.autoCreation.webhook_url, updated.autoCreation.webhook_filters], ["webhook", "https://example.com/hook", ["onMessageAdded", "onMessageRemoved"]]);
  assert.equal((await addresses(made[0].sid).fetch()).autoCreation.webhook_url, "https://example.com/hook");
  assert.equal(await addresses(made[0].sid).remove(), true);
  await refused(addresses(made[0].sid).fetch(), 404, 20404);
}

flows().then(async (flow) => {
  await executions(flow);
  await addresses(flow);
});
