package launcher

import (
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

// savePause is how long the form must rest before it is kept.
const savePause = 500 * time.Millisecond

// keeper keeps drafts and history in the browser. What cannot be kept, because
// the browser's storage is full or closed, is lost without harm.
type keeper struct {
	storage app.BrowserStorage
	given   bool // the URL brought a form, so that the draft is not wanted
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
	form, err := Decode(text)
	return form, err == nil
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
