echo 'echo "loss=$1"' >train.sh
