// Package idle ends sessions that are not used: those that have lived longer
// than their key pair's policy allows, those whose apps nobody talks to, and
// those that leave what they hold unused. What remains to each is reported in the
// form of manager 24.09's idle checkers.
package idle
