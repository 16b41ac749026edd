package e2e

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/baiui/baiui/client"
)

// The tests run against any manager: [ManagerVariable] is the environment
// variable with its address, [AccountsVariable] the one with the path of a file
// like the embedded manager's accounts.json. Without them each server runs its
// embedded manager.
const (
	ManagerVariable  = "BAIUI_E2E_MANAGER"
	AccountsVariable = "BAIUI_E2E_ACCOUNTS"
)

// ContainersVariable is the environment variable with a resource group of that
// manager in which programs really run, and the reference of an image there, with
// a blank between them. Without it, they run wherever a session does.
const ContainersVariable = "BAIUI_E2E_CONTAINERS"

// StartWorld starts a server before the manager that the environment names, or
// one with its embedded manager.
func StartWorld(ctx context.Context, data string) (*Server, error) {
	// What a test complains of is explained by the server's log.
	args := []string{"--log-level", "debug"}
	if address := os.Getenv(ManagerVariable); address != "" {
		args = append(args, "--manager", address)
	}
	return StartServer(ctx, data, args...)
}

// elsewhere reports whether the server runs before a manager that the
// environment names.
func (s *Server) elsewhere() bool {
	address := os.Getenv(ManagerVariable)
	return address != "" && slices.Contains(s.args, address)
}

// containers are the resource group in which programs run, and the reference of
// an image there; both are empty if they run wherever a session does.
func (s *Server) containers() (group, image string, err error) {
	place := os.Getenv(ContainersVariable)
	if place == "" || !s.elsewhere() {
		return "", "", nil
	}
	group, image, found := strings.Cut(place, " ")
	if !found {
		return "", "", fmt.Errorf("e2e: %s is %q, not a resource group and an image", ContainersVariable, place)
	}
	return group, image, nil
}

// running changes an order so that programs run in its session.
func (s *Server) running(r *client.CreateRequest) error {
	group, image, err := s.containers()
	if group == "" {
		r.Config.Resources = map[string]any{"cpu": "0.1", "mem": "256m"}
		return err
	}
	// The shared memory is part of it, and so is what the agent adds.
	r.Config.ScalingGroup, r.Image, r.Config.Resources = group, image, map[string]any{"cpu": "1", "mem": "1g"}
	return nil
}
