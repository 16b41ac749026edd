// Package config reads the server's settings from the command line, the
// environment and a TOML file, in that order of strength.
//
// One table, [Keys], names every setting once; the flag --manager-listen, the
// variable BAIUI_MANAGER_LISTEN and the TOML key manager-listen are three
// spellings of one entry of it, and the help text comes from the same place.
// A name that is not in the table is an error that says which one it is nearest
// to, so that a typing mistake never silently leaves a default in force.
//
//	loaded, err := config.Load(os.Args[2:], os.Environ(), os.ReadFile)
//	if err != nil { … }
//	loaded.Config.Listen            // "127.0.0.1:8090"
//	loaded.Values                   // every value with where it came from
package config
