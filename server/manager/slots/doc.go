// Package slots does the arithmetic of resource slots: exact decimal amounts
// per slot name, in the spellings that a Backend.AI manager accepts and sends.
package slots
