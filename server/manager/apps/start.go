package apps

import (
	"fmt"
	"strconv"
)

// Command is how an app is started that a program of the machine serves: with
// the runtime of the image, listening on the kernel's loopback interface alone.
// It wants no password: the only way to it is the tunnel, which checks who
// comes. ok is false for apps that the session's own programs serve, which
// nobody has to start.
func Command(name, runtime string, port int) (command []string, ok bool) {
	module := map[string]string{"jupyter": "notebook", "jupyterlab": "jupyterlab"}[name]
	if module == "" || runtime == "" {
		return nil, false
	}
	return []string{runtime, "-m", module, "--no-browser", "--ip=127.0.0.1", "--port=" + strconv.Itoa(port),
		"--ServerApp.port_retries=0", "--ServerApp.allow_remote_access=True", "--ServerApp.root_dir=" + Home,
		"--IdentityProvider.token=", "--PasswordIdentityProvider.password_required=False"}, true
}

// Home is the home of a kernel's user.
const Home = "/home/work"

// Argument spells one entry of start-service's "arguments" for a command line:
// null is a flag, a list repeats it.
func Argument(name string, value any) ([]string, error) {
	switch value := value.(type) {
	case nil:
		return []string{name}, nil
	case string:
		return []string{name, value}, nil
	case []any:
		var out []string
		for _, v := range value {
			text, ok := v.(string)
			if !ok {
				return nil, fmt.Errorf("the argument %s is no text", name)
			}
			out = append(out, name, text)
		}
		return out, nil
	}
	return nil, fmt.Errorf("the argument %s is no text", name)
}
