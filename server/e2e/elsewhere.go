package e2e

import (
	"context"
	"os"
	"slices"
)

// The tests run against any manager: [ManagerVariable] is the environment
// variable with its address, [AccountsVariable] the one with the path of a file
// like the embedded manager's accounts.json. Without them each server runs its
// embedded manager.
const (
	ManagerVariable  = "BAIUI_E2E_MANAGER"
	AccountsVariable = "BAIUI_E2E_ACCOUNTS"
)

// StartWorld starts a server before the manager that the environment names, or
// one with its embedded manager.
func StartWorld(ctx context.Context, data string) (*Server, error) {
	if address := os.Getenv(ManagerVariable); address != "" {
		return StartServer(ctx, data, "--manager", address)
	}
	return StartServer(ctx, data)
}

// elsewhere reports whether the server runs before a manager that the
// environment names.
func (s *Server) elsewhere() bool {
	address := os.Getenv(ManagerVariable)
	return address != "" && slices.Contains(s.args, address)
}
