//go:build !race

package differential

const (
	thorough = true
	randoms  = 40 // conversations for each schema and channel
	stride   = 1  // one task of so many has its scripts
)
