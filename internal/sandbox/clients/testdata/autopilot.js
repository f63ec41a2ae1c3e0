// An assistant by the calls of `twilio autopilot:create`, `:list`, `:export`, `:update` and
// `:delete`, and its parts by the last client that knows Autopilot.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const core = require("@dabblelab/autopilot-core");
const client = require("twilio-3")();

const schema = {
  friendlyName: "Hotel",
  logQueries: true,
  uniqueName: "hotel",
  defaults: { defaults: { assistant_initiation: "task://greet", fallback: "task://greet" } },
  styleSheet: { style_sheet: { voice: { say_voice: "Polly.Emma" } } },
  fieldTypes: [
    {
      uniqueName: "room",
      values: [
        { language: "en-US", value: "single", synonymOf: null },
        { language: "en-US", value: "double", synonymOf: null },
        { language: "en-US", value: "twin", synonymOf: "double" },
      ],
    },
  ],
  tasks: [
    {
      uniqueName: "greet",
      actions: { actions: [{ say: "Welcome." }, { listen: true }] },
      fields: [],
      samples: [{ language: "en-US", taggedText: "hello" }, { language: "en-US", taggedText: "good morning" }],
    },
    {
      uniqueName: "book",
      actions: { actions: [{ say: "Booked." }] },
      fields: [{ uniqueName: "room", fieldType: "room" }, { uniqueName: "nights", fieldType: "Twilio.NUMBER" }],
      samples: [{ language: "en-US", taggedText: "a {room} room for {nights} nights" }],
    },
  ],
  modelBuild: {},
};

// sorted is a schema without the order of its lists, which Twilio does not document, and
// without its build, whose name an import ignores.
const sorted = (s) => {
  const by = (key) => (a, b) => (a[key] < b[key] ? -1 : 1);
  const { modelBuild, ...rest } = structuredClone(s);
  rest.tasks.sort(by("uniqueName"));
  for (const task of rest.tasks) {
    task.fields.sort(by("uniqueName"));
    task.samples.sort(by("taggedText"));
  }
  for (const type of rest.fieldTypes) type.values.sort(by("value"));
  return rest;
};
const write = (name, content) => {
  const file = path.join(process.cwd(), name);
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
};
// exported is what an export writes. Where it says by SID what a value is a synonym of, the
// value takes the place of the SID.
const exported = async (name) => {
  const { filename } = await core.exportAssistant(name, client);
  const schema = JSON.parse(fs.readFileSync(filename));
  for (const type of schema.fieldTypes) {
    const values = await client.autopilot.assistants(name).fieldTypes(type.uniqueName).fieldValues.list();
    for (const value of type.values) {
      const of = values.find((v) => v.sid === value.synonymOf);
      if (of) value.synonymOf = of.value;
    }
  }
  return schema;
};

async function asTheCLI() {
  const made = await core.createAssistant(write("in.json", schema), client);
  assert.match(made.sid, /^UA[0-9a-f]{32}$/);
  assert.deepEqual(sorted(await exported("hotel")), sorted(schema));
  // A second of the name gets one of its own.
  const second = await core.createAssistant(write("second.json", schema), client);
  assert.match(second.uniqueName, /^hotel-\d+$/);
  assert.deepEqual(sorted(await exported(second.uniqueName)), { ...sorted(schema), uniqueName: second.uniqueName, friendlyName: second.friendlyName });
  assert.deepEqual((await core.listAssistant(client)).map((a) => a.uniqueName).sort(), ["hotel", second.uniqueName].sort());
  await core.deleteAssistant(second.uniqueName, client);
  assert.deepEqual((await core.listAssistant(client)).map((a) => a.uniqueName), ["hotel"]);

  const changed = structuredClone(schema);
  changed.tasks[0].actions.actions[0].say = "Good day.";
  changed.tasks.pop();
  changed.tasks.push({ uniqueName: "leave", actions: { actions: [{ say: "Bye." }] }, fields: [], samples: [{ language: "en-US", taggedText: "bye" }] });
  await core.updateAssistant(write("changed.json", changed), client);
  assert.deepEqual(sorted(await exported("hotel")), sorted(changed));
}

async function asTheClient() {
  const assistant = client.autopilot.assistants("hotel");
  const fetched = await assistant.fetch();
  assert.ok(fetched.dateCreated instanceof Date && !Number.isNaN(+fetched.dateCreated));
  assert.deepEqual([fetched.friendlyName, fetched.logQueries, fetched.developmentStage], ["Hotel", true, "in-development"]);
  const tasks = await assistant.tasks.list({ pageSize: 1 });
  assert.deepEqual(tasks.map((t) => t.uniqueName).sort(), ["greet", "leave"]);
  const samples = await assistant.tasks("greet").samples.list({ pageSize: 1 });
  assert.deepEqual(samples.map((s) => s.taggedText).sort(), ["good morning", "hello"]);
  const field = await assistant.tasks("leave").fields.create({ uniqueName: "why", fieldType: "room" });
  assert.deepEqual((await assistant.tasks("leave").fields.list()).map((f) => f.sid), [field.sid]);
  assert.deepEqual((await assistant.fieldTypes("room").fieldValues.list({ pageSize: 1 })).length, 3);
  const build = await assistant.modelBuilds.create({ uniqueName: "v2" });
  assert.equal(build.status, "enqueued");
  for (let left = 1000; (await build.fetch()).status !== "completed"; left--) assert.ok(left > 0, "the build never ends");
  assert.equal((await assistant.fetch()).needsModelBuild, false);
  const query = await assistant.queries.create({ language: "en-US", query: "bye" });
  assert.equal(query.results.task, "leave");
  await assert.rejects(client.autopilot.assistants.create({ uniqueName: "hotel" }), (err) => /UniqueName already in use/.test(err.message));
  await core.deleteAssistant("hotel", client);
  await assert.rejects(assistant.fetch(), (err) => err.status === 404 && err.code === 20404);
}

asTheCLI().then(asTheClient);
