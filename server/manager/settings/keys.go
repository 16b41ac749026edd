package settings

import (
	"net/http"
	"strings"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/sshkey"
	"github.com/baiui/baiui/server/manager/store"
)

// maxScript is the most a bootstrap script may hold, in bytes.
const maxScript = 64 << 10

// bootstrapScript answers with what runs first in each session of the caller, as
// a JSON text.
func (s *Settings) bootstrapScript(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	script, err := s.Store.BootstrapScript(r.Context(), c.AccessKey)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, script)
}

func (s *Settings) setBootstrapScript(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	script := strings.TrimSpace(p.Text(params.Names("script"), ""))
	if err := p.Err(); err != nil {
		return err
	}
	if len(script) > maxScript {
		bad := problem.BadRequest("Maximum bootstrap script length reached")
		bad.Title = "Dotfile creation has failed."
		return bad
	}
	if err := s.Store.SetBootstrapScript(r.Context(), c.AccessKey, script); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct{}{})
}

// sshPair is both keys as the calls answer them.
type sshPair struct {
	Public  string `json:"ssh_public_key"`
	Private string `json:"ssh_private_key"`
}

// sshKey answers with the public key, null before there is one.
func (s *Settings) sshKey(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	keys, err := s.Store.SSHKeys(r.Context(), c.AccessKey)
	if err != nil {
		return err
	}
	answer := struct {
		Public *string `json:"ssh_public_key"`
	}{}
	if keys.Public != "" {
		answer.Public = &keys.Public
	}
	return reply.JSON(w, http.StatusOK, answer)
}

// renewSSHKey makes new keys. The private one is told this once.
func (s *Settings) renewSSHKey(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	pair, err := sshkey.New()
	if err != nil {
		return err
	}
	return s.keepSSHKey(w, r, c, sshPair(pair))
}

// setSSHKey takes keys that the caller brings; they are not looked into.
func (s *Settings) setSSHKey(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	public, private := p.Required(params.Names("pubkey")), p.Required(params.Names("privkey"))
	if err := p.Err(); err != nil {
		return err
	}
	if len(public) > maxScript || len(private) > maxScript {
		return problem.InvalidParams("The keys are too long.")
	}
	const space = " \t\r\n"
	return s.keepSSHKey(w, r, c, sshPair{strings.TrimRight(public, space) + "\n", strings.TrimRight(private, space) + "\n"})
}

func (s *Settings) keepSSHKey(w http.ResponseWriter, r *http.Request, c api.Caller, pair sshPair) error {
	if err := s.Store.SetSSHKeys(r.Context(), c.AccessKey, store.SSHKeys(pair)); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return reply.JSON(w, http.StatusOK, pair)
}
