// Package clients is the test that clients of Twilio other than the provider's own take the
// sandbox for Twilio: the npm packages twilio, twilio-cli and @dabblelab/autopilot-core,
// unchanged. It contains only tests. `make clients` installs the packages and runs all of it;
// other runs leave out what is not installed, and twilio-cli.
package clients
