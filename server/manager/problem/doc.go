// Package problem is what the embedded manager answers when it refuses: RFC
// 7807 bodies with the types, titles and statuses of manager 24.09, some of
// which clients compare.
package problem
