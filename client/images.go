package client

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// imagifyTimeout: the manager looks at the session's container first.
const imagifyTimeout = 30 * time.Second

// Imagify makes a customised image of a running session's file system, for its
// owner only, and returns the id of the background task that does it; see
// [FeatureCommittedImage]. name has 4 to 32 letters, digits, "-", "_".
// Failures: KindInvalid (no registry for the project, the session does not run),
// KindQuota (over the number of images of the user's policy; later managers say
// so in the task).
func (s *Sessions) Imagify(ctx context.Context, id, name string) (task string, err error) {
	var answer struct {
		Task string `json:"task_id"`
	}
	err = s.client.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/" + PathEscape(id) + "/imagify",
		Body:    map[string]string{"image_name": name, "image_visibility": "user"},
		Timeout: imagifyTimeout,
	}, &answer)
	if err == nil && answer.Task == "" {
		e := s.client.newError(Request{Method: http.MethodPost, Path: "/session/imagify"}, KindBadAnswer)
		e.Title = "the answer names no task"
		err = e
	}
	return answer.Task, err
}

// CommitStatus is "ongoing" while an image is being made of a session, else
// "ready".
func (s *Sessions) CommitStatus(ctx context.Context, id string) (string, error) {
	var answer struct {
		Status string `json:"status"`
	}
	err := s.client.Do(ctx, Request{Path: "/session/" + PathEscape(id) + "/commit"}, &answer)
	return answer.Status, err
}

// CustomImage is an image that was made of a session.
type CustomImage struct {
	Name         string // registry/path:tag, what a session is created with
	Architecture string
	// Customized is the name that the person gave it.
	Customized string
	SizeBytes  int64
}

// CustomImages lists the caller's customised images.
func (c *Client) CustomImages(ctx context.Context) ([]CustomImage, error) {
	var data struct {
		Images []*struct {
			model.Image
			Size float64 `json:"size_bytes"` // a manager may write 10737418240.0
		} `json:"customized_images"`
	}
	err := c.Query(ctx, "query { customized_images { name registry tag architecture size_bytes labels { key value } } }", nil, &data)
	images := make([]CustomImage, 0, len(data.Images))
	for _, i := range data.Images {
		if i == nil {
			continue
		}
		image := CustomImage{Name: i.Reference(), Architecture: i.Architecture, Customized: i.CustomName(), SizeBytes: int64(i.Size)}
		if image.Customized == "" {
			_, image.Customized, _ = strings.Cut(i.Tag, "customized_")
		}
		images = append(images, image)
	}
	return images, err
}

// CustomImageLimit is how many customised images the caller may have; -1 where
// the policy has no limit.
func (c *Client) CustomImageLimit(ctx context.Context) (int, error) {
	var data struct {
		Policy *struct {
			Max *int `json:"max_customized_image_count"`
		} `json:"user_resource_policy"`
	}
	err := c.Query(ctx, "query { user_resource_policy { max_customized_image_count } }", nil, &data)
	if err != nil || data.Policy == nil || data.Policy.Max == nil {
		return -1, err
	}
	return *data.Policy.Max, nil
}
