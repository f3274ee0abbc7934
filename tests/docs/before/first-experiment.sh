# digits-k7vd, interrupted when its nineteenth trial began.
cat >train.sh <<'END'
if [ "$1" = digits-k7vd-19 ] && [ ! -e interrupted ]; then
  touch interrupted
  kill -INT $PPID
fi
echo "accuracy=$2"
END
hone run --quiet --name digits-k7vd --maximize accuracy -p x=uniform:0..1 -n 40 -- sh train.sh {trial} {x} || [ $? = 130 ]
