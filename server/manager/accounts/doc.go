// Package accounts makes and checks what people sign in with: passwords, key
// pairs, and the three accounts that an empty manager starts with.
package accounts
