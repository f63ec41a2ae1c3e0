package bot

import "errors"

// The ways an operation on an account can go wrong that callers decide on. The
// twilio packages return errors that wrap them.
var (
	// ErrNotFound says that Twilio answered and holds no such object.
	ErrNotFound = errors.New("not found")

	// ErrNameTaken says that another object already has the unique name, or that
	// Twilio keeps it reserved for a deleted one.
	ErrNameTaken = errors.New("the unique name is taken")

	// ErrUncertain says that a write was sent and its answer never came: it may
	// have happened. It is resolved by looking, never by repeating it before.
	ErrUncertain = errors.New("the write may have happened")

	// ErrFailed says of a write that may have happened that Twilio itself answered, with an
	// error of its own: nothing of it is on its way any more.
	ErrFailed = errors.New("Twilio answered that it failed")

	// ErrLagging says that Twilio's answers contradict each other, as they do for
	// seconds after a write: nothing may be concluded from them.
	ErrLagging = errors.New("Twilio's reads lag its writes")

	// ErrForbidden says that the credentials may not do what was asked: a restricted key
	// without the permission, or a kind of key that the product does not take.
	ErrForbidden = errors.New("the credentials do not permit it")

	// ErrChanged says that another client changed an object since the plan was made.
	ErrChanged = errors.New("another client changed it")

	// ErrHold says that an application or a flow is the hold of a suspension, and no bot.
	ErrHold = errors.New("it is the hold of a suspension, not a bot")
)
