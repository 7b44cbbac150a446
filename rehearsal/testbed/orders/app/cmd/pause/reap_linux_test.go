package main

import (
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// waitUntilDead returns when the child has ended, and leaves it unburied.
func waitUntilDead(t *testing.T, pid int) {
	t.Helper()
	const byPid = 1
	var info [128]byte
	for {
		_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, byPid, uintptr(pid), uintptr(unsafe.Pointer(&info)), syscall.WEXITED|syscall.WNOWAIT, 0, 0)
		if errno == syscall.EINTR {
			continue
		}
		if errno != 0 {
			t.Fatal(errno)
		}
		return
	}
}

func start(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	command := exec.Command(name)
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command
}

func TestEveryDeadChildIsBuriedAndNoneIsWaitedFor(t *testing.T) {
	// Ends when its standard input does.
	alive := start(t, "cat")
	dead := []*exec.Cmd{start(t, "true"), start(t, "true")}
	for _, child := range dead {
		waitUntilDead(t, child.Process.Pid)
	}
	// If reap waits for the one that is alive, the test fails rather than hangs.
	defer time.AfterFunc(5*time.Second, func() { alive.Process.Kill() }).Stop()
	reap()
	for _, child := range dead {
		// A child that nobody waited for still takes signals, though it is dead.
		if err := syscall.Kill(child.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("%d is still there: %v", child.Process.Pid, err)
		}
	}
	if err := syscall.Kill(alive.Process.Pid, 0); err != nil {
		t.Errorf("the child that is alive is gone: %v", err)
	}
	if err := alive.Process.Kill(); err != nil {
		t.Error(err)
	}
	waitUntilDead(t, alive.Process.Pid)
	reap()
}
