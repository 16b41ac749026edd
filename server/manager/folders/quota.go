package folders

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// QuotaOf tells a volume what folders may hold: their own limits, and what the
// policy of their user or project allows for all of them together.
func QuotaOf(s *store.Store) func(ctx context.Context, id storage.FolderID) (storage.Quota, error) {
	return func(ctx context.Context, id storage.FolderID) (q storage.Quota, err error) {
		row, err := s.Folder(ctx, id.ID.String())
		if err != nil {
			return q, err
		}
		q.Bytes, q.Files = row.MaxSize, row.MaxFiles
		if row.ProjectID != "" {
			policy, err := projectPolicy(ctx, s, row.ProjectID)
			q.Owner = max(policy.MaxQuotaScopeSize, 0)
			return q, err
		}
		limit, err := userLimit(ctx, s, row.UserID)
		q.Owner = max(limit, 0)
		return q, err
	}
}

// projectPolicy is the policy of a project; the zero one if it has none.
func projectPolicy(ctx context.Context, s *store.Store, projectID string) (store.ProjectPolicy, error) {
	project, err := s.Project(ctx, projectID)
	if err != nil {
		return store.ProjectPolicy{}, err
	}
	policies, _, err := s.ProjectPolicies(ctx, store.PolicyQuery{Names: []string{project.ResourcePolicy}})
	if err != nil || len(policies) == 0 {
		return store.ProjectPolicy{}, err
	}
	return policies[0], nil
}

func isLimit(err error) bool { return errors.Is(err, store.ErrFolderLimit) }

func quote(text string) string {
	if len(text) > 200 {
		text = text[:200]
	}
	return strconv.Quote(text)
}

// target reads which folder a call on a host is for.
func target(p *params.Values) string {
	host, id := p.Required(params.Names("folder_host")), params.Names("id")
	if host != "" && host != store.FolderHost {
		p.Fail(params.Names("folder_host"), "there is no such host")
	}
	text := p.Required(id)
	if _, err := uuid.Parse(text); err != nil && text != "" {
		p.Fail(id, "value is not a uuid")
	}
	return text
}

// quota tells a folder's own limit: GET /folders/_/quota.
func (f *Folders) quota(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	id := target(p)
	if err := p.Err(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: readable(), managed: true})
	if err != nil {
		return err
	}
	used, err := f.measure(r.Context(), x)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]int64{"used_bytes": used.Bytes, "limit_bytes": x.MaxSize})
}

// setQuota changes a folder's own limit: POST /folders/_/quota, for those who
// administer its domain.
func (f *Folders) setQuota(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	id := target(p)
	input := params.Of(p.Object(params.Names("input")))
	size := input.Int(params.Names("size_bytes"), -1, 0, 1<<62)
	if err := p.Err(); err != nil {
		return err
	}
	if err := input.Err(); err != nil || size < 0 {
		return problem.InvalidFields(map[string]string{"input": "size_bytes: a number of bytes is needed"})
	}
	x, err := f.find(r.Context(), c, id, need{statuses: readable(), owner: true, managed: true})
	if err != nil {
		return err
	}
	if !c.IsAdmin() {
		return problem.Forbidden("Only administrators change quotas.")
	}
	_, err = f.Store.ChangeFolder(r.Context(), x.ID, nil, func(row *store.Folder) error {
		row.MaxSize = int64(size)
		return nil
	})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]int{"size_bytes": size})
}

// usage measures a folder: GET /folders/_/usage.
func (f *Folders) usage(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	used, err := f.usageOf(r, c)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]int64{"file_count": used.Files, "used_bytes": used.Bytes})
}

// usedBytes is the half of usage: GET /folders/_/used-bytes.
func (f *Folders) usedBytes(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	used, err := f.usageOf(r, c)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]int64{"used_bytes": used.Bytes})
}

func (f *Folders) usageOf(r *http.Request, c api.Caller) (storage.Usage, error) {
	if err := superadminOnly(c); err != nil {
		return storage.Usage{}, err
	}
	p, err := params.Read(r, maxBody)
	if err != nil {
		return storage.Usage{}, err
	}
	id := target(p)
	if err := p.Err(); err != nil {
		return storage.Usage{}, err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: readable(), managed: true})
	if err != nil {
		return storage.Usage{}, err
	}
	return f.measure(r.Context(), x)
}

// measure walks through a folder. One that somebody made too deep to be walked
// is measured as far as it goes.
func (f *Folders) measure(ctx context.Context, x folder) (storage.Usage, error) {
	id, err := x.place()
	if err != nil {
		return storage.Usage{}, err
	}
	used, err := f.Volume.Usage(ctx, id)
	if storage.KindOf(err) == storage.KindUnsupported {
		return used, nil
	}
	return used, ofStorage(err)
}

// superadminOnly refuses everybody else as 24.09 does.
func superadminOnly(c api.Caller) error {
	if !c.IsSuperadmin() {
		return problem.AuthFailed("Unauthorized access")
	}
	return nil
}
