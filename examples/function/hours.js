// Answers the `on_complete` of the collect "visit" with actions. `Memory` has what the bot
// collected, and the environment variables are in `context`.
exports.handler = (context, event, callback) => {
  const answers = JSON.parse(event.Memory || "{}").twilio?.collected_data?.visit?.answers ?? {};
  const day = answers.day?.answer ?? "that day";
  const said = /saturday|sunday/i.test(day)
    ? `On ${day} we are closed.`
    : `On ${day} we are open from ${context.OPEN_FROM} to ${context.OPEN_TO}.`;
  callback(null, { actions: [{ say: said }] });
};
