// Messaging Services with their members, and senders of WhatsApp and RCS.
const assert = require("node:assert/strict");
const client = require("twilio")();

const refused = (promise, status, code) =>
  assert.rejects(promise, (err) => {
    assert.deepEqual([err.status, err.code], [status, code], String(err));
    return true;
  });
const sids = (rows) => rows.map((r) => r.sid).sort();

async function services() {
  const made = [];
  for (const friendlyName of ["a", "b", "c"]) {
    const service = await client.messaging.v1.services.create({ friendlyName, inboundRequestUrl: `https://example.com/${friendlyName}`, useInboundWebhookOnNumber: false });
    assert.match(service.sid, /^MG[0-9a-f]{32}$/);
    assert.deepEqual([service.friendlyName, service.inboundRequestUrl, service.inboundMethod, service.useInboundWebhookOnNumber], [friendlyName, `https://example.com/${friendlyName}`, "POST", false]);
    assert.ok(service.dateCreated instanceof Date && !Number.isNaN(+service.dateCreated));
    made.push(service);
  }
  assert.deepEqual(sids(await client.messaging.v1.services.list({ pageSize: 1 })), sids(made));
  const updated = await made[0].update({ useInboundWebhookOnNumber: true, inboundRequestUrl: "" });
  assert.deepEqual([updated.useInboundWebhookOnNumber, updated.inboundRequestUrl], [true, null]);

  const numbers = await client.incomingPhoneNumbers.list();
  const members = client.messaging.v1.services(made[0].sid).phoneNumbers;
  for (const n of numbers) {
    const member = await members.create({ phoneNumberSid: n.sid });
    assert.deepEqual([member.sid, member.phoneNumber, member.serviceSid, Array.isArray(member.capabilities)], [n.sid, n.phoneNumber, made[0].sid, true]);
  }
  assert.ok(numbers.length > 2);
  assert.deepEqual(sids(await members.list({ pageSize: 1 })), sids(numbers));
  assert.deepEqual(await client.messaging.v1.services(made[1].sid).phoneNumbers.list(), []);
  await refused(members.create({ phoneNumberSid: numbers[0].sid }), 400, 21710);
  await refused(client.messaging.v1.services(made[1].sid).phoneNumbers.create({ phoneNumberSid: numbers[0].sid }), 400, 21712);
  assert.equal(await members(numbers[0].sid).remove(), true);
  await refused(members(numbers[0].sid).fetch(), 404, 20404);
  assert.equal((await client.messaging.v1.services(made[1].sid).phoneNumbers.create({ phoneNumberSid: numbers[0].sid })).sid, numbers[0].sid);

  const [code] = await client.shortCodes.list({ shortCode: "12345" });
  const shortCodes = client.messaging.v1.services(made[0].sid).shortCodes;
  assert.equal((await shortCodes.create({ shortCodeSid: code.sid })).shortCode, "12345");
  assert.deepEqual(sids(await shortCodes.list()), [code.sid]);

  assert.equal(await client.messaging.v1.services(made[2].sid).remove(), true);
  await refused(client.messaging.v1.services(made[2].sid).fetch(), 404, 20404);
}

async function senders() {
  const senders = client.messaging.v2.channelsSenders;
  const whatsapp = await senders.list({ channel: "whatsapp", pageSize: 1 });
  assert.deepEqual(whatsapp.map((s) => s.senderId).sort(), ["whatsapp:+12025550142", "whatsapp:+447700900123"]);
  assert.deepEqual((await senders.list({ channel: "rcs" })).map((s) => s.senderId), ["rcs:acme"]);
  const sid = whatsapp.find((s) => s.senderId.endsWith("0142")).sid;
  const before = await senders(sid).fetch();
  assert.deepEqual([before.status, before.webhook.callbackUrl], ["ONLINE", "https://example.com/before"]);
  const accepted = await senders(sid).update({ webhook: { callback_url: "https://example.com/after", callback_method: "POST" } });
  assert.equal(accepted.sid, sid);
  for (let left = 1000; left > 0; left--) {
    const now = await senders(sid).fetch();
    assert.equal(now.webhook.callbackUrl, "https://example.com/after");
    if (now.status === "ONLINE") return;
  }
  assert.fail("the update never ends");
}

services().then(senders);
