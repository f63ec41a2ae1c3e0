//go:build race

package sandboxtest

// thinned is how many ways of a cut there are to one that is tried. The race detector
// slows a call several times over, and finds in one way what it finds in the others; each
// call is cut in some way all the same.
const thinned = 3
