package studio

import "github.com/twiliobot/terraform-provider-twiliobot/internal/account"

// What account asks of an engine. It is said here, since what is not a test does not
// import account.
var (
	_ account.Host      = Host{}
	_ account.Validator = Host{}
	_ account.Drainer   = Host{}
)
