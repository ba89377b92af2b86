package redistest

import "syscall"

// dieWithParent ends the server with the test binary, even if that is killed or
// runs into its timeout and so never cleans up.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
