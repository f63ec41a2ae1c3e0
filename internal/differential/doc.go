// Package differential is the test that an assistant and the Studio flow it compiles
// to say and do the same: the sandbox's Autopilot runs the former, its Studio the latter,
// and both get the same conversations. It contains only tests.
package differential
