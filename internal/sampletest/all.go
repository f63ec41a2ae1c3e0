//go:build !race

package sampletest

// thinned is how many cuts and interleavings there are to one that is tried: every one.
const thinned = 1
