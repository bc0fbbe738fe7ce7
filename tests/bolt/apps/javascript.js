// The same app with Bolt for JavaScript.

const { readFileSync } = require("node:fs");
const { App } = require("@slack/bolt");

const FORM = JSON.parse(readFileSync(`${__dirname}/form.json`, "utf-8"));
const GENERAL = "C0GENERAL1";
const BUTTON = {
  type: "actions",
  elements: [{ type: "button", action_id: "press", text: { type: "plain_text", text: "Press" } }],
};

const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: process.env.SLACK_APP_TOKEN,
  socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

app.event("app_mention", async ({ event, say, client }) => {
  if (event.text.includes("file"))
    await client.filesUploadV2({
      channel_id: event.channel,
      thread_ts: event.ts,
      filename: "note.txt",
      content: "a note",
      title: "Note",
    });
  else if (event.text.includes("button")) await say({ text: "Press it", blocks: [BUTTON], thread_ts: event.ts });
  else await say({ text: `Hello <@${event.user}>!`, thread_ts: event.ts });
});

app.command("/note", async ({ ack, respond, command }) => {
  await ack();
  await respond(`Noted: ${command.text}`);
});

app.shortcut("take", async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: FORM });
});

app.shortcut("note_message", async ({ ack, respond, shortcut }) => {
  await ack();
  await respond(`Noted: ${shortcut.message.text}`);
});

app.view("form", async ({ ack, view, client }) => {
  await ack();
  await client.chat.postMessage({ channel: GENERAL, text: `Saved: ${view.state.values.what.text.value}` });
});

app.action("press", async ({ ack, respond }) => {
  await ack();
  await respond({ text: "Pressed", replace_original: true });
});

app.start();
