package resolve

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) keyPair(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), true)
	if err != nil {
		return nil, err
	}
	pair, err := r.store.KeyPair(ctx, s.owner)
	if err == nil && !matches(s.domain, pair.DomainName) {
		return nil, nil // as if there were none
	}
	return found(rowOf(pair), err)
}

func (r *resolver) keyPairs(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := keyPairQuery(ctx, f)
	if err != nil {
		return nil, err
	}
	pairs, _, err := r.store.KeyPairs(ctx, query)
	return rowsOf(pairs), err
}

func (r *resolver) keyPairList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := keyPairQuery(ctx, f)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, keyPairColumns())
	if err != nil {
		return nil, err
	}
	return list(page, func(p store.Page) ([]store.KeyPair, int, error) {
		query.Page = p
		return r.store.KeyPairs(ctx, query)
	}, asRows)
}

func keyPairQuery(ctx context.Context, f *gql.Field) (store.KeyPairQuery, error) {
	s, err := scoped(ctx, f, byEmail(), false)
	return store.KeyPairQuery{DomainName: s.domain, Email: s.owner, IsActive: flag(f, "is_active")}, err
}

func (r *resolver) keyPairFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"id":              of(func(k store.KeyPair) any { return k.AccessKey }),
		"user_id":         of(func(k store.KeyPair) any { return k.Email }),
		"full_name":       of(func(k store.KeyPair) any { return k.FullName }),
		"access_key":      of(func(k store.KeyPair) any { return k.AccessKey }),
		"secret_key":      with(secretKey),
		"is_active":       of(func(k store.KeyPair) any { return k.IsActive }),
		"is_admin":        of(func(k store.KeyPair) any { return k.IsAdmin }),
		"resource_policy": of(func(k store.KeyPair) any { return k.ResourcePolicy }),
		"created_at":      of(func(k store.KeyPair) any { return when(k.CreatedAt) }),
		"last_used":       of(func(k store.KeyPair) any { return when(k.LastUsed) }),
		"rate_limit":      of(func(k store.KeyPair) any { return k.RateLimit }),
		"num_queries":     of(func(k store.KeyPair) any { return k.NumQueries }),
		"rolling_count":   of(func(k store.KeyPair) any { return r.live.RollingCount(k.AccessKey) }),
		"user":            of(func(k store.KeyPair) any { return k.UserID }),
		"ssh_public_key":  of(func(k store.KeyPair) any { return textOrNull(k.SSHPublicKey) }),
		"user_info":       of(func(k store.KeyPair) any { return userInfo{k.Email, k.FullName} }),
		"projects": with(func(ctx context.Context, k *row[store.KeyPair], _ *gql.Field) (any, error) {
			projects, err := forPage(k, "projects", func(pairs []store.KeyPair) (map[string][]store.ProjectRef, error) {
				return r.store.ProjectsOfUsers(ctx, keys(pairs, func(k store.KeyPair) string { return k.UserID }))
			})
			names := []string{}
			for _, p := range projects[k.value.UserID] {
				names = append(names, p.Name)
			}
			return names, err
		}),
		"compute_sessions": with(r.keyPairSessions),
		"concurrency_used": with(func(ctx context.Context, k *row[store.KeyPair], _ *gql.Field) (any, error) {
			held, err := forPage(k, "concurrency_used", func([]store.KeyPair) (store.Occupancy, error) {
				return r.store.Occupancy(ctx)
			})
			return held.KeyPairs[k.value.AccessKey].Sessions, err
		}),
		"concurrency_limit": with(func(ctx context.Context, k *row[store.KeyPair], _ *gql.Field) (any, error) {
			limits, err := forPage(k, "concurrency_limit", func(pairs []store.KeyPair) (map[string]int, error) {
				names := keys(pairs, func(k store.KeyPair) string { return k.ResourcePolicy })
				policies, _, err := r.store.KeyPairPolicies(ctx, store.PolicyQuery{Names: names})
				limits := make(map[string]int, len(policies))
				for _, p := range policies {
					limits[p.Name] = p.MaxConcurrentSessions
				}
				return limits, err
			})
			return limits[k.value.ResourcePolicy], err
		}),
	}
}

// secretKey is for whoever may act for the owner. Manager 24.09 gives it to
// everybody who may read the row, and so makes every admin of a domain that a
// superadmin belongs to a superadmin.
func secretKey(ctx context.Context, k *row[store.KeyPair], _ *gql.Field) (any, error) {
	caller, pair := callerOf(ctx), k.value
	of := store.Identity{KeyPair: pair, User: store.User{DomainName: pair.DomainName, Role: pair.Role}}
	if pair.UserID != caller.UserID && owner.Check(caller, of) != nil {
		return nil, nil
	}
	return pair.SecretKey, nil
}

// keyPairSessions gives the sessions of each key pair, newest first.
func (r *resolver) keyPairSessions(ctx context.Context, k *row[store.KeyPair], f *gql.Field) (any, error) {
	sessions, err := forPage(k, f, func(pairs []store.KeyPair) (map[string][]*store.Session, error) {
		var statuses []model.Status
		if text, ok := f.Text("status"); ok {
			var err error
			if statuses, err = parseStatuses(text); err != nil {
				return nil, err
			}
		}
		owners := keys(pairs, func(k store.KeyPair) string { return k.AccessKey })
		all, _, err := r.store.Sessions(ctx, store.SessionQuery{
			Statuses:    statuses,
			WithKernels: f.Asked().Any(kernelBound()...),
			Page:        store.Page{Where: store.Clause(oneOf("s.access_key", owners))},
		})
		byOwner := make(map[string][]*store.Session, len(owners))
		for _, s := range all {
			byOwner[s.AccessKey] = append(byOwner[s.AccessKey], s)
		}
		return byOwner, err
	})
	return values(sessions[k.value.AccessKey]), err
}

type userInfo struct{ email, fullName string }

func userInfoFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"email":     gql.Of(func(u userInfo) any { return u.email }),
		"full_name": gql.Of(func(u userInfo) any { return u.fullName }),
	}
}
