//go:build !linux

package main

import (
	"os"
	"syscall"
	"time"
)

// Memory, and the CPU time of the process between Terraform and the provider, are
// measured on Linux only.

func endedWithParent() *syscall.SysProcAttr { return nil }

func peakOf(*os.ProcessState) int64 { return 0 }

func ownCPU() time.Duration { return 0 }

func peakSoFar(int) int64 { return 0 }
