#!/bin/sh
# Makes the secrets of the compose file, once; what is there stays as it is. Keep a copy of vault-keys elsewhere:
# whoever loses it has lost every sealed value for ever.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
# Containers read these as user 10001 and as root of the database's image; the folder keeps everybody else out.
keep() { [ -e "secrets/$1" ] || { cat >"secrets/$1.new" && chmod 444 "secrets/$1.new" && mv "secrets/$1.new" "secrets/$1"; }; }
openssl rand -hex 24 | keep database-password
printf 'postgresql://weiheng:%s@database/weiheng\n' "$(cat secrets/database-password)" | keep database-url
openssl rand -base64 48 | keep secret-key
echo "1:$(openssl rand -base64 32)" | keep vault-keys
