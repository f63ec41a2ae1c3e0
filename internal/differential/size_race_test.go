//go:build race

package differential

// The race detector slows the interpreters down greatly and looks for other errors, so
// that it gets a part of the conversations.
const (
	thorough = false
	randoms  = 8 // conversations for each schema and channel
	stride   = 3 // one task of so many has its scripts
)
