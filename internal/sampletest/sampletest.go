// Package sampletest says which cuts, interleavings and rows of a table a test tries: every
// one, or a sample of them with the race detector.
package sampletest

// Partial reports whether only some cuts and interleavings are tried: what must happen in
// one of them may not happen in those.
const Partial = thinned > 1

// Takes reports whether the cut or interleaving of a number is tried.
func Takes(nth int) bool { return nth%thinned == 0 }
