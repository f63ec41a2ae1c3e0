//go:build !unix

package provider

// readOnly is not tried where a file is written in place.
func (p *pipeline) readOnly() (restore func()) { return func() {} }
