// Package differential holds the test that an assistant and the Studio flow it compiles
// to say and do the same: the sandbox's Autopilot runs the one, its Studio the other,
// and both get the same conversations. It has nothing but tests.
package differential
