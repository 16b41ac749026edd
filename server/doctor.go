package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/gateway"
	"github.com/baiui/baiui/web"
)

// finding is the outcome of one check.
type finding struct {
	what string
	// is says what was found; advice, if not empty, what to do about it.
	is, advice string
	// fatal findings keep `baiui serve` from starting.
	fatal bool
}

// doctor checks what a server with these settings would meet, without changing
// anything that a server uses.
func doctor(ctx context.Context, c invocation) error {
	findings := []finding{checkBundle(), checkData(c.Config.Data), checkPort("listen", c.Config.Listen), checkPort("apps-listen", c.Config.AppsAddress())}
	if c.Config.Manager != "" {
		findings = append(findings, checkManager(ctx, c.Config))
	} else {
		findings = append(findings, checkPort("manager-listen", c.Config.ManagerListen))
		findings = append(findings, checkNode()...)
	}
	if c.Config.TLSCert != "" {
		findings = append(findings, checkCertificate(c.Config))
	}
	return report(c.out, findings)
}

func report(w io.Writer, findings []finding) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fatal := 0
	for _, f := range findings {
		mark := "ok"
		switch {
		case f.fatal:
			mark = "FAIL"
			fatal++
		case f.advice != "":
			mark = "note"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", mark, f.what, f.is)
		if f.advice != "" {
			fmt.Fprintf(table, "\t\t→ %s\n", f.advice)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if fatal > 0 {
		return fmt.Errorf("`baiui serve` would not start with these settings: %d of %d checks failed", fatal, len(findings))
	}
	return nil
}

func checkBundle() finding { return bundleFinding(web.Manifest()) }

func bundleFinding(assets web.Assets, err error) finding {
	f := finding{what: "page"}
	switch {
	case errors.Is(err, web.ErrNoBundle):
		f.is, f.advice = "not in this program, which serves the API alone", "build it with `make build`"
	case err != nil:
		f.is, f.advice, f.fatal = err.Error(), "build it again with `make build`", true
	case assets.Files["app.wasm"].Brotli == 0:
		f.is = fmt.Sprintf("version %s, %.1f MB, not compressed", assets.Version, float64(assets.Files["app.wasm"].Size)/1e6)
		f.advice = "a build for development; `make build` makes one that loads faster"
	default:
		wasm := assets.Files["app.wasm"]
		f.is = fmt.Sprintf("version %s, %.1f MB (%.1f MB with brotli)", assets.Version, float64(wasm.Size)/1e6, float64(wasm.Brotli)/1e6)
	}
	return f
}

// checkData tries to write where the server would.
func checkData(dir string) finding {
	f := finding{what: "data folder", is: dir}
	fail := func(err error) finding {
		f.is, f.advice, f.fatal = err.Error(), "choose another folder with --data, or give this user the right to write there", true
		return f
	}
	existing := dir
	for {
		info, err := os.Stat(existing)
		if err == nil && !info.IsDir() {
			return fail(fmt.Errorf("%s is not a folder", existing))
		}
		if err == nil {
			break
		}
		if parent := filepath.Dir(existing); parent != existing {
			existing = parent
			continue
		}
		return fail(err)
	}
	file, err := os.CreateTemp(existing, ".baiui-doctor-*")
	if err != nil {
		return fail(err)
	}
	if err := errors.Join(file.Close(), os.Remove(file.Name())); err != nil {
		return fail(err)
	}
	if existing != dir {
		f.is += " (will be made)"
	}
	return f
}

func checkPort(setting, address string) finding {
	f := finding{what: setting, is: address}
	listener, err := listen(setting, address)
	if err != nil {
		f.is, f.advice, f.fatal = err.Error(), "a server that is running already is fine: this check is for one that is to be started", true
		return f
	}
	if !isLoopback(listener) {
		f.is += " (other machines can reach it)"
	}
	if err := listener.Close(); err != nil {
		f.is = err.Error()
	}
	return f
}

func checkManager(ctx context.Context, c config.Config) finding {
	f := finding{what: "manager", is: c.Manager}
	roots, err := loadRoots(c.ManagerCA)
	if err != nil {
		f.is, f.advice, f.fatal = err.Error(), "name a file of PEM certificates", true
		return f
	}
	u, err := config.ParseEndpoint(c.Manager)
	if err != nil {
		f.is, f.fatal = err.Error(), true
		return f
	}
	found, err := probe(ctx, gateway.NewTransport(roots), u.String())
	var wrong *wrongManagerError
	switch {
	case errors.As(err, &wrong):
		f.is, f.advice, f.fatal = wrong.message, "`baiui serve` will not start before this is right", true
	case err != nil:
		f.is, f.advice = c.Manager+" does not answer: "+err.Error(), "the server starts all the same and waits for it"
	default:
		f.is, f.advice = fmt.Sprintf("%s, release %s", c.Manager, found.release), found.clockAdvice()
	}
	return f
}

func checkCertificate(c config.Config) finding {
	f := finding{what: "certificate", is: c.TLSCert}
	if _, err := loadCertificate(c.TLSCert, c.TLSKey); err != nil {
		f.is, f.advice, f.fatal = err.Error(), "give a PEM certificate chain and the key that belongs to it", true
	}
	return f
}
