# Runs the code that is the first argument. When it reads a line of the input that
# nothing else was put in place of, this says so at descriptor 3.
exec {baiui_input}<&0
read() {
  local OPTIND=1 baiui_option baiui_prompt="" baiui_kind=l
  while getopts ':a:d:ei:n:N:p:rst:u:' baiui_option; do
    case "$baiui_option" in
      p) baiui_prompt=$OPTARG ;;
      s) baiui_kind=s ;;
      u) baiui_kind="" ;;
    esac
  done
  if [ -n "$baiui_kind" ] && [ /dev/fd/0 -ef "/dev/fd/$baiui_input" ]; then
    printf %s "$baiui_prompt" >&2
    printf %s "$baiui_kind" >&3
  fi
  builtin read "$@"
}
eval "$1"
