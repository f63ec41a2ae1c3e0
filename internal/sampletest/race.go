//go:build race

package sampletest

// thinned is how many cuts and interleavings there are to one that is tried. The race
// detector slows a call several times over, and finds in one what it finds in the others;
// `make test` tries all of them without it.
const thinned = 29
