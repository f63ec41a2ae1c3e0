//go:build !race

package sandboxtest

// thinned is how many ways of a cut there are to one that is tried: every one.
const thinned = 1
