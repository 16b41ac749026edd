package store

import (
	"context"
	"database/sql"
)

// Seed is what an empty database is filled with.
type Seed struct {
	Domain        Domain
	KeyPairPolicy KeyPairPolicy
	UserPolicy    UserPolicy
	ProjectPolicy ProjectPolicy
	Project       Project
	ScalingGroup  ScalingGroup
	Users         []User // each becomes a member of Project
	KeyPairs      []KeyPair
}

// Empty reports whether the database has no user yet.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var n int
	err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM users LIMIT 1)").Scan(&n)
	return n == 0, wrap("look for users", err)
}

// Plant writes the seed in one transaction. The resource group is opened to
// the domain.
func (s *Store) Plant(ctx context.Context, seed Seed) error {
	return s.tx(ctx, "plant", func(tx *sql.Tx) error {
		steps := []func() error{
			func() error { return domainCells(seed.Domain).insert(ctx, tx, "domains") },
			func() error {
				return keyPairPolicyCells(seed.KeyPairPolicy).insert(ctx, tx, "keypair_resource_policies")
			},
			func() error { return userPolicyCells(seed.UserPolicy).insert(ctx, tx, "user_resource_policies") },
			func() error {
				return projectPolicyCells(seed.ProjectPolicy).insert(ctx, tx, "project_resource_policies")
			},
			func() error { return projectCells(seed.Project).insert(ctx, tx, "projects") },
			func() error { return scalingGroupCells(seed.ScalingGroup).insert(ctx, tx, "scaling_groups") },
			func() error {
				_, err := tx.ExecContext(ctx, "INSERT INTO scaling_group_access (scaling_group, kind, target) VALUES (?, ?, ?)",
					seed.ScalingGroup.Name, string(AccessDomain), seed.Domain.Name)
				return err
			},
		}
		for _, u := range seed.Users {
			steps = append(steps, func() error { return userCells(u).insert(ctx, tx, "users") }, func() error {
				_, err := tx.ExecContext(ctx, "INSERT INTO project_members (project_id, user_id) VALUES (?, ?)", seed.Project.ID, u.ID)
				return err
			})
		}
		for _, k := range seed.KeyPairs {
			steps = append(steps, func() error { return insertKeyPair(ctx, tx, k, "") })
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}
