package i18n_test

import (
	"fmt"

	"github.com/baiui/baiui/components/i18n"
)

func ExampleTexts_T() {
	texts := i18n.Load(i18n.Match("ko-KR,ko;q=0.9,en;q=0.8"))
	fmt.Println(texts.Lang(), texts.T("nav.sessions"))
	fmt.Println(i18n.Load("en").T("logs.range", "from", 1, "to", 100, "total", "2,000"))
	// Output:
	// ko 세션
	// 1–100 of 2,000
}
