cat >train.py <<'END'
import sys
print("accuracy=" + sys.argv[sys.argv.index("--lr") + 1])
END
