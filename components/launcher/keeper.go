package launcher

import (
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The keys under which the browser keeps things, one of each per key pair. All
// begin with keptPrefix, which sign-out clears.
const (
	keptPrefix  = "baiui.launcher."
	keptDraft   = keptPrefix + "draft."
	keptHistory = keptPrefix + "history."
	keptGroup   = keptPrefix + "group."
)

// Where the browser tab keeps the marks of the forms in its history, and of those
// among them that were launched since; mostPassed is how many of each.
const (
	keptPassed = keptPrefix + "passed"
	keptSpent  = keptPrefix + "spent"
	mostPassed = 200
)

// savePause is how long the form must rest before it is kept.
const savePause = 500 * time.Millisecond

// keeper keeps drafts and history in the browser. What cannot be kept, because
// the browser's storage is full or closed, is lost without harm.
type keeper struct {
	storage app.BrowserStorage
	tab     app.BrowserStorage // of the browser tab
	given   bool               // the URL brought a form, so that the draft is not wanted
	pause   *time.Timer
}

// later runs f once nothing more was asked for a moment.
func (k *keeper) later(f func()) {
	k.stop()
	k.pause = time.AfterFunc(savePause, f)
}

// stop drops what waits to be kept, and reports whether there was any.
func (k *keeper) stop() bool { return k.pause != nil && k.pause.Stop() }

func (k *keeper) get(key string) string {
	var text string
	if err := k.storage.Get(key, &text); err != nil {
		return ""
	}
	return text
}

func (k *keeper) set(key, text string) {
	if err := k.storage.Set(key, text); err != nil {
		app.Log(err)
	}
}

// draft is the form that was not launched.
func (k *keeper) draft(accessKey string) (Form, bool) {
	text := k.get(keptDraft + accessKey)
	if text == "" {
		return Form{}, false
	}
	form, err := decode(text)
	return form, err == nil
}

// pass notes that a form stands in the history of this browser tab, for the page
// after a reload.
func (k *keeper) pass(form string) {
	passed := k.marks(keptPassed)
	if !slices.Contains(passed, mark(form)) {
		k.keepMarks(keptPassed, append(passed, mark(form)))
	}
}

// passed reports whether a form stands in the history of this browser tab as one
// of what is filled in now.
func (k *keeper) passed(form string) bool { return slices.Contains(k.marks(keptPassed), mark(form)) }

// dropPassed makes the forms in the history worth going back to again.
func (k *keeper) dropPassed() { k.tab.Del(keptPassed) }

// spend notes that what stands in the history was launched.
func (k *keeper) spend() {
	k.keepMarks(keptSpent, append(k.marks(keptSpent), k.marks(keptPassed)...))
	k.dropPassed()
}

// spent reports whether a form in the history was launched.
func (k *keeper) spent(form string) bool { return slices.Contains(k.marks(keptSpent), mark(form)) }

func (k *keeper) marks(key string) (marks []string) {
	if err := k.tab.Get(key, &marks); err != nil {
		return nil
	}
	return marks
}

func (k *keeper) keepMarks(key string, marks []string) {
	if err := k.tab.Set(key, marks[max(len(marks)-mostPassed, 0):]); err != nil {
		app.Log(err)
	}
}

// saveDraft keeps a form that [Encode] spelled.
func (k *keeper) saveDraft(accessKey, encoded string) { k.set(keptDraft+accessKey, encoded) }

// dropDraft forgets the draft: it was launched, or thrown away.
func (k *keeper) dropDraft(accessKey string) {
	k.stop()
	k.storage.Del(keptDraft + accessKey)
}

func (k *keeper) history(accessKey string) History {
	return DecodeHistory(k.get(keptHistory + accessKey))
}

func (k *keeper) saveHistory(accessKey string, h History) { k.set(keptHistory+accessKey, h.Encode()) }

// lastGroup is the resource group of the last launch.
func (k *keeper) lastGroup(accessKey string) string { return k.get(keptGroup + accessKey) }

func (k *keeper) saveGroup(accessKey, group string) { k.set(keptGroup+accessKey, group) }

// Forget deletes everything that was kept, for a sign-out.
func Forget(storage app.BrowserStorage) {
	var keys []string
	storage.ForEach(func(key string) {
		if len(key) >= len(keptPrefix) && key[:len(keptPrefix)] == keptPrefix {
			keys = append(keys, key)
		}
	})
	for _, key := range keys {
		storage.Del(key)
	}
}
