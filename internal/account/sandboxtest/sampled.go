package sandboxtest

// Sampled reports whether only some cuts and interleavings are tried: what must happen in
// one of them may not happen in those.
const Sampled = thinned > 1
