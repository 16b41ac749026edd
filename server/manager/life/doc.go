// Package life moves sessions through their lives: it queues them, gives them
// an agent when there is room, starts their kernels on the node, notices how
// those end, and cleans up.
//
// The stored status is always behind the truth, never ahead of it: a kernel is
// created before its session is called RUNNING and gone before it is called
// TERMINATED. So whatever a crash interrupts, [Engine.Run] can continue from
// what the store says and what the node still has.
//
// Statuses, their order and the texts of status_info and status_data are those
// of manager 24.09.
package life
