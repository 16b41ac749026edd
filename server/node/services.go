package node

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Service is a program that runs in a kernel beside its command, such as
// Jupyter.
type Service struct {
	Name    string // letters, digits, - and _, at most 64
	Command []string
	// Env is beside the kernel's own environment.
	Env map[string]string
	// Ports are where it will listen; the first one tells when it is ready. With
	// none it is ready at once.
	Ports []int
}

// Services runs programs in kernels beside their commands. [Local] has it.
type Services interface {
	// StartService starts a service and returns when its first port accepts
	// connections, or with a [ServiceError] if it ends before that. Without a
	// deadline it waits [ServicePatience]. A service that runs is not started
	// again; neither is one whose port somebody listens on already.
	StartService(ctx context.Context, id string, service Service) error

	// StopService ends a service: politely, after 3 s by force. Stopping one that
	// does not run is no error.
	StopService(ctx context.Context, id, name string) error

	// ServiceLog returns the end of what a service wrote since its last start, at
	// most limit bytes; empty if it never ran.
	ServiceLog(ctx context.Context, id, name string, limit int64) ([]byte, error)

	// Interrupt sends SIGINT to the kernel's command and to what runs in the
	// foreground of its terminals.
	Interrupt(ctx context.Context, id string) error
}

// ServicePatience is how long a service may take to become ready if the caller
// does not say.
const ServicePatience = time.Minute

// ServiceError says that a service did not become ready.
type ServiceError struct {
	Service string
	// Code is its exit code; -1 if it runs and does not listen.
	Code int
	// Output is the end of what it wrote.
	Output string
	Err    error // what the wait ended with, if Code is -1
}

func (e *ServiceError) Error() string {
	reason := fmt.Sprintf("ended with code %d before it was ready", e.Code)
	if e.Code < 0 {
		reason = "runs but does not listen"
		if e.Err != nil {
			reason += ": " + e.Err.Error()
		}
	}
	text := fmt.Sprintf("service %s %s", e.Service, reason)
	if output := strings.TrimSpace(e.Output); output != "" {
		text += ":\n" + output
	}
	return text
}

func (e *ServiceError) Unwrap() error { return e.Err }
