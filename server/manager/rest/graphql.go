package rest

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
)

// graphql answers POST /admin/gql: always 200, faults are in the body.
func (h *Handler) graphql(w http.ResponseWriter, r *request) error {
	answer, err := h.execute(r)
	if err != nil {
		return err
	}
	body, err := encodeResponse(answer)
	if err != nil {
		return err
	}
	return reply.Bytes(w, http.StatusOK, body)
}

// graphqlOld answers the deprecated POST /admin/graphql: the bare data, or 400
// with all the errors.
func (h *Handler) graphqlOld(w http.ResponseWriter, r *request) error {
	answer, err := h.execute(r)
	if err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return problem.GraphQL(answer.Errors)
	}
	return reply.Bytes(w, http.StatusOK, answer.Data)
}

func (h *Handler) execute(r *request) (api.Response, error) {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return api.Response{}, err
	}
	query := p.Required(params.Names("query"))
	variables := p.Object(params.Names("variables"))
	operation := p.Nullable(params.Names("operation_name", "operationName"))
	if err := p.Err(); err != nil {
		return api.Response{}, err
	}
	name := ""
	if operation != nil {
		name = *operation
	}
	return h.GraphQL.Execute(r.Context(), r.caller, query, variables, name), nil
}

// encodeResponse puts the answer together without going through its data again.
func encodeResponse(answer api.Response) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(`{"data":`)
	if len(answer.Data) == 0 {
		b.WriteString("null")
	} else {
		b.Write(answer.Data)
	}
	if len(answer.Errors) > 0 {
		b.WriteString(`,"errors":`)
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(answer.Errors); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1) // the encoder's line feed
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
