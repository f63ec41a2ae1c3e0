// Numbers by type, and TwiML applications.
const assert = require("node:assert/strict");
const client = require("twilio")();

const refused = (promise, status, code) =>
  assert.rejects(promise, (err) => {
    assert.deepEqual([err.status, err.code], [status, code], String(err));
    return true;
  });
const e164 = (numbers) => numbers.map((n) => n.phoneNumber).sort();

async function types() {
  for (const [kind, want] of Object.entries({
    local: ["+12025550142", "+12025550143", "+12025550144", "+447700900123"],
    mobile: ["+447447735023", "+447700900124"],
    tollFree: ["+18005550198", "+18005550199"],
  })) {
    const numbers = client.incomingPhoneNumbers[kind];
    assert.deepEqual(e164(await numbers.list({ pageSize: 1 })), want, kind);
    assert.deepEqual(e164(await numbers.list({ phoneNumber: want[0] })), [want[0]], kind);
    const page = await numbers.page({ pageSize: 1 });
    const next = await page.nextPage();
    const back = await next.previousPage();
    assert.equal(page.instances.length, 1);
    assert.notEqual(next.instances[0].sid, page.instances[0].sid);
    assert.equal(back.instances[0].sid, page.instances[0].sid);
  }
  assert.equal((await client.incomingPhoneNumbers.list({ pageSize: 3 })).length, 8);
  assert.equal((await client.incomingPhoneNumbers.list({ pageSize: 3, limit: 4 })).length, 4);
}

async function buying() {
  const [offered] = await client.availablePhoneNumbers("US").local.list({ areaCode: 415, limit: 1 });
  assert.match(offered.phoneNumber, /^\+1415/);
  const bought = await client.incomingPhoneNumbers.local.create({ phoneNumber: offered.phoneNumber, friendlyName: "ours", smsUrl: "https://example.com/sms" });
  assert.match(bought.sid, /^PN[0-9a-f]{32}$/);
  assert.equal(bought.smsUrl, "https://example.com/sms");
  assert.equal(bought.smsMethod, "POST");
  assert.equal(bought.friendlyName, "ours");
  assert.deepEqual([bought.capabilities.voice, bought.capabilities.sms], [true, true]);
  assert.ok(Math.abs(Date.now() - bought.dateCreated) < 600e3, String(bought.dateCreated));

  for (const [country, kind] of [["GB", "mobile"], ["US", "tollFree"]]) {
    const [offer] = await client.availablePhoneNumbers(country)[kind].list({ limit: 1 });
    const { sid } = await client.incomingPhoneNumbers[kind].create({ phoneNumber: offer.phoneNumber });
    assert.deepEqual(e164(await client.incomingPhoneNumbers[kind].list({ phoneNumber: offer.phoneNumber })), [offer.phoneNumber]);
    assert.equal(await client.incomingPhoneNumbers(sid).remove(), true);
    await refused(client.incomingPhoneNumbers(sid).fetch(), 404, 20404);
  }
  assert.match((await client.incomingPhoneNumbers.create({ areaCode: "212" })).phoneNumber, /^\+1212/);
  await refused(client.incomingPhoneNumbers.local.create({ phoneNumber: "+18005550111" }), 400, 21422);
  await refused(client.availablePhoneNumbers("US").mobile.list(), 404, 20404);
  assert.deepEqual((await client.availablePhoneNumbers.list()).map((c) => c.countryCode).sort(), ["CA", "GB", "US"]);
}

async function applications() {
  const sids = [];
  for (const friendlyName of ["a", "b", "c"]) {
    const app = await client.applications.create({ friendlyName, voiceUrl: `https://example.com/${friendlyName}`, voiceMethod: "GET" });
    assert.deepEqual([app.friendlyName, app.voiceUrl, app.voiceMethod], [friendlyName, `https://example.com/${friendlyName}`, "GET"]);
    sids.unshift(app.sid);
  }
  assert.deepEqual((await client.applications.list({ pageSize: 1 })).map((a) => a.sid), sids);
  assert.deepEqual((await client.applications.list({ friendlyName: "b" })).map((a) => a.sid), [sids[1]]);
  const updated = await client.applications(sids[0]).update({ voiceUrl: "", smsUrl: "https://example.com/sms" });
  assert.deepEqual([updated.voiceUrl || "", updated.smsUrl], ["", "https://example.com/sms"]);

  const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: "+12025550142" });
  await client.incomingPhoneNumbers(number.sid).update({ smsApplicationSid: sids[0], voiceUrl: "https://example.com/voice", statusCallback: "https://example.com/status" });
  const set = await number.fetch();
  assert.deepEqual([set.smsApplicationSid, set.voiceUrl, set.statusCallback, set.trunkSid], [sids[0], "https://example.com/voice", "https://example.com/status", null]);
  const cleared = await set.update({ smsApplicationSid: "", voiceUrl: "", statusCallback: "" });
  assert.deepEqual([cleared.smsApplicationSid, cleared.voiceUrl, cleared.statusCallback].map((v) => v || ""), ["", "", ""]);
  await refused(set.update({ voiceUrl: "example" }), 400, 21402);
  assert.equal(await client.applications(sids[0]).remove(), true);
  await refused(client.applications(sids[0]).fetch(), 404, 20404);
}

types().then(buying).then(applications);
