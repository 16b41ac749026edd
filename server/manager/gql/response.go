package gql

import (
	"encoding/json"
)

// Request is one GraphQL request.
type Request struct {
	Query string
	// Variables as decoded from JSON, with or without [json.Decoder.UseNumber].
	Variables map[string]any
	// OperationName chooses among several operations; empty when there is one.
	OperationName string
}

// Response is the answer to a request.
type Response struct {
	// Data is the JSON of the result, "null" when there is none.
	Data json.RawMessage
	// Errors is empty when everything went well.
	Errors []*Error
}

// AppendJSON writes the answer as manager 24.09 does: `data` always, `errors`
// only when there are some.
func (r *Response) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"data":`...)
	if len(r.Data) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = append(dst, r.Data...)
	}
	if len(r.Errors) > 0 {
		dst = append(dst, `,"errors":[`...)
		for i, err := range r.Errors {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = err.appendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// MarshalJSON is [Response.AppendJSON] for encoding/json.
func (r *Response) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

func (e *Error) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"message":`...)
	dst = appendString(dst, e.Message)
	if len(e.Locations) > 0 {
		text, _ := json.Marshal(e.Locations) // two ints each: cannot fail
		dst = append(append(dst, `,"locations":`...), text...)
	}
	if len(e.Path) > 0 {
		text, _ := json.Marshal(e.Path) // strings and ints: cannot fail
		dst = append(append(dst, `,"path":`...), text...)
	}
	return append(dst, '}')
}

func failed(errs ...*Error) *Response { return &Response{Data: json.RawMessage("null"), Errors: errs} }
