package sandboxtest

// Sampled reports whether only some cuts and interleavings are tried: what must happen in
// one of them may not happen in those.
const Sampled = thinned > 1

// Tried reports whether the cut or interleaving of a number is tried.
func Tried(nth int) bool { return nth%thinned == 0 }
