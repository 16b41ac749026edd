package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/runs"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

const (
	// runPatience is how long a call waits for something to say about a run, and
	// streamPatience how long a stream gathers, as in manager 24.09.
	runPatience    = 2 * time.Second
	streamPatience = 200 * time.Millisecond
	// completePatience is how long looking for completions may take.
	completePatience = 5 * time.Second
)

// The modes of an execute call.
const (
	modeQuery    = "query"
	modeBatch    = "batch"
	modeComplete = "complete"
	modeContinue = "continue"
	modeInput    = "input"
)

// runIDRule is what ids of runs look like.
var runIDRule = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// execution is what a client wants to be run.
type execution struct {
	Mode    string `json:"mode"`
	Code    string `json:"code"`
	RunID   string `json:"runId"`
	Options struct {
		Clean *string `json:"clean"`
		Build *string `json:"build"`
		Exec  *string `json:"exec"`
	} `json:"options"`
}

// executeCode runs code in a session, or tells how it goes on: POST /session/{name}.
func (h *Handler) executeCode(w http.ResponseWriter, r *request) error {
	body, err := params.Body(r.Request, maxBody)
	if err != nil {
		return err
	}
	var asked execution
	if json.Unmarshal(body, &asked) != nil {
		return problem.BadRequest("The body must be a JSON object.")
	}
	s, err := h.runningSession(r)
	if err != nil {
		return err
	}
	use := h.connect(s.ID)
	defer use.Close()
	var run *runs.Run
	switch asked.Mode {
	case modeQuery, modeBatch:
		if run, err = h.beginRun(r, s, asked); err != nil {
			return err
		}
	case modeContinue, modeInput:
		if !runIDRule.MatchString(asked.RunID) {
			return problem.InvalidParams("runId is needed, as an earlier answer gave it")
		}
		if run = h.runs.Find(s.ID, asked.RunID); run == nil {
			return result(w, runs.Lost(asked.RunID))
		}
		if asked.Mode == modeInput {
			run.Input(asked.Code)
		}
	case modeComplete:
		return h.completions(w, r, s, asked.Code)
	default:
		return problem.InvalidParams("mode must be query, batch, complete, continue or input")
	}
	return result(w, h.nextOf(r.Context(), s, run, runPatience))
}

// result is how answers about runs are wrapped.
func result(w http.ResponseWriter, value any) error {
	return reply.JSON(w, http.StatusOK, map[string]any{"result": value})
}

// runningSession is the caller's session of the path, or that of the owner that
// the query names. It must run.
func (h *Handler) runningSession(r *request) (*store.Session, error) {
	var key *string
	if text := r.URL.Query().Get("owner_access_key"); text != "" {
		key = &text
	}
	owned, err := h.owner(r, key)
	if err != nil {
		return nil, err
	}
	s, err := h.findSession(r, owned.KeyPair.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return nil, err
	}
	if s.Main() == nil {
		return nil, problem.NoSession(r.PathValue("name"))
	}
	return s, nil
}

// beginRun starts what is asked for in the main kernel of a session.
func (h *Handler) beginRun(r *request, s *store.Session, asked execution) (*runs.Run, error) {
	if asked.RunID == "" {
		asked.RunID = strings.ReplaceAll(uuid.NewString(), "-", "")
	}
	if !runIDRule.MatchString(asked.RunID) {
		return nil, problem.InvalidParams("runId must have 8 to 64 letters, digits, - or _")
	}
	runtime, err := h.Engine.Runtime(r.Context(), s)
	if err != nil {
		return nil, err
	}
	var stages []runs.Stage
	if asked.Mode == modeBatch {
		stages, err = runtime.Batch(runs.Commands{Clean: textOf(asked.Options.Clean), Build: textOf(asked.Options.Build),
			Exec: textOf(asked.Options.Exec)})
	} else {
		var stage runs.Stage
		stage, err = runtime.Code(asked.Code)
		stages = []runs.Stage{stage}
	}
	switch {
	case errors.Is(err, runs.ErrTooLong):
		return nil, problem.InvalidParams("The code is too long. Upload it as a file and run it in the mode batch.")
	case errors.Is(err, runs.ErrNoLanguage):
		return nil, problem.InvalidParams("The image of this session runs no code.")
	case err != nil:
		return nil, err
	}
	kernel := s.Main().ID
	run, begun := h.runs.Begin(s.ID, asked.RunID, func(ctx context.Context, p node.Program) (*node.Process, error) {
		return h.Engine.RunProgram(ctx, kernel, p)
	}, stages)
	if !begun {
		return nil, problem.InvalidParams("A run with this runId goes on: use the mode continue.")
	}
	return run, nil
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// nextOf is what there is to say about a run, which is forgotten when it is over.
func (h *Handler) nextOf(ctx context.Context, s *store.Session, run *runs.Run, patience time.Duration) runs.Result {
	next := run.Next(ctx, patience)
	if next.Status == runs.StatusFinished {
		h.runs.End(s.ID, run.ID)
	}
	return next
}

// complete tells how code could go on: POST /session/{name}/complete.
func (h *Handler) complete(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	code := p.Text(params.Names("code"), "")
	p.Object(params.Names("options"))
	p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.runningSession(r)
	if err != nil {
		return err
	}
	return h.completions(w, r, s, code)
}

// completions answers with none where nobody knows.
func (h *Handler) completions(w http.ResponseWriter, r *request, s *store.Session, code string) error {
	found := []string{}
	runtime, err := h.Engine.Runtime(r.Context(), s)
	if err != nil {
		return err
	}
	if program, ok := runtime.Complete(code); ok {
		ctx, cancel := context.WithTimeout(r.Context(), completePatience)
		defer cancel()
		text, err := runs.Output(ctx, func(ctx context.Context, p node.Program) (*node.Process, error) {
			return h.Engine.RunProgram(ctx, s.Main().ID, p)
		}, program)
		if err != nil {
			return h.nodeRefusal(err)
		}
		found = strings.Fields(text)
	}
	return result(w, map[string]any{"status": runs.StatusFinished, "completions": found})
}

// streamExecute runs code and sends all there is to say about it: GET
// /stream/session/{name}/execute, a websocket. The first message says what to run,
// later ones are lines of input. A client that leaves ends the run, and so does,
// within tunnelPing, the end of its right to be there.
func (h *Handler) streamExecute(w http.ResponseWriter, r *request) error {
	if r.Header.Get("Upgrade") == "" {
		return problem.BadRequest("This is a websocket: an upgrade is needed.")
	}
	s, err := h.runningSession(r)
	if err != nil {
		return err
	}
	ctx, stop, err := h.Engine.While(r.Context(), s.ID)
	if errors.Is(err, life.ErrNotNow) {
		return problem.NoSession(r.PathValue("name"))
	}
	if err != nil {
		return err
	}
	defer stop()
	// Pages of every origin may call: a request is signed, not known by a cookie.
	ws, err := websocket.Accept(w, r.Request, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return nil // Accept has answered
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(maxBody)
	use := h.connect(s.ID)
	defer use.Close()
	_, message, err := ws.Read(r.Context())
	if err != nil {
		return nil
	}
	var asked execution
	if json.Unmarshal(message, &asked) != nil || asked.Mode != modeQuery && asked.Mode != modeBatch {
		return streamError(ctx, ws, "The first message must be a JSON object with the mode query or batch.")
	}
	asked.RunID = ""
	run, err := h.beginRun(r, s, asked)
	if err != nil {
		refused := problem.Of(err)
		if refused.Msg == "" {
			return streamError(ctx, ws, refused.Title)
		}
		return streamError(ctx, ws, refused.Msg)
	}
	defer h.runs.End(s.ID, run.ID)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel()
		for {
			_, line, err := ws.Read(r.Context())
			if err != nil {
				return
			}
			use.Packet()
			run.Input(string(line))
		}
	}()
	go watch(ctx, ws, func() bool { return h.stillMay(r) }, cancel)
	h.streamRun(ctx, ws, s, run)
	_ = ws.Close(websocket.StatusGoingAway, "") // where it was not closed with the last answer
	return nil
}

// streamRun sends what there is to say until the run is over. Nothing is said
// twice: a question for input is sent once.
func (h *Handler) streamRun(ctx context.Context, ws *websocket.Conn, s *store.Session, run *runs.Run) {
	waits := false
	for ctx.Err() == nil {
		next := h.nextOf(ctx, s, run, streamPatience)
		waiting := next.Status == runs.StatusWaitingInput
		if waiting && waits {
			run.Changed(ctx)
			waits = false
			continue
		}
		waits = waiting
		if len(next.Console) == 0 && next.Status == runs.StatusContinued {
			continue
		}
		message, err := json.Marshal(next)
		if err != nil || ws.Write(ctx, websocket.MessageText, message) != nil {
			return
		}
		if next.Status == runs.StatusFinished {
			_ = ws.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

func streamError(ctx context.Context, ws *websocket.Conn, text string) error {
	message, err := json.Marshal(map[string]string{"status": "error", "msg": text})
	if err == nil {
		_ = ws.Write(ctx, websocket.MessageText, message)
	}
	_ = ws.Close(websocket.StatusNormalClosure, "")
	return nil
}
