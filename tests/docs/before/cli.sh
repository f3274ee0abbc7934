# The programs, manifests and experiment that the examples of --help use.
cat >train.py <<'END'
import sys
print("accuracy=" + sys.argv[sys.argv.index("--lr") + 1])
END
printf '#!/bin/sh\necho "loss=$1"\n' >fit
chmod +x fit
hone run --print-yaml --minimize loss -p x=uniform:0..1 -n 9 -- ./fit {x} >experiment.yaml
cp experiment.yaml a.yaml
cp experiment.yaml b.yaml
hone run --quiet --name train-x9d4 --maximize accuracy -p lr=uniform:0..1 -n 2 -- echo accuracy={lr}
# One of its twenty trials fails.
hone run --quiet --name train-7k2q --maximize accuracy -p lr=uniform:0..1 -n 20 -- \
  sh -c 'case {trial} in *-7) exit 1 ;; esac; echo accuracy={lr}'
hone store backup hone-2026-01-31.db
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout tls.key -out tls.crt 2>/dev/null
openssl rand -hex 16 >tokens.txt
