#!/usr/bin/env bash
# Container files, Kubernetes manifests and the proxy's configuration, each with its own tool: ops/check.sh
# A tool that is not on this machine and comes from no package registry (docker compose, kubectl, nginx) is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. ops/uv.sh
missing() { printf '! Not checked, for want of %s: %s\n' "$1" "$2" >&2; }
bash ops/tools.sh

.cache/tools/bin/hadolint ops/container/Containerfile
say "hadolint: Containerfile"

.cache/tools/bin/kubernetes-validate --strict --quiet $(ls ops/kubernetes/*.yaml | grep -v kustomization)
say "kubernetes-validate: $(cat ops/kubernetes/*.yaml | grep -c "^kind:") objects"

compose=""
docker compose version >/dev/null 2>&1 && compose="docker compose"
[ -n "$compose" ] || ! command -v docker-compose >/dev/null || compose=docker-compose
if [ -n "$compose" ]; then
    WHICHPATH_SECRET=0123456789abcdef POSTGRES_PASSWORD=x WHICHPATH_PUBLIC_URL=https://bot.example.org \
        $compose -f ops/container/compose.yml config >/dev/null
    say "$compose config: compose.yml"
else
    missing "docker compose" ops/container/compose.yml
fi

if command -v kubectl >/dev/null; then
    kubectl kustomize ops/kubernetes >/dev/null
    say "kubectl kustomize: ops/kubernetes"
else
    missing kubectl ops/kubernetes/kustomization.yaml
fi
