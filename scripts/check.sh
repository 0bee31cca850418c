#!/usr/bin/env bash
# Container files, Kubernetes manifests and the proxy's configuration, each with its own tool: scripts/check.sh
# A tool that is not on this machine and comes from no package registry (docker compose, kubectl) is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/uv.sh
missing() { printf '! Not checked, for want of %s: %s\n' "$1" "$2" >&2; }
bash scripts/tools.sh

.cache/tools/bin/hadolint deploy/container/Containerfile
say "hadolint: Containerfile"

.cache/tools/bin/kubernetes-validate --strict --quiet $(ls deploy/kubernetes/*.yaml | grep -v kustomization)
say "kubernetes-validate: $(cat deploy/kubernetes/*.yaml | grep -c "^kind:") objects"

compose=""
docker compose version >/dev/null 2>&1 && compose="docker compose"
[ -n "$compose" ] || ! command -v docker-compose >/dev/null || compose=docker-compose
if [ -n "$compose" ]; then
    WHICHPATH_SECRET=0123456789abcdef POSTGRES_PASSWORD=x WHICHPATH_PUBLIC_URL=https://bot.example.org \
        WHICHPATH_CERTIFICATE=/etc/site.pem $compose -f deploy/container/compose.yml config >/dev/null
    say "$compose config: compose.yml"
else
    missing "docker compose" deploy/container/compose.yml
fi

if command -v kubectl >/dev/null; then
    kubectl kustomize deploy/kubernetes >/dev/null
    say "kubectl kustomize: deploy/kubernetes"
else
    missing kubectl deploy/kubernetes/kustomization.yaml
fi

bash scripts/proxy.sh
if command -v haproxy >/dev/null; then
    # As docs/production.md says, and as few and as many processes as it knows. Names need not be known here.
    check() { env WHICHPATH_BIND="*:8080" "$@" haproxy -c -q -f deploy/proxy/haproxy.cfg; }
    check WHICHPATH_SERVER_1=127.0.0.1:5005
    check WHICHPATH_SERVER_{1..6}=127.0.0.1:5005
    say "haproxy -c: haproxy.cfg"
else
    missing haproxy deploy/proxy/haproxy.cfg
fi
