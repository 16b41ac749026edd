package config

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// set stores texts, the spellings of one setting from one source, at target,
// which is what [Key.at] returned. Only a list takes more than one text.
func set(target any, texts []string) error {
	if list, ok := target.(*[]string); ok {
		*list = (*list)[:0:0]
		for _, text := range texts {
			for item := range strings.SplitSeq(text, ",") {
				if item = strings.TrimSpace(item); item != "" {
					*list = append(*list, item)
				}
			}
		}
		return nil
	}
	text := texts[len(texts)-1]
	var err error
	switch target := target.(type) {
	case *string:
		*target = text
	case *bool:
		if *target, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
	case *int64:
		*target, err = parseSize(text)
	case *time.Duration:
		if *target, err = time.ParseDuration(text); err != nil {
			return fmt.Errorf("%q is not a duration such as 90m or 24h", text)
		}
	case *slog.Level:
		if err = target.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("%q is not debug, info, warn or error", text)
		}
	default:
		panic(fmt.Sprintf("config: no reader for %T", target))
	}
	return err
}

// text is the spelling of a value that set reads back to the same value.
func text(target any) string {
	switch target := target.(type) {
	case *string:
		return *target
	case *bool:
		return strconv.FormatBool(*target)
	case *[]string:
		return strings.Join(*target, ",")
	case *int64:
		return formatSize(*target)
	case *time.Duration:
		return formatDuration(*target)
	case *slog.Level:
		return strings.ToLower(target.String())
	default:
		panic(fmt.Sprintf("config: no writer for %T", target))
	}
}

// formatDuration is the usual spelling without units that say nothing: 24h, not 24h0m0s.
func formatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// sizeUnits from the largest; the order decides how formatSize prints.
func sizeUnits() []struct {
	name  string
	bytes int64
} {
	return []struct {
		name  string
		bytes int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}
}

// parseSize reads a number of bytes, plain or with one of the units KiB to TiB.
func parseSize(text string) (int64, error) {
	number, unit := strings.TrimSpace(text), int64(1)
	for _, u := range sizeUnits() {
		if rest, found := strings.CutSuffix(number, u.name); found {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<63-1)/unit {
		return 0, fmt.Errorf("%q is not a size such as 1048576 or 512MiB", text)
	}
	return n * unit, nil
}

func formatSize(n int64) string {
	for _, u := range sizeUnits() {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}
