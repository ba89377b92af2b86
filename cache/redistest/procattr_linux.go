package redistest

import "syscall"

// DieWithParent ends a process with the one that starts it, even if that is
// killed or runs into its timeout and so never cleans up. Elsewhere than on
// Linux it does nothing.
func DieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
