exports.handler = (context, event, callback) => {
  callback(null, { actions: [{ say: "We are open from 8 to 18." }] });
};
