package main

import "context"

func develop(ctx context.Context, o options, args []string) error { return buildBundle(ctx, o) }
