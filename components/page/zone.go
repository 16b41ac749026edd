package page

import (
	"encoding/binary"
	"slices"
	"time"
)

// The span in which a zone's clock changes are looked for, as the 32 bits of the
// simple form of a zone file hold it, and how far apart the looks are: nowhere
// does a clock change twice within that time.
const (
	zoneFrom  = 1420070400 // 2015
	zoneUntil = 2145916800 // 2038
	zoneStep  = 14 * 24 * 60 * 60
)

// ZoneOf is the time zone of a place of which only the offset at an instant is
// known: both are in seconds, of an offset those east of Greenwich. Go itself
// takes the offset that a browser has at the start of the program for that of all
// times, which is an hour wrong for half of the year wherever there is summer
// time.
func ZoneOf(offset func(unix int64) int) *time.Location {
	var offsets []int // each once
	kind := func(seconds int) byte {
		i := slices.Index(offsets, seconds)
		if i < 0 {
			i = len(offsets)
			offsets = append(offsets, seconds)
		}
		return byte(i)
	}
	now := offset(zoneFrom)
	kind(now)
	var times, kinds []byte
	for at := int64(zoneFrom); at < zoneUntil; at += zoneStep {
		next := offset(at + zoneStep)
		if next == now {
			continue
		}
		times = binary.BigEndian.AppendUint32(times, uint32(clockChange(offset, at, at+zoneStep)))
		kinds = append(kinds, kind(next))
		now = next
	}
	zone, err := time.LoadLocationFromTZData("Local", zoneFile(times, kinds, offsets))
	if err != nil {
		return time.Local // more kinds of time than a file holds; no place has them
	}
	return zone
}

// clockChange finds the minute of a change after one instant and not after
// another one.
func clockChange(offset func(unix int64) int, before, after int64) int64 {
	old := offset(before)
	for after-before > 60 {
		middle := before + (after-before)/120*60
		if offset(middle) == old {
			before = middle
		} else {
			after = middle
		}
	}
	return after
}

// zoneFile spells a zone in the simple form of RFC 9636: of each change its time
// and the kind of time after it, and of each kind its offset.
func zoneFile(times, kinds []byte, offsets []int) []byte {
	const name = "Local\x00"
	file := append([]byte("TZif"), make([]byte, 16)...)
	for _, count := range []int{0, 0, 0, len(kinds), len(offsets), len(name)} {
		file = binary.BigEndian.AppendUint32(file, uint32(count))
	}
	file = append(append(file, times...), kinds...)
	for _, seconds := range offsets {
		file = append(binary.BigEndian.AppendUint32(file, uint32(int32(seconds))), 0, 0)
	}
	return append(file, name...)
}
