"""Writes the configuration of every service into $BAI_HOME/conf, and one merged
fixture file: the sample rows that the installed wheels ship, plus seed.json."""

import importlib.resources
import json
import os
import pathlib

HOME = pathlib.Path(os.environ["BAI_HOME"])
P = int(os.environ["BAI_PORTS"])
HERE = pathlib.Path(__file__).parent
CONF = HOME / "conf"
SEED = json.loads((HERE / "seed.json").read_text())

LOGGING = """
[logging]
level = "INFO"
drivers = ["console"]
[logging.console]
colored = false
format = "verbose"
[logging.pkg-ns]
"" = "WARNING"
"ai.backend" = "INFO"
"""

ETCD = f"""
[etcd]
namespace = "local"
addr = {{ host = "127.0.0.1", port = {P + 239} }}
user = ""
password = ""
"""

files = {}

files["manager.toml"] = f"""{ETCD}
[db]
type = "postgresql"
addr = {{ host = "127.0.0.1", port = {P + 432} }}
name = "backend"
user = "postgres"
password = "x"
pool-size = 8
max-overflow = 64

[manager]
num-proc = 1
service-addr = {{ host = "127.0.0.1", port = {P + 81} }}
internal-addr = {{ host = "127.0.0.1", port = {P + 180} }}
announce-addr = {{ host = "127.0.0.1", port = {P + 81} }}
announce-internal-addr = {{ host = "127.0.0.1", port = {P + 180} }}
rpc-auth-manager-keypair = "{CONF}/manager.key_secret"
ssl-enabled = false
heartbeat-timeout = 40.0
pid-file = "{HOME}/run/manager.self"
ipc-base-path = "{HOME}/ipc"
hide-agents = false
disabled-plugins = []
aiomonitor-termui-port = {P + 810}
aiomonitor-webui-port = {P + 820}

[docker-registry]
ssl-verify = false

[pyroscope]
enabled = false
[otel]
enabled = false
{LOGGING}
[debug]
enabled = false
"""

files["alembic.ini"] = f"""[alembic]
script_location = ai.backend.manager.models:alembic
sqlalchemy.url = postgresql+asyncpg://postgres:x@127.0.0.1:{P + 432}/backend

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARN
handlers = console
qualname =
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain
[formatter_plain]
format = %(levelname)s %(name)s %(message)s
"""

files["agent.toml"] = f"""{ETCD}
[agent]
mode = "dummy"
id = "i-dummy-1"
rpc-listen-addr = {{ host = "127.0.0.1", port = {P + 601} }}
advertised-rpc-addr = {{ host = "127.0.0.1", port = {P + 601} }}
internal-addr = {{ host = "127.0.0.1", port = {P + 603} }}
announce-internal-addr = {{ host = "127.0.0.1", port = {P + 603} }}
agent-sock-port = {P + 607}
metadata-server-port = {P + 628}
aiomonitor-termui-port = {P + 830}
aiomonitor-webui-port = {P + 840}
initial-resource-group-name = "default"
region = "local"
pid-file = "{HOME}/run/agent.self"
event-loop = "uvloop"
ipc-base-path = "{HOME}/ipc"
var-base-path = "{HOME}/var"
image-commit-path = "{HOME}/var/commit"
mount-path = "{HOME}/vfroot"

[agent.utilization-metric.process]
enable = false
[agent.utilization-metric.container]
interval = 10.0
[agent.utilization-metric.node]
interval = 10.0

[container]
port-range = [{P + 1000}, {P + 1999}]
kernel-uid = -1
kernel-gid = -1
bind-host = "127.0.0.1"
sandbox-type = "docker"
scratch-type = "hostdir"
scratch-root = "{HOME}/scratch"
scratch-size = "1G"

[resource]
reserved-cpu = 1
reserved-mem = "1G"
reserved-disk = "1G"

[pyroscope]
enabled = false
[otel]
enabled = false
{LOGGING}
[debug]
enabled = false
"""

# the dummy backend reads this from its working folder; delays in seconds, short
# enough for tests, long enough that each status of a session can be seen
files["agent.dummy.toml"] = """
[agent.delay]
scan-image = 0.05
pull-image = 0.2
push-image = 0.2
destroy-kernel = 0.3
clean-kernel = 0.2
create-network = 0.1
destroy-network = 0.1
[agent.image]
already-have = []
[agent.resource.cpu]
num-core = 64
[agent.resource.memory]
size = 274877906944
[kernel-creation-ctx.delay]
prepare-scratch = 0.1
prepare-ssh = 0.1
spawn = 0.2
start-container = 0.3
mount-krunner = 0.1
[kernel]
use-fake-code-runner = true
[kernel.delay]
commit = 1.0
"""

files["storage-proxy.toml"] = f"""{ETCD}
[storage-proxy]
node-id = "i-storage-proxy-local"
num-proc = 1
pid-file = "{HOME}/run/storage.self"
ipc-base-path = "{HOME}/ipc"
event-loop = "uvloop"
scandir-limit = 1000
max-upload-size = "1g"
secret = "storage-proxy-token-secret"
session-expire = "1d"
use-watcher = false
aiomonitor-termui-port = {P + 850}
aiomonitor-webui-port = {P + 860}

[api.client]
service-addr = {{ host = "127.0.0.1", port = {P + 621} }}
ssl-enabled = false

[api.manager]
service-addr = {{ host = "127.0.0.1", port = {P + 622} }}
internal-addr = {{ host = "127.0.0.1", port = {P + 623} }}
announce-addr = {{ host = "127.0.0.1", port = {P + 622} }}
announce-internal-addr = {{ host = "127.0.0.1", port = {P + 623} }}
ssl-enabled = false
secret = "storage-proxy-manager-secret"

[volume.volume1]
backend = "vfs"
path = "{HOME}/vfroot/local/volume1"

[pyroscope]
enabled = false
[otel]
enabled = false
{LOGGING}
[debug]
enabled = false
"""
(HOME / "vfroot/local/volume1").mkdir(parents=True, exist_ok=True)

files["webserver.conf"] = f"""
[service]
ip = "127.0.0.1"
port = {P + 90}
mode = "webui"
wsproxy.url = ""
enable_signup = false
allow_project_resource_monitor = true
enable_2FA = false
webui_debug = false

[resources]
[environments]
[plugin]
[pipeline]
[ui]
menu_blocklist = "pipeline"

[security]
cookie_secure = false
request_policies = ["reject_metadata_local_link_policy", "reject_access_for_unsafe_file_policy"]
response_policies = ["set_content_type_nosniff_policy"]

[api]
domain = "default"
endpoint = "http://127.0.0.1:{P + 81}"
text = "real-manager"
ssl_verify = false
auth_token_name = "sToken"

[session]
max_age = 604800
flush_on_startup = false
login_block_time = 1200
login_allowed_fail_count = 10
max_count_for_preopen_ports = 10
[session.redis]
addr = "127.0.0.1:{P + 379}"

[webserver]
ipc-base-path = "{HOME}/ipc"

[apollo-router]
enabled = false
[otel]
enabled = false
{LOGGING}
[debug]
enabled = false
"""

files["prometheus.yml"] = f"""
global: {{scrape_interval: 5s}}
scrape_configs:
  - job_name: backend-ai
    http_sd_configs: [{{url: "http://127.0.0.1:{P + 180}/metrics/service_discovery", refresh_interval: 10s}}]
"""

files["etcd.json"] = json.dumps({
    "volumes": {
        "_types": {"group": "", "user": ""},
        "default_host": "local:volume1",
        "exposed_volume_info": "percentage",
        "proxies": {"local": {
            "client_api": f"http://127.0.0.1:{P + 621}",
            "manager_api": f"http://127.0.0.1:{P + 622}",
            "secret": "storage-proxy-manager-secret",
            "ssl_verify": "false",
        }},
    },
    "config": {
        "api": {
            "allow-origins": "*",
            "allow-openapi-schema-introspection": "yes",
            "allow-graphql-schema-introspection": "yes",
        },
        "redis": {"addr": f"127.0.0.1:{P + 379}"},
        "docker": {"image": {"auto_pull": "tag"}},
        "metric": {"addr": f"127.0.0.1:{P + 909}"},
    },
}, indent=1)

# The order is that of the foreign keys.  Names that a version does not ship are skipped.
NAMES = ["users", "container-registries-harbor", "keypairs", "resource-slot-types",
         "resource-presets", "runtime-variants", "runtime-variant-presets", "role-presets",
         "prometheus-query-preset-categories", "prometheus-query-presets",
         "retention-policies"]
fixture: dict = {}
box = importlib.resources.files("ai.backend.install.fixtures")
for name in NAMES:
    f = box.joinpath(f"example-{name}.json")
    if not f.is_file():
        continue
    for table, rows in json.loads(f.read_text()).items():
        if not table.startswith("__"):
            fixture.setdefault(table, []).extend(rows)
for table, rows in SEED["add"].items():
    fixture.setdefault(table, []).extend(rows)
for table, change in SEED["set"].items():
    for row in fixture.get(table, []):
        row.update(change)
# 26.9.6 ships these sizes as strings, and its own loader then refuses them
for row in fixture.get("resource_presets", []):
    if isinstance(row.get("shared_memory"), str):
        row["shared_memory"] = int(row["shared_memory"])
files["fixture.json"] = json.dumps(fixture)

for name, text in files.items():
    (CONF / name).write_text(text)

# The wheels' sample accounts, in the form in which the embedded manager writes its own.
# Their passwords are the first eight letters of their secret keys.
KEYS = {row["user"]: row for row in fixture["keypairs"]}
USERS = {"superadmin": "admin@lablup.com", "admin": "domain-admin@lablup.com", "user": "user@lablup.com"}
accounts = []
for role, email in USERS.items():
    pair = KEYS[next(row["uuid"] for row in fixture["users"] if row["email"] == email)]
    accounts.append({"role": role, "email": email, "password": pair["secret_key"][:8],
                     "access_key": pair["access_key"], "secret_key": pair["secret_key"]})
(HOME / "accounts.json").write_text(json.dumps(accounts, indent=1))
