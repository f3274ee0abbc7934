# The experiment digits-k7vd, interrupted when its nineteenth trial began.
cat >train.sh <<'END'
if [ "$1" = digits-k7vd-19 ]; then
  kill -INT $PPID
fi
echo "accuracy=$2 loss=$2"
END
hone run --quiet --name digits-k7vd --maximize accuracy --metric loss -p x=uniform:0..1 -p units=int:16..128 -n 40 -- \
  sh train.sh {trial} {x} {units} || [ $? = 130 ]
