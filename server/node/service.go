//go:build linux

package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/baiui/baiui/server/node/pid1"
)

var _ Services = (*Local)(nil)

const (
	// serviceTail is how much of a service's output is shown with a failure.
	serviceTail = 4 << 10
	// servicePoll and slowServicePoll are the shortest and the longest time
	// between two looks at a service that is starting.
	servicePoll, slowServicePoll = 20 * time.Millisecond, 500 * time.Millisecond
)

// StartService starts a service and waits until it is ready.
func (l *Local) StartService(ctx context.Context, id string, service Service) error {
	k, err := l.find(id)
	if err != nil {
		return err
	}
	if !identifiers.MatchString(service.Name) {
		return fmt.Errorf("service name %q: only letters, digits, - and _, at most 64", service.Name)
	}
	wanted := pid1.Service{Name: service.Name, Command: service.Command, Env: service.Env}
	if len(service.Ports) > 0 {
		wanted.Port = service.Ports[0]
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, ServicePatience)
		defer cancel()
	}
	ready, err := k.begin(ctx, wanted)
	switch {
	case ready:
		return nil
	case err != nil && ctx.Err() != nil:
		return k.serviceFailed(wanted.Name, -1, ctx.Err())
	case err != nil:
		return err
	}
	for pause := servicePoll; ; pause = min(2*pause, slowServicePoll) {
		state, err := k.serviceState(ctx, wanted)
		switch {
		case ctx.Err() != nil:
			return k.serviceFailed(wanted.Name, -1, ctx.Err())
		case err != nil:
			return err
		case state.Listening, wanted.Port == 0 && state.Running:
			return nil
		case state.Ended && (wanted.Port == 0 && state.Code == 0):
			return nil
		case state.Ended:
			return k.serviceFailed(wanted.Name, state.Code, nil)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// begin starts a service unless it is there already.
func (k *kernel) begin(ctx context.Context, wanted pid1.Service) (ready bool, err error) {
	k.serving.Lock()
	defer k.serving.Unlock()
	state, err := k.serviceState(ctx, wanted)
	if err != nil || state.Listening || state.Running {
		return state.Listening, err
	}
	if err := os.Mkdir(k.path(dirServices), 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return false, err
	}
	log, err := os.OpenFile(k.serviceLog(wanted.Name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return false, err
	}
	defer log.Close()
	_, _, err = k.callRunning(ctx, pid1.Request{Op: pid1.OpStartService, Service: &wanted}, log)
	return false, err
}

func (k *kernel) serviceState(ctx context.Context, wanted pid1.Service) (pid1.Answer, error) {
	wanted.Command, wanted.Env = nil, nil
	answer, _, err := k.callRunning(ctx, pid1.Request{Op: pid1.OpServiceState, Service: &wanted})
	return answer, err
}

func (k *kernel) serviceLog(name string) string {
	return filepath.Join(k.path(dirServices), name+".log")
}

func (k *kernel) serviceFailed(name string, code int, err error) error {
	output, _ := readTail(k.serviceLog(name), serviceTail, pid1.ServiceLogLimit)
	return &ServiceError{Service: name, Code: code, Output: string(output), Err: err}
}

// StopService ends a service.
func (l *Local) StopService(ctx context.Context, id, name string) error {
	k, err := l.find(id)
	if err != nil {
		return err
	}
	_, _, err = k.callRunning(ctx, pid1.Request{Op: pid1.OpStopService, Service: &pid1.Service{Name: name}})
	return err
}

// ServiceLog returns the end of what a service wrote.
func (l *Local) ServiceLog(ctx context.Context, id, name string, limit int64) ([]byte, error) {
	k, err := l.find(id)
	if err != nil {
		return nil, err
	}
	if !identifiers.MatchString(name) {
		return nil, nil // there is none
	}
	output, err := readTail(k.serviceLog(name), cmp.Or(limit, pid1.ServiceLogLimit), pid1.ServiceLogLimit)
	return output, errors.Join(err, ctx.Err())
}

// Interrupt sends SIGINT to the foreground work.
func (l *Local) Interrupt(ctx context.Context, id string) error {
	k, err := l.find(id)
	if err != nil {
		return err
	}
	_, _, err = k.callRunning(ctx, pid1.Request{Op: pid1.OpInterrupt})
	return err
}
