// Package client talks to a Backend.AI manager: it signs requests or rides on a
// web server's sign-in session, finds out what the manager can do, enforces
// deadlines and limits, and turns every failure into one [Error].
//
// It compiles for the browser (GOOS=js) and for hosts with the same API, so the
// page, the server and other programs share it. Managers from 23.09 on are
// supported; one that is newer than this package is treated as the newest known.
//
//	c, err := client.New(client.Config{
//		Mode:     model.ModeAPI,
//		Endpoint: "http://127.0.0.1:8091",
//		KeyPair:  signing.KeyPair{AccessKey: "AKIA…", SecretKey: "…"},
//	})
//	err = c.Connect(ctx)                     // GET /, once, and again after it was away
//	account, err := c.Account(ctx)           // who am I, my projects
//	page, err := c.Sessions().List(ctx, client.ListRequest{
//		Statuses: []model.Status{model.StatusRunning},
//		Fields:   []string{"id", "name", "status", "occupied_slots"},
//		Limit:    50,
//	})
//
// In [model.ModeSession] there is no key pair: [Login] signs in at a web server,
// whose cookie the HTTP client keeps, and every path gets the prefix /func.
package client
