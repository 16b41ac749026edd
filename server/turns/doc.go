// Package turns lets a few things of each person happen at a time. What one does
// too much of waits for its turn, and nobody else's does.
package turns
